"""Rows of a commune's list as residents, or as the cells that are wrong."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, NamedTuple, TypeVar

from registry.identifiers import (
    Finding,
    IdDocument,
    IdentifierError,
    Sex,
    check_document,
    document_of,
    parse_social_insurance,
)
from registry.names import clean

from . import cells
from .cells import Birth, CellError, ResidenceStatus, text_of
from .header import Header, known_columns, match_header
from .table import EMPTY, Cell, Row, UnreadableList, open_table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A wrong cell: row as counted from the header (row 1), the column's title in the file, and what is wrong."""

    row: int
    column: str
    finding: Finding


class ListedResident(NamedTuple):
    """A good row. `village` is still a code or a name; `None` means that the list does not say."""

    row: int
    personal_id: str
    id_document: IdDocument
    full_name: str
    birth: Birth
    sex: Sex
    village: str
    village_column: str
    states_document: bool
    household_code: str | None = None
    phone: str | None = None
    phone_owner_verified: bool | None = None
    social_insurance_no: str | None = None
    has_smartphone: bool | None = None
    has_bank_account: bool | None = None
    social_protection: bool | None = None
    residence_status: ResidenceStatus | None = None
    address_line: str | None = None


Outcome = ListedResident | list[Rejection]


def read_list(file: BinaryIO, today: date) -> Iterator[Outcome]:
    """Every row below the header: a resident, or all wrong cells of that row. Raises `UnreadableList`."""
    rows = open_table(file, known_columns)
    first = next(rows, None)
    if first is None or first[0] != 1:
        raise UnreadableList(EMPTY)
    header = match_header(first[1])
    optional = [(name, header.positions[name], read) for name, read in _OPTIONAL.items() if name in header.positions]
    for number, row in rows:
        yield _read_row(_RowReader(header, number, row, today), optional)


def _read_row(row: "_RowReader", optional: Sequence[tuple[str, int, Callable[[Cell], object]]]) -> Outcome:
    personal_id = row.required("personal_id", cells.personal_id_of)
    read: dict[str, Any] = {
        "personal_id": personal_id,
        "id_document": row.document(personal_id),
        "full_name": row.required("full_name", name_of),
        "birth": row.birth(),
        "sex": row.sex(),
        "village": row.required("village", _VILLAGE),
    }
    for name, position, read_cell in optional:
        cell = row.cells[position] if position < len(row.cells) else None
        if name in _EMPTY_MEANS_NO or not _is_blank(cell):
            read[name] = row.read(name, cell, read_cell)
    if row.rejections:
        return row.rejections
    states_document = not _is_blank(row.cell("id_document"))
    village_column = row.header.titles.get("village", "village")
    return ListedResident(row=row.number, village_column=village_column, states_document=states_document, **read)


def name_of(cell: Cell) -> str:
    """A person's name: letters, spaces, apostrophes, dots and dashes, at most 120 characters."""
    name = clean(text_of(cell))
    if len(name) > 120:
        raise CellError(cells.TEXT_TOO_LONG)
    if not name.translate(_BESIDE_LETTERS).isalpha():
        raise CellError(cells.NAME_INVALID)
    return name


_BESIDE_LETTERS = str.maketrans("", "", " '’.-")


def _short_text(limit: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = clean(text_of(cell))
        if len(text) > limit:
            raise CellError(cells.TEXT_TOO_LONG)
        return text

    return read


def _social_insurance(cell: Cell) -> str:
    text = text_of(cell)
    if isinstance(cell, int | float) and text.isdigit():
        text = text.zfill(10 if len(text) <= 10 else 12)
    return parse_social_insurance(text)


_VILLAGE = _short_text(100)
_OPTIONAL: dict[str, Callable[[Cell], object]] = {
    "household_code": _short_text(50),
    "phone": cells.phone_of,
    "phone_owner_verified": cells.is_marked,
    "social_insurance_no": _social_insurance,
    "has_smartphone": cells.is_marked,
    "has_bank_account": cells.has_account,
    "social_protection": cells.is_marked,
    "residence_status": cells.residence_status_of,
    "address_line": _short_text(200),
}
_EMPTY_MEANS_NO = frozenset(("phone_owner_verified", "has_smartphone", "has_bank_account", "social_protection"))


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


@dataclass(slots=True)
class _RowReader:
    """One row being read; wrong cells gather in `rejections`."""

    header: Header
    number: int
    cells: Row
    today: date
    rejections: list[Rejection] = field(default_factory=list)

    def required(self, name: str, read: Callable[[Cell], T]) -> T | None:
        return self._read_required(name, self.cell(name), read)

    def birth(self) -> Birth | None:
        cell = self.cell("date_of_birth")
        if "date_of_birth" not in self.header.positions:
            cell = self.cell("male") if text_of(self.cell("male")) else self.cell("female")
        return self._read_required("date_of_birth", cell, lambda c: cells.birth_of(c, self.today))

    def sex(self) -> Sex | None:
        if "sex" in self.header.positions:
            return self.required("sex", cells.sex_of)
        try:
            return self._sex_of_two_columns()
        except CellError as error:
            self._reject("sex", error.finding)
            return None

    def _sex_of_two_columns(self) -> Sex:
        has_dates = "date_of_birth" not in self.header.positions
        male, female = (self._marks(self.cell(name), has_dates) for name in ("male", "female"))
        if male == female:
            raise CellError(cells.SEX_TWICE if male else cells.REQUIRED_CELL)
        return "male" if male else "female"

    @staticmethod
    def _marks(cell: Cell, has_dates: bool) -> bool:
        return text_of(cell) != "" if has_dates else cells.is_marked(cell)

    def document(self, personal_id: str | None) -> IdDocument | None:
        cell = self.cell("id_document")
        document = None if _is_blank(cell) else self.read("id_document", cell, cells.document_kind_of)
        if personal_id is None:
            return document
        if document is None:
            return document_of(personal_id)
        try:
            check_document(personal_id, document)
        except IdentifierError as error:
            self._reject("id_document", error.finding)
        return document

    def cell(self, name: str) -> Cell:
        position = self.header.positions.get(name, -1)
        return self.cells[position] if 0 <= position < len(self.cells) else None

    def _read_required(self, name: str, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        if _is_blank(cell):
            self._reject(name, cells.REQUIRED_CELL)
            return None
        return self.read(name, cell, read)

    def read(self, name: str, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        """What a cell says; None, and a rejection, when that is nothing usable."""
        try:
            return read(cell)
        except (CellError, IdentifierError) as error:
            self._reject(name, error.finding)
            return None

    def _reject(self, name: str, finding: Finding) -> None:
        self.rejections.append(Rejection(self.number, self.header.title(name), finding))
