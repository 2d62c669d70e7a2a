"""Rows of a commune's list as residents, or as the cells that are wrong."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, NamedTuple, TypeVar

from registry.identifiers import (
    Finding,
    IdDocument,
    Sex,
    check_document,
    document_of,
    parse_phone,
    personal_id_warnings,
)
from registry.model.attributes import ATTRIBUTES, IMPORTED, Kind
from tabular import AnyRow, BrokenRow, Cell, CellError, Row, Table, is_blank, read_table
from tabular.values import (
    Parsed,
    Written,
    parse_person_name,
    parse_personal_number,
    parse_short_text,
    parse_social_insurance,
    parse_yes_no,
    text_of,
)
from tabular.values import parse_phone as parse_phone_cell

from . import cells
from .header import COLUMNS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CellFinding:
    """A wrong or odd cell: row as counted from the header (row 1), the column's title in the file, and what is wrong."""

    row: int
    column: str
    finding: Finding

    @property
    def code(self) -> str:
        """The stable code of the finding."""
        return self.finding.code

    @property
    def vi(self) -> str:
        """The sentence in Vietnamese."""
        return self.finding.vi

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.finding.en


class ListedResident(NamedTuple):
    """A valid row. `village` is still a code or a name; None where the list has no column of villages.

    `others`: every other attribute that the row states, by name.
    """

    row: int
    personal_id: str
    id_document: IdDocument
    full_name: str
    birth: Written
    sex: Sex
    village: str | None
    village_column: str
    states_document: bool
    others: Mapping[str, Any]
    warnings: tuple[CellFinding, ...] = ()

    @property
    def household_code(self) -> str | None:
        """The household, if the row has one."""
        code: str | None = self.others.get("household_code")
        return code


Outcome = ListedResident | list[CellFinding]


def read_list(file: BinaryIO, today: date) -> Iterator[Outcome]:
    """Every row below the header: a resident, or all wrong cells of that row. Raises `UnreadableTable`.

    Reads in this process; files of strangers are read through `tabular.open_table` and a `ListReader`.
    """
    table = read_table(file, COLUMNS)
    reader = ListReader.of(table, today)
    return map(reader.outcome_of, table.rows)


@dataclass(frozen=True, slots=True)
class ListReader:
    """Turns the rows of one list into residents. With several sheets a rejection names sheet and row."""

    today: date
    titles: frozenset[str]
    names_sheets: bool
    needs_village: bool = True

    @classmethod
    def of(cls, table: Table, today: date, *, needs_village: bool = True) -> "ListReader":
        """`needs_village`: whether a row without a village is wrong, as it is in all lists but those of one village."""
        return cls(today, frozenset(table.titles), len(table.sheets_read) > 1, needs_village)

    def outcome_of(self, row: AnyRow) -> Outcome:
        where = f" ({row.sheet}, dòng {row.line})" if self.names_sheets else ""
        if isinstance(row, BrokenRow):
            return [CellFinding(row.number, where.strip(), row.finding)]
        return _read_row(_RowReader(row, self.today, where, self.needs_village))


def _read_row(row: "_RowReader") -> Outcome:
    personal_id = row.plain("personal_id", row.required("personal_id", parse_personal_number))
    read: dict[str, Any] = {
        "personal_id": personal_id,
        "id_document": row.document(personal_id),
        "full_name": row.required("full_name", parse_person_name),
        "birth": row.birth(),
        "sex": row.sex(),
        "village": row.village(),
    }
    others: dict[str, Any] = {}
    titles = row.titles
    for name, read_cell in _OTHERS.items():
        if name in titles and (name in _YES_NO or not is_blank(row.cell(name))):
            others[name] = row.plain(name, row.read(name, row.cell(name), read_cell))
    if row.rejections:
        return row.rejections
    row.warn_about_number(read)
    return ListedResident(
        row=row.number,
        village_column=row.title("village"),
        states_document=not is_blank(row.cell("id_document")),
        others=others,
        warnings=tuple(row.warnings),
        **read,
    )


def _short_text(limit: int) -> Callable[[Cell], str]:
    return lambda cell: parse_short_text(cell, limit)


def _phone(cell: Cell) -> Parsed[str | None]:
    return parse_phone_cell(cell, parse_phone)


