"""What can be wrong or odd about a table, a row or a cell: a stable code and a sentence in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A stable code with a sentence in Vietnamese and English; never the value itself."""

    code: str
    vi: str
    en: str


class TableError(ValueError):
    """The one family of errors of this package."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


class UnreadableTable(TableError):
    """The file as a whole cannot be used; rows that were given out before are to be undone by the caller."""


class CellError(TableError):
    """A cell without a usable value."""


NOT_TEXT = Finding(
    "file-encoding",
    "Không đọc được tệp: cần CSV (UTF-8, UTF-16 hoặc Windows-1258) hoặc bảng tính XLSX, XLS, ODS",
    "The file cannot be read: CSV (UTF-8, UTF-16 or Windows-1258) or a workbook (XLSX, XLS, ODS) is needed",
)
NOT_A_WORKBOOK = Finding(
    "file-not-xlsx",
    "Không đọc được bảng tính: tệp bị hỏng. Hãy mở tệp và lưu lại thành .xlsx",
    "The workbook cannot be read: the file is damaged. Open it and save it again as .xlsx",
)
LOCKED = Finding(
    "file-locked",
    "Tệp có mật khẩu. Hãy bỏ mật khẩu và lưu lại thành .xlsx",
    "The file has a password. Remove it and save the file again as .xlsx",
)
TOO_LARGE = Finding("file-too-large", "Tệp quá lớn khi giải nén", "The file is too large when unpacked")
TOO_EXPENSIVE = Finding(
    "file-too-expensive",
    "Đọc tệp tốn quá nhiều bộ nhớ hoặc thời gian. Hãy chép các dòng sang bảng tính mới và lưu thành .xlsx",
    "Reading the file takes too much memory or time. Copy the rows into a new workbook and save it as .xlsx",
)
EMPTY = Finding("file-empty", "Tệp không có dòng nào", "The file has no rows")
BROKEN_QUOTE = Finding(
    "broken-quote",
    'Dấu ngoặc kép (") mở ra mà không đóng lại',
    'A quotation mark (") opens and never closes',
)
UNREADABLE_CHARACTER = Finding(
    "unreadable-character",
    "Dòng có ký tự bị hỏng, không đọc được. Hãy gõ lại dòng này",
    "The row has a damaged character that cannot be read. Type the row again",
)
CELL_TOO_LONG = Finding("too-long", "Nội dung quá dài", "The text is too long")
EXAMPLE_ROW = Finding(
    "example-row",
    "Đây là dòng ví dụ của mẫu, không được nhập",
    "This is the example row of the template; it is not imported",
)


def missing_columns(columns: Mapping[str, str]) -> Finding:
    """Required columns, by name with their title, that no row of the first twenty has."""
    names, titles = ", ".join(columns), ", ".join(f"{title} ({name})" for name, title in columns.items())
    return Finding("column-missing", f"Thiếu cột bắt buộc: {titles}", f"Required columns are missing: {names}")


def repeated_column(title: str) -> Finding:
    """One column that appears twice."""
    return Finding("column-twice", f"Cột “{title}” bị lặp", f"The column “{title}” appears twice")


def mixed_encoding(encoding: str) -> Finding:
    """Some rows are in a legacy font encoding and some are not."""
    return Finding(
        "file-encoding-mixed",
        f"Tệp lẫn lộn bảng mã {encoding} và Unicode. Hãy chuyển toàn bộ tệp sang Unicode",
        f"The file mixes {encoding} and Unicode. Convert the whole file to Unicode",
    )


def legacy_row(encoding: str) -> Finding:
    """One row in a legacy font encoding in a file that is not."""
    return Finding(
        "row-encoding",
        f"Dòng này dùng bảng mã {encoding}, không phải Unicode. Hãy gõ lại dòng này",
        f"This row is in {encoding}, not in Unicode. Type the row again",
    )


def converted(encoding: str) -> Finding:
    """The whole file was in a legacy encoding and was converted."""
    return Finding(
        "encoding-converted",
        f"Tệp dùng bảng mã {encoding}, đã chuyển sang Unicode. Hãy kiểm tra lại vài tên",
        f"The file was in {encoding} and was converted to Unicode. Check a few names",
    )


def sheets_not_read(names: list[str]) -> Finding:
    """Sheets of a workbook that were left out."""
    listed = ", ".join(f"“{name}”" for name in names)
    return Finding(
        "sheets-not-read", f"Các trang tính không được đọc: {listed}", f"Sheets that were not read: {listed}"
    )


def rows_after_gap(sheet: str, count: int) -> Finding:
    """Rows far below the end of a table that were left out."""
    return Finding(
        "rows-after-gap",
        f"Trang “{sheet}” có {count} dòng nằm sau hơn 1.000 dòng trống, không được đọc",
        f"Sheet “{sheet}” has {count} rows after more than 1,000 blank rows; they were not read",
    )
