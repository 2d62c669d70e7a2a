"""From the bare rows of sheets to rows below a header: what CSV files and workbooks have in common."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import NamedTuple

from . import legacy
from .findings import (
    EMPTY,
    EXAMPLE_ROW,
    UNREADABLE_CHARACTER,
    Finding,
    UnreadableTable,
    converted,
    legacy_row,
    missing_columns,
    rows_after_gap,
    sheets_not_read,
)
from .header import Header, find_header
from .legacy import Legacy
from .table import AnyRow, BrokenRow, Cell, Cells, Column, FileNotice, ReadingLimits, Row, SkippedSheet, Table, is_blank

EXAMPLE_MARK = "Dòng ví dụ, xin xóa"
"""The note by which the example row of a template is known."""

_LOOK_BELOW = 20
_SAMPLE = 5_000
_FONTS: tuple[Legacy, ...] = ("TCVN3", "VNI", "UTF-8 × 2")
_PREVIEW = 3

BareRow = tuple[int, Cells | Finding]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, or the one table of a CSV file. `open` gives its rows from the top, each time anew."""

    name: str
    open: Callable[[], Iterable[BareRow]]
    is_visible: bool = True
    ends_at_gap: bool = False
    font: Legacy | None = None
    spans: Mapping[int, Collection[int]] = field(default_factory=dict)


class _Found(NamedTuple):
    sheet: Sheet
    header: Header
    font: Legacy | None
    head: Sequence[Cells]


def table_of(
    format: str, encoding: str | None, sheets: Sequence[Sheet], columns: Sequence[Column], limits: ReadingLimits
) -> Table:
    """The table of all visible sheets with a header that has the required columns; raises `UnreadableTable`."""
    found = {sheet.name: _with_header(sheet, columns, limits) for sheet in sheets if sheet.is_visible}
    good = [each for each in found.values() if each and not each.header.missing]
    for each in good:
        each.header.check()
    if not good:
        _refuse(found.values(), sheets, columns)
    skipped = tuple(
        SkippedSheet(sheet.name, "no-header" if sheet.is_visible else "hidden")
        for sheet in sheets
        if sheet.name not in {each.sheet.name for each in good}
    )
    fonts = [each.font or legacy.encoding_of(_sample(each, limits)) for each in good]
    notices = [_preview(each, font, limits) for each, font in zip(good, fonts, strict=True) if font]
    if skipped:
        notices.append(FileNotice(sheets_not_read([sheet.name for sheet in skipped])))
    first = good[0]
    return Table(
        format=format,
        encoding=fonts[0] or encoding,
        titles=first.header.layout.titles,
        sheets_read=tuple(each.sheet.name for each in good),
        sheets_skipped=skipped,
        above=tuple(first.head[: first.header.index]),
        notices=notices,
        unknown=tuple(dict.fromkeys(title for each in good for title in each.header.unknown)),
        rows=_rows(good, fonts, limits, notices),
    )


def _with_header(sheet: Sheet, columns: Sequence[Column], limits: ReadingLimits) -> _Found | None:
    bare = islice(sheet.open(), limits.header_within + _LOOK_BELOW)
    head = [[] if isinstance(cells, Finding) else composed(cells, sheet.font) for _, cells in bare]
    header = find_header(head, columns, limits.header_within, sheet.spans)
    if sheet.font or (header and not header.missing):
        return _Found(sheet, header, sheet.font, head) if header else None
    best = _Found(sheet, header, None, head) if header else None
    for font in _FONTS:
        rewritten = [composed(cells, font) for cells in head]
        other = find_header(rewritten, columns, limits.header_within, sheet.spans)
        if other and (best is None or other.score > best.header.score):
            best = _Found(sheet, other, font, rewritten)
    return best


def _refuse(found: Iterable[_Found | None], sheets: Sequence[Sheet], columns: Sequence[Column]) -> None:
    nearest = max((each for each in found if each), key=lambda each: each.header.score, default=None)
    if nearest:
        nearest.header.check()
    has_rows = any(_has_content(sheet) for sheet in sheets if sheet.is_visible)
    required = {column.name: column.title for column in columns if column.required}
    raise UnreadableTable(missing_columns(required) if has_rows else EMPTY)


