"""Finds the header row of a table and which of its columns the caller knows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chassis.folding import squeeze

from .findings import UnreadableTable, missing_columns, repeated_column
from .table import Cell, Cells, Column, Layout, is_blank


@dataclass(frozen=True, slots=True)
class Header:
    """The header row: its position among the rows looked at, its layout, and what is wrong with it."""

    index: int
    layout: Layout
    missing: tuple[Column, ...]
    repeated: str | None
    unknown: tuple[str, ...] = ()
    """Titles of columns that the caller does not know, as the file has them."""

    @property
    def score(self) -> int:
        return len(self.layout.positions)

    @property
    def is_complete(self) -> bool:
        return not self.missing and self.repeated is None

    def check(self) -> None:
        """Raise `UnreadableTable` when a required column is missing or one appears twice."""
        if self.repeated is not None:
            raise UnreadableTable(repeated_column(self.repeated))
        if self.missing:
            raise UnreadableTable(missing_columns({column.name: column.title for column in self.missing}))


def find_header(
    rows: Sequence[Cells], columns: Sequence[Column], within: int, spans: Mapping[int, Collection[int]] | None = None
) -> Header | None:
    """The row with the most known columns, the first of equals; None where no row has any.

    `rows` may go on below the last row that can be the header (`within`): they show whether a column without a title
    continues the one to its left. `spans` gives, by row, the positions that continue a merged title.
    """
    best: Header | None = None
    for index, cells in enumerate(rows[:within]):
        matching = _Matching(cells, rows[index + 1 : index + 21], (spans or {}).get(index, ()))
        header = matching.header(index, columns)
        if header.score and (best is None or header.score > best.score):
            best = header
    return best


@dataclass(frozen=True, slots=True)
class _Matching:
    """One row being compared with the titles of the known columns."""

    cells: Cells
    below: Sequence[Cells]
    merged: Collection[int]

    def header(self, index: int, columns: Sequence[Column]) -> Header:
        places: dict[str, list[int]] = {}
        for place, cell in enumerate(self.cells):
            if not is_blank(cell):
                places.setdefault(squeeze(str(cell)), []).append(place)
        positions: dict[str, tuple[int, ...]] = {}
        titles: dict[str, str] = {}
        repeated = None
        for column in columns:
            wholes = _found(places, (column.name, *column.titles), _part_keys(column))
            found = self._positions(column, wholes, places)
            if found:
                positions[column.name] = found
                shown = [self.cells[place] for place in found if not is_blank(self.cells[place])]
                titles[column.name] = " + ".join(_shown(cell) for cell in shown)
            if len(wholes) > 1 and repeated is None:
                repeated = _shown(self.cells[wholes[1]])
        known = {place for held in positions.values() for place in held}
        unknown = tuple(
            _shown(cell) for place, cell in enumerate(self.cells) if not is_blank(cell) and place not in known
        )
        return Header(index, Layout(positions, titles), _missing(positions, columns), repeated, unknown)

    def _positions(self, column: Column, wholes: list[int], places: Mapping[str, list[int]]) -> tuple[int, ...]:
        """Where a value is: under its own title, or under the titles of its parts. A part never replaces the whole."""
        if wholes:
            return (wholes[0], *self._continued(wholes[0], column))
        halves = [_found(places, titles, frozenset()) for titles in column.parts]
        if halves and all(halves):
            return tuple(half[0] for half in halves)
        alone = _found(places, (column.name, *column.titles), frozenset())
        return tuple(alone[:1])

    def _continued(self, place: int, column: Column) -> tuple[int, ...]:
        after = place + 1
        if not column.parts or (after < len(self.cells) and not is_blank(self.cells[after])):
            return ()
        return (after,) if after in self.merged or self._holds_given_names(after) else ()

    def _holds_given_names(self, place: int) -> bool:
        filled = [row for row in self.below if any(not is_blank(cell) for cell in row)]
        return bool(filled) and all(
            place < len(row)
            and isinstance(cell := row[place], str)
            and len(cell.strip()) > 1
            and cell.strip().isalpha()
            for row in filled
        )


def _part_keys(column: Column) -> frozenset[str]:
    return frozenset(squeeze(title) for titles in column.parts for title in titles)


def _found(places: Mapping[str, list[int]], titles: Sequence[str], besides: frozenset[str]) -> list[int]:
    keys = {squeeze(title) for title in titles} - besides
    return sorted(place for key in keys for place in places.get(key, ()))


def _missing(positions: Mapping[str, object], columns: Sequence[Column]) -> tuple[Column, ...]:
    present = positions.keys()
    return tuple(
        column
        for column in columns
        if column.required and column.name not in present and not (column.instead and present >= set(column.instead))
    )


def _shown(cell: Cell) -> str:
    return " ".join(str(cell).split())
