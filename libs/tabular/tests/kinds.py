"""One list in every kind of file that people send: for the checks of each import."""

from collections.abc import Callable, Sequence

from libs.tabular.tests import workbooks
from libs.tabular.tests.lists import as_csv

Kind = tuple[str, bytes, int | None]
"""Name, content, and how many rows it has; None where the file is refused as a whole."""
ROWS = 3


def kinds_of(titles: Sequence[str], row: Callable[[int], list[str]]) -> list[Kind]:
    """The files of a list with three rows; `row(number)` gives the cells of one, as text."""
    head, rows = list(titles), [row(number) for number in range(ROWS)]
    table = [head, *rows]
    titled = [["ỦY BAN NHÂN DÂN XÃ"], ["DANH SÁCH"], [], *table]
    text, book = as_csv(table).getvalue(), workbooks.as_xlsx(table).getvalue()
    wrapped = [title.replace(" ", "\n", 1) for title in head]
    hidden = workbooks.as_xlsx([["Cũ"]], table, names=["Cũ", "Danh sách"], hidden=[0])
    far = workbooks.with_cell(workbooks.as_xlsx(table), '<c r="XFD1048576" s="0"/>')
    short = workbooks.patched(
        workbooks.as_xlsx(table),
        workbooks.SHEET,
        lambda body: body.replace(b'<dimension ref="A1:', b'<dimension ref="A1:A1" a="'),
    )
    first = rows[1][0].encode()
    return [
        ("CSV with semicolons", text, ROWS),
        ("CSV with commas", as_csv(table, separator=",").getvalue(), ROWS),
        ("CSV with tabs", as_csv(table, separator="\t").getvalue(), ROWS),
        ("UTF-8 with BOM", as_csv(table, "utf-8-sig").getvalue(), ROWS),
        ("UTF-16", as_csv(table, "utf-16").getvalue(), ROWS),
        ("title rows in a CSV", "CÔNG AN XÃ\r\nDANH SÁCH\r\n".encode() + text, ROWS),
        ("separator line", b"sep=;\r\n" + text, ROWS),
        ("wrapped header", as_csv([wrapped, *rows]).getvalue(), ROWS),
        ("one wrong byte", text.replace(first, first + b"\xa0", 1), ROWS),
        ("open quote", text.replace(first, b'"' + first, 1), ROWS),
        ("blank lines at the end", text + b";;;\r\n;;;\r\n", ROWS),
        ("workbook", book, ROWS),
        ("title rows in a workbook", workbooks.as_xlsx(titled).getvalue(), ROWS),
        ("blank first row", workbooks.as_xlsx([[], *table]).getvalue(), ROWS),
        ("hidden first sheet", hidden.getvalue(), ROWS),
        ("far cell", far.getvalue(), ROWS),
        ("wrong dimension", short.getvalue(), ROWS),
        ("old .xls", workbooks.as_xls(table).getvalue(), ROWS),
        (".ods", workbooks.as_ods(table).getvalue(), ROWS),
        ("cut-off workbook", book[:-300], None),
        ("empty .xls header", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + bytes(range(256)) * 20, None),
        ("empty file", b"", None),
        ("only a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, None),
    ]