_VILLAGE = _short_text(100)
_CELLS: Mapping[Kind, Callable[[Cell], object]] = {
    "household": _short_text(50),
    "phone": _phone,
    "yes_no": parse_yes_no,
    "social_insurance_no": parse_social_insurance,
    "residence_status": cells.residence_status_of,
    "text": _short_text(200),
}
"""How a cell is read, by the kind of its attribute; the kinds of what every row must have are read by name."""
_OTHERS = {
    name: cells.has_account if name == "has_bank_account" else _CELLS[ATTRIBUTES[name].kind]
    for name in IMPORTED
    if ATTRIBUTES[name].kind in _CELLS
}
_YES_NO = frozenset(name for name in _OTHERS if ATTRIBUTES[name].kind == "yes_no")
"""An empty cell of these says no."""


@dataclass(slots=True)
class _RowReader:
    """One row being read; wrong cells and warnings gather here."""

    row: Row
    today: date
    where: str
    needs_village: bool
    rejections: list[CellFinding] = field(default_factory=list)
    warnings: list[CellFinding] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def titles(self) -> Mapping[str, str]:
        return self.row.layout.titles

    def required(self, name: str, read: Callable[[Cell], T]) -> T | None:
        return self._read_required(name, self.cell(name), read)

    def birth(self) -> Written | None:
        cell = self.cell("date_of_birth")
        if "date_of_birth" not in self.titles:
            cell = self.cell("male") if text_of(self.cell("male")) else self.cell("female")
        return self._read_required("date_of_birth", cell, lambda c: cells.birth_of(c, self.today))

    def sex(self) -> Sex | None:
        if "sex" in self.titles:
            return self.required("sex", cells.sex_of)
        try:
            return self._sex_of_two_columns()
        except CellError as error:
            self._reject("sex", error.finding)
            return None

    def _sex_of_two_columns(self) -> Sex:
        has_dates = "date_of_birth" not in self.titles
        male, female = (self._marks(self.cell(name), has_dates) for name in ("male", "female"))
        if male == female:
            raise CellError(cells.SEX_TWICE if male else cells.REQUIRED_CELL)
        return "male" if male else "female"

    @staticmethod
    def _marks(cell: Cell, has_dates: bool) -> bool:
        return text_of(cell) != "" if has_dates else parse_yes_no(cell)

    def document(self, personal_id: str | None) -> IdDocument | None:
        cell = self.cell("id_document")
        document = None if is_blank(cell) else self.read("id_document", cell, cells.document_kind_of)
        if personal_id is None:
            return document
        if document is None:
            return document_of(personal_id)
        try:
            check_document(personal_id, document)
        except CellError as error:
            self._reject("id_document", error.finding)
        return document

    def cell(self, name: str) -> Cell:
        return self.row.cell(name)

    def title(self, name: str) -> str:
        """The title of a column in the file, the column's own name where the file has no such column."""
        if name in ("sex", "date_of_birth") and name not in self.titles:
            return "/".join(self.titles[column] for column in ("male", "female") if column in self.titles)
        return self.titles.get(name, name)

    def _read_required(self, name: str, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        if is_blank(cell):
            self._reject(name, cells.REQUIRED_CELL)
            return None
        return self.read(name, cell, read)

    def read(self, name: str, cell: Cell, read: Callable[[Cell], T]) -> T | None:
        """The value of a cell; None, and a rejection, when it has no usable one."""
        try:
            return read(cell)
        except CellError as error:
            self._reject(name, error.finding)
            return None

    def plain(self, name: str, value: Any) -> Any:
        """A value without its warnings, which go to those of the row."""
        if isinstance(value, Parsed):
            self.warnings += [self._found(name, finding) for finding in value.warnings]
            return value.value
        return value

    def village(self) -> str | None:
        """The village as it is written; None where the unit of the form counts."""
        if not self.needs_village and is_blank(self.cell("village")):
            return None
        return self.required("village", _VILLAGE) if "village" in self.titles else None

    def warn_about_number(self, read: Mapping[str, Any]) -> None:
        """What is odd about the number of a valid row goes to the warnings of the row."""
        found = personal_id_warnings(read["personal_id"], read["birth"].day, read["sex"])
        self.warnings += [self._found("personal_id", finding) for finding in found]

    def _reject(self, name: str, finding: Finding) -> None:
        self.rejections.append(self._found(name, finding))

    def _found(self, name: str, finding: Finding) -> CellFinding:
        return CellFinding(self.number, self.title(name) + self.where, finding)
