"""Reads a CSV file: encoding, separator, records."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from .encodings import Encoding, encoding_of
from .header import find_header
from .records import Records
from .rows import BareRow, Sheet, composed, table_of
from .table import Cells, Column, ReadingLimits, Table

_SEPARATORS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)


def read_csv(file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits) -> Table:
    """A CSV file as a table; raises `UnreadableTable`. The row of the header decides which separator it is."""
    encoding = encoding_of(file)
    first = next(iter(_lines(file, encoding)), "")
    stated = _SEPARATOR_LINE.fullmatch(first.strip())
    separators = (stated[1], *_SEPARATORS) if stated else _SEPARATORS
    candidates = [_CsvText(file, encoding, separator, limits) for separator in separators]
    text = max(candidates, key=lambda candidate: candidate.score(columns))
    text.width = text.width_of_header(columns)
    sheet = Sheet("", text.rows, font=encoding.legacy)
    return table_of("csv", encoding.legacy or encoding.name, [sheet], columns, limits)


class _Borrowed(io.TextIOWrapper):
    """Text over a file that belongs to the caller: it stays open when this wrapper is collected."""

    def close(self) -> None:
        pass


def _lines(file: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    file.seek(0)
    return _Borrowed(file, encoding=encoding.codec, errors=encoding.errors, newline="")


@dataclass(slots=True)
class _CsvText:
    """The text of a file, split by one separator."""

    file: BinaryIO
    encoding: Encoding
    separator: str
    limits: ReadingLimits
    width: int | None = None

    def rows(self) -> Iterator[BareRow]:
        lines = _lines(self.file, self.encoding)
        for record in Records(lines, self.separator, self.limits.cell_length, self.width):
            if record.line == 1 and _SEPARATOR_LINE.fullmatch(self.separator.join(record.cells).strip()):
                continue
            yield record.line, record.finding or [*record.cells]

    def score(self, columns: Sequence[Column]) -> tuple[int, int]:
        """How many columns of the header this separator shows, then how many cells a row has at most."""
        head = self._head()
        header = find_header(head, columns, self.limits.header_within)
        return (header.score if header else 0, max(map(len, head), default=0))

    def width_of_header(self, columns: Sequence[Column]) -> int | None:
        head = self._head()
        header = find_header(head, columns, self.limits.header_within)
        return len(head[header.index]) if header else None

    def _head(self) -> list[Cells]:
        bare = islice(self.rows(), self.limits.header_within)
        return [composed(cells, self.encoding.legacy) if isinstance(cells, list) else [] for _, cells in bare]
