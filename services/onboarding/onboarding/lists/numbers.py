"""Reads a list by personal number. Headers match whatever their case, accents, spaces and underscores."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from openpyxl import load_workbook

MOST_ROWS = 20_000
MOST_INFLATED = 200 * 1024 * 1024
HEADER_WITHIN = 15

Field = Literal["personal_id", "occurred_on", "level", "certificate_serial", "account_kind", "reference"]

TITLES: dict[Field, tuple[str, ...]] = {
    "personal_id": (
        "personal_id", "so_dinh_danh", "so_dinh_danh_ca_nhan", "so_ddcn", "so_cccd", "cccd", "so_can_cuoc",
        "so_cccd_ddcn", "so_cmnd_cccd",
    ),
    "occurred_on": (
        "occurred_on", "occurred_at", "ngay", "ngay_kich_hoat", "ngay_cap", "ngay_thuc_hien", "ngay_dang_ky", "ngay_mo",
    ),
    "level": ("level", "muc_do", "muc"),
    "certificate_serial": (
        "certificate_serial", "serial", "so_serial", "so_chung_thu", "so_chung_thu_so", "serial_chung_thu_so",
        "serial_chung_thu",
    ),
    "account_kind": ("account_kind", "loai_tai_khoan"),
    "reference": ("reference", "ma_tham_chieu", "so_hop_dong"),
}  # fmt: skip
ACCOUNT_KINDS = {
    "bank": "bank", "ngan_hang": "bank", "tai_khoan_ngan_hang": "bank", "e_wallet": "e_wallet", "vi_dien_tu": "e_wallet",
    "mobile_money": "mobile_money", "tien_di_dong": "mobile_money", "mobi_money": "mobile_money",
}  # fmt: skip


class UnreadableList(ValueError):
    """Not a table with a personal number; `vi` and `en` say why."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi, self.en = vi, en


@dataclass(frozen=True)
class ListedNumber:
    """One good row; `row` counts the header's row of the file as it stands there, the first row is 1."""

    row: int
    personal_id: str
    occurred_on: date | None = None
    level: int | None = None
    certificate_serial: str | None = None
    account_kind: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class RowFault:
    """One wrong row."""

    row: int
    column: str
    code: str
    vi: str
    en: str


def read_numbers(content: bytes, today: date) -> list[ListedNumber | RowFault]:
    """The rows below the header, each good or with its fault; raises UnreadableList."""
    rows = _workbook(content) if content[:4] == b"PK\x03\x04" else _table(content)
    columns: dict[Field, int] | None = None
    read: list[ListedNumber | RowFault] = []
    for number, cells in rows:
        if columns is None:
            columns = _columns(cells)
            if columns is None and number >= HEADER_WITHIN:
                break
        elif any(_text(cell) for cell in cells):
            read.append(_row(number, cells, columns, today))
            if len(read) > MOST_ROWS:
                raise UnreadableList(f"Tệp quá {MOST_ROWS} dòng.", f"More than {MOST_ROWS} rows.")
    if columns is None:
        raise UnreadableList('Không thấy cột "Số CCCD" hoặc "Số ĐDCN".', "There is no column with a personal number.")
    return read


def folded(text: str) -> str:
    """A title without case, accents, spaces and punctuation."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def _columns(cells: list[Any]) -> dict[Field, int] | None:
    titles = [folded(_text(cell)) for cell in cells]
    found: dict[Field, int] = {}
    for field, names in TITLES.items():
        place = next((index for index, title in enumerate(titles) if title in names), None)
        if place is not None:
            found[field] = place
    return found if "personal_id" in found else None


def _row(number: int, cells: list[Any], columns: dict[Field, int], today: date) -> ListedNumber | RowFault:
    said = {field: cells[place] if place < len(cells) else None for field, place in columns.items()}
    personal_id = re.sub(r"[\s.\-']", "", _text(said.get("personal_id")))
    if not re.fullmatch(r"\d{9}|\d{12}", personal_id):
        return RowFault(number, "personal_id", "not-a-number", "Số phải có 12 hoặc 9 chữ số.", "Has 12 or 9 digits.")
    try:
        occurred_on = _day(said.get("occurred_on"))
    except ValueError:
        return RowFault(number, "occurred_on", "not-a-date", "Ngày viết dạng dd/mm/yyyy.", "Write dd/mm/yyyy.")
    if occurred_on and occurred_on > today:
        return RowFault(number, "occurred_on", "in-the-future", "Ngày ở tương lai.", "Lies in the future.")
    level = _text(said.get("level"))
    if level and (digits := re.sub(r"\D", "", level)) not in ("1", "2"):
        return RowFault(
            number, "level", "not-a-level", f"Mức độ phải là 1 hoặc 2, không phải {digits or '?'}.", "1 or 2."
        )
    account = folded(_text(said.get("account_kind")))
    if account and account not in ACCOUNT_KINDS:
        return RowFault(
            number, "account_kind", "unknown-kind", "Loại: ngân hàng, ví điện tử, tiền di động.", "Unknown kind."
        )
    return ListedNumber(
        row=number,
        personal_id=personal_id,
        occurred_on=occurred_on,
        level=int(re.sub(r"\D", "", level)) if level else None,
        certificate_serial=_text(said.get("certificate_serial")) or None,
        account_kind=ACCOUNT_KINDS[account] if account else None,
        reference=_text(said.get("reference")) or None,
    )


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        return None
    written = re.match(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})", text)
    if written is None:
        raise ValueError("not a date")
    day, month, year, iso_year, iso_month, iso_day = (int(part) if part else 0 for part in written.groups())
    return date(year or iso_year, month or iso_month, day or iso_day)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else str(cell).strip()
    return "" if len(text) > 200 else text


def _workbook(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST_INFLATED:
                raise UnreadableList("Tệp quá lớn khi giải nén.", "The file inflates too much.")
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except UnreadableList:
        raise
    except Exception as error:  # openpyxl raises whatever it stumbles over in a broken file
        raise UnreadableList("Không đọc được tệp Excel.", "The workbook cannot be read.") from error
    return ((number, list(row)) for number, row in enumerate(sheet.iter_rows(values_only=True), start=1))


def _table(content: bytes) -> Iterable[tuple[int, list[Any]]]:
    text = _decoded(content)
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return ((reader.line_num, list(row)) for row in reader)


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1258")
    for encoding in encodings:
        try:
            return unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableList("Không nhận ra bảng mã của tệp.", "The file's encoding is unknown.")
