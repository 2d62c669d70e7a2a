"""A list of synthetic people and the files that people make of it."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from tabular import AnyRow, BrokenRow, Column, Row, Table, read_table

COLUMNS = (
    Column("personal_id", ("Số CCCD", "Số định danh"), required=True),
    Column("full_name", ("Họ và tên", "Họ tên", "Tên"), required=True, parts=(("Họ đệm", "Họ và tên đệm"), ("Tên",))),
    Column("born_on", ("Ngày sinh",)),
    Column("village", ("Thôn",)),
    Column("male", ("Nam",)),
    Column("female", ("Nữ",)),
)
TITLES = ["Số CCCD", "Họ và tên", "Ngày sinh", "Thôn"]
ANH = ["038190000011", "Đỗ Thị Ánh", "02/03/1990", "Thôn Yên Bình"]
BINH = ["038080000022", "Trịnh Quốc Bình", "14/07/1980", "Thôn Yên Bình"]
CUONG = ["038075000033", "Nguyễn Hữu Cường", "30/11/1975", "Thôn Phú Lộc"]
PEOPLE = [ANH, BINH, CUONG]


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8", separator: str = ";") -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def read(file: io.BytesIO | bytes, columns: Sequence[Column] = COLUMNS, **options: Any) -> tuple[Table, list[AnyRow]]:
    table = read_table(io.BytesIO(file) if isinstance(file, bytes) else file, columns, **options)
    return table, list(table)


def names(rows: Sequence[AnyRow]) -> list[object]:
    """The name of each row, or the code of what is wrong with it."""
    return [row.finding.code if isinstance(row, BrokenRow) else row.cell("full_name") for row in rows]


def good(rows: Sequence[AnyRow]) -> list[Row]:
    return [row for row in rows if isinstance(row, Row)]
