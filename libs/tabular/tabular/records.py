"""Records of a CSV text. A quote that never closes costs its own line, never the lines below it."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .findings import BROKEN_QUOTE, CELL_TOO_LONG, UNREADABLE_CHARACTER, Finding

MOST_LINES = 20
"""A record with line breaks inside quotes goes over at most so many lines."""

_DAMAGED = re.compile("[\x00\ufffd\ud800-\udfff]")


class Record(NamedTuple):
    """One record, beginning at a line (the first is 1): its cells, or what is wrong with it."""

    line: int
    cells: list[str]
    finding: Finding | None = None


class Records:
    """Splits lines into records. `width`, where it is known, is the number of columns of the header."""

    def __init__(self, lines: Iterable[str], separator: str, longest_cell: int, width: int | None = None) -> None:
        self.separator, self.longest_cell, self.width = separator, longest_cell, width
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self._read = 0
        csv.field_size_limit(max(longest_cell, csv.field_size_limit()))

    def __iter__(self) -> Iterator[Record]:
        while (line := self._take()) is not None:
            number = self._read
            record = Record(number, line.split(self.separator)) if '"' not in line else self._quoted(number, line)
            yield self._checked(record, line)

    def _take(self) -> str | None:
        line = self._ahead.popleft() if self._ahead else next(self._lines, None)
        self._read += line is not None
        return line if line is None else line.rstrip("\r\n")

    def _checked(self, record: Record, line: str) -> Record:
        if record.finding:
            return record
        text = line if len(line) >= self.longest_cell else ""
        if text and any(len(cell) > self.longest_cell for cell in record.cells):
            return Record(record.line, [], CELL_TOO_LONG)
        if (not line.isascii() or "\0" in line or '"' in line) and any(map(_DAMAGED.search, record.cells)):
            return Record(record.line, [], UNREADABLE_CHARACTER)
        return record

    def _quoted(self, number: int, line: str) -> Record:
        further = _Further(self, line)
        try:
            cells = next(csv.reader(further, delimiter=self.separator))
        except csv.Error:  # a cell longer than the module takes
            return Record(number, [], CELL_TOO_LONG)
        if further.ended:
            return Record(number, [], BROKEN_QUOTE)
        if further.taken:
            if self._swallows_rows(further.lines, cells):
                return Record(number, [], BROKEN_QUOTE)
            for _ in range(further.taken):
                self._take()
            if max(map(len, cells)) > self.longest_cell:
                return Record(number, [], CELL_TOO_LONG)
        return Record(number, cells)

    def _swallows_rows(self, lines: list[str], cells: list[str]) -> bool:
        """Whether a record over several lines is a broken quote that another quote further down happened to close."""
        try:
            list(csv.reader(lines, delimiter=self.separator, strict=True))
        except csv.Error:
            return True
        most = max(2, (self.width or 1 << 16) - 1)
        return any("\n" in cell and cell.count(self.separator) >= most for cell in cells)

    def look_ahead(self, place: int) -> str | None:
        """The line `place` places further down, which stays where it is."""
        while len(self._ahead) <= place:
            line = next(self._lines, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[place]


class _Further:
    """Gives the CSV reader one line, and the following ones for as long as a quote is open."""

    def __init__(self, records: Records, line: str) -> None:
        self._records = records
        self.lines = [line + "\n"]
        self.taken = -1
        self.ended = False
        self._length = 0

    def __iter__(self) -> "_Further":
        return self

    def __next__(self) -> str:
        self.taken += 1
        if self.taken:
            line = self._records.look_ahead(self.taken - 1)
            if line is None or self.taken >= MOST_LINES or self._length > self._records.longest_cell:
                self.ended = True
                raise StopIteration
            self.lines.append(line.rstrip("\r\n") + "\n")
        self._length += len(self.lines[-1])
        return self.lines[-1]
