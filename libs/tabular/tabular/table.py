"""Shapes of a table: what a caller asks for and what it gets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from .findings import Finding

Cell = str | int | float | bool | date | datetime | time | None
Cells = list[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a caller knows.

    `titles` are the accepted titles; case, accents, spaces and punctuation do not count. The first one is shown in
    templates. `parts` are titles of two columns that together hold the value ("Họ đệm" and "Tên"); a column without a
    title to the right of such a column belongs to it. `instead` names columns that together replace a missing one.
    """

    name: str
    titles: tuple[str, ...] = ()
    required: bool = False
    parts: tuple[tuple[str, ...], ...] = ()
    instead: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.titles[0] if self.titles else self.name


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bounds of what one file may cost. Sizes in bytes, time in seconds of CPU.

    Of each row the first `columns` are read. `cells` counts all that rows reach over, empty ones too: a few bytes of a
    file make a row of 16,384.
    """

    unpacked: int = 1 << 30
    ratio: int = 200
    memory: int = 3 << 29
    cpu_seconds: int = 120
    columns: int = 256
    cells: int = 20_000_000
    cell_length: int = 1 << 17
    blank_rows: int = 1_000
    header_within: int = 20


class Layout(NamedTuple):
    """Where each known column is on a sheet, and its title as the file has it."""

    positions: Mapping[str, tuple[int, ...]]
    titles: Mapping[str, str]


class Row(NamedTuple):
    """A row below the header.

    `number` counts from the header, which is row 1, and goes on over all sheets. `line` is the row of the sheet, or the
    line of the CSV file where the row begins.
    """

    number: int
    line: int
    sheet: str
    cells: Cells
    layout: Layout

    def cell(self, name: str) -> Cell:
        """The cell of a known column; several columns of one value are joined by a space. None where there is none."""
        places = self.layout.positions.get(name, ())
        if len(places) == 1:
            return self.cells[places[0]] if places[0] < len(self.cells) else None
        found = [self.cells[place] for place in places if place < len(self.cells)]
        return " ".join(str(cell).strip() for cell in found if not is_blank(cell)) or None


class BrokenRow(NamedTuple):
    """A row that cannot be read as a row; it counts as one row."""

    number: int
    line: int
    sheet: str
    finding: Finding


AnyRow = Row | BrokenRow


class FileNotice(NamedTuple):
    """Something about the whole file that the sender should know; `preview` has up to three converted texts."""

    finding: Finding
    preview: tuple[str, ...] = ()


class SkippedSheet(NamedTuple):
    """A sheet that was not read and why: `hidden`, `empty` or `no-header`."""

    name: str
    reason: str


@dataclass(slots=True)
class Table:
    """A file that can be read. `notices` is complete after the last row; `above` are the rows above the header.

    `unknown` are the titles of columns that the caller does not know, in the order of the sheets.
    """

    format: str
    encoding: str | None
    titles: Mapping[str, str]
    sheets_read: tuple[str, ...]
    sheets_skipped: tuple[SkippedSheet, ...]
    above: tuple[Cells, ...]
    notices: list[FileNotice] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    rows: Iterator[AnyRow] = field(default_factory=lambda: iter(()))

    def __iter__(self) -> Iterator[AnyRow]:
        return self.rows


def is_blank(cell: Cell) -> bool:
    """Whether a cell has no value: none, or text of spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