def _has_content(sheet: Sheet) -> bool:
    return any(isinstance(cells, Finding) or not _is_empty(cells) for _, cells in islice(sheet.open(), _SAMPLE))


def _sample(found: _Found, limits: ReadingLimits) -> Iterator[list[str]]:
    below = islice(found.sheet.open(), found.header.index + 1, found.header.index + 1 + _SAMPLE)
    for _, cells in below:
        if not isinstance(cells, Finding):
            yield [cell for cell in cells[: limits.columns] if isinstance(cell, str) and not cell.isascii()]


def _preview(found: _Found, font: Legacy, limits: ReadingLimits) -> FileNotice:
    examples = (cells[0] for cells in _sample(found, limits) if cells)
    return FileNotice(converted(font), tuple(legacy.to_unicode(text, font) for text in islice(examples, _PREVIEW)))


def _rows(
    found: Sequence[_Found], fonts: Sequence[Legacy | None], limits: ReadingLimits, notices: list[FileNotice]
) -> Iterator[AnyRow]:
    numbers = count(1)
    for each, font in zip(found, fonts, strict=True):
        next(numbers)  # the header itself
        yield from _SheetRows(each, font, limits, numbers, notices)


@dataclass
class _SheetRows:
    """The rows of one sheet below its header."""

    found: _Found
    font: Legacy | None
    limits: ReadingLimits
    numbers: Iterator[int]
    notices: list[FileNotice]

    def __iter__(self) -> Iterator[AnyRow]:
        below = islice(self.found.sheet.open(), self.found.header.index + 1, None)
        blank, is_first = 0, True
        for line, cells in below:
            number = next(self.numbers)
            if not isinstance(cells, Finding):
                cells = cells[: self.limits.columns]
                if _is_empty(cells) or (is_first and self._continues_header(cells)):
                    blank += 1
                    if self.found.sheet.ends_at_gap and blank > self.limits.blank_rows:
                        self._note_rows_after_gap(below)
                        return
                    is_first = False
                    continue
            blank, is_first = 0, False
            yield self._row(number, line, cells)

    def _row(self, number: int, line: int, cells: Cells | Finding) -> AnyRow:
        sheet = self.found.sheet.name
        finding = cells if isinstance(cells, Finding) else self._finding_of(cells)
        if finding:
            return BrokenRow(number, line, sheet, finding)
        assert isinstance(cells, list)
        return Row(number, line, sheet, composed(cells, self.font), self.found.header.layout)

    def _finding_of(self, cells: Cells) -> Finding | None:
        if EXAMPLE_MARK in cells:
            return EXAMPLE_ROW
        for cell in cells:
            if isinstance(cell, str) and not cell.isascii():
                if self.font is None and (found := legacy.evidence_of(cell).legacy):
                    return legacy_row(min(found))
                if self.font == "UTF-8 × 2" and legacy.from_utf8_read_twice(cell) is None:
                    return UNREADABLE_CHARACTER
            elif isinstance(cell, str) and "\0" in cell:
                return UNREADABLE_CHARACTER
        return None

    def _continues_header(self, cells: Cells) -> bool:
        """Whether the row below a header is its second line, as titles merged over two rows leave it."""
        header = self.found.head[self.found.header.index]
        places = {place for held in self.found.header.layout.positions.values() for place in held}
        return any(
            place < min(len(cells), len(header)) and isinstance(cells[place], str) and cells[place] == header[place]
            for place in places
            if not is_blank(header[place] if place < len(header) else None)
        )

    def _note_rows_after_gap(self, below: Iterator[BareRow]) -> None:
        left = sum(isinstance(cells, Finding) or not _is_empty(cells) for _, cells in below)
        if left:
            self.notices.append(FileNotice(rows_after_gap(self.found.sheet.name, left)))


def _is_empty(cells: Cells) -> bool:
    return all(map(is_blank, cells))


def composed(cells: Cells, font: Legacy | None) -> Cells:
    """The cells in Unicode, composed (NFC)."""
    return [_text(cell, font) if isinstance(cell, str) and not cell.isascii() else cell for cell in cells]


def _text(cell: str, font: Legacy | None) -> Cell:
    return legacy.composed(legacy.to_unicode(cell, font) if font else cell)
