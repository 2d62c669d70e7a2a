"""The table as it goes from the process that reads it to the one that asked: frames of JSON, each with its length.

JSON and not pickle: what a sick file made of the reading process cannot run code in the other.
"""

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

from .findings import Finding
from .table import AnyRow, BrokenRow, Cell, Cells, Column, FileNotice, Layout, ReadingLimits, Row, SkippedSheet, Table

LENGTH = struct.Struct(">I")
_ROWS_PER_FRAME = 500
_CELLS_PER_FRAME = 10_000


def request_of(columns: Sequence[Column], limits: ReadingLimits, reader: str) -> str:
    """What is to be read, as one argument of a command."""
    return json.dumps({"columns": [asdict(column) for column in columns], "limits": asdict(limits), "reader": reader})


def parse_request(text: str) -> tuple[list[Column], ReadingLimits, str]:
    request = json.loads(text)
    columns = [
        Column(
            each["name"],
            tuple(each["titles"]),
            each["required"],
            tuple(map(tuple, each["parts"])),
            tuple(each["instead"]),
        )
        for each in request["columns"]
    ]
    return columns, ReadingLimits(**request["limits"]), request["reader"]


def frame(content: object) -> bytes:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return LENGTH.pack(len(body)) + body


def frames_of(table: Table) -> Iterator[bytes]:
    """Head, rows in groups, end."""
    yield frame({"head": _head(table)})
    reported = len(table.notices)
    for rows in _groups(table.rows):
        yield frame({"rows": rows})
    yield frame({"end": [_notice(notice) for notice in table.notices[reported:]]})


def error_frame(finding: Finding) -> bytes:
    return frame({"error": asdict(finding)})


def table_of_head(head: Mapping[str, Any]) -> Table:
    return Table(
        format=head["format"],
        encoding=head["encoding"],
        titles=head["titles"],
        sheets_read=tuple(head["sheets_read"]),
        sheets_skipped=tuple(SkippedSheet(*each) for each in head["sheets_skipped"]),
        above=tuple([_cell(cell) for cell in cells] for cells in head["above"]),
        notices=[notice_of(each) for each in head["notices"]],
        unknown=tuple(head["unknown"]),
    )


def notice_of(plain: Sequence[Any]) -> FileNotice:
    return FileNotice(Finding(**plain[0]), tuple(plain[1]))


class RowsOfFrames:
    """Rows out of frames; a layout comes once, with the first row of its sheet."""

    def __init__(self) -> None:
        self._layout = Layout({}, {})

    def rows(self, plain: Sequence[Sequence[Any]]) -> Iterator[AnyRow]:
        for number, line, sheet, content, *layout in plain:
            if isinstance(content, dict):
                yield BrokenRow(number, line, sheet, Finding(**content))
                continue
            if layout:
                positions, titles = layout[0]
                self._layout = Layout({name: tuple(places) for name, places in positions.items()}, titles)
            yield Row(number, line, sheet, [_cell(c) if type(c) is list else c for c in content], self._layout)


def _head(table: Table) -> dict[str, Any]:
    return {
        "format": table.format,
        "encoding": table.encoding,
        "titles": dict(table.titles),
        "sheets_read": table.sheets_read,
        "sheets_skipped": table.sheets_skipped,
        "above": [_plain(cells) for cells in table.above],
        "notices": [_notice(notice) for notice in table.notices],
        "unknown": table.unknown,
    }


def _notice(notice: FileNotice) -> tuple[dict[str, str], tuple[str, ...]]:
    return asdict(notice.finding), notice.preview


def _groups(rows: Iterator[AnyRow]) -> Iterator[list[Any]]:
    group: list[Any] = []
    cells = 0
    layout: Layout | None = None
    for row in rows:
        if isinstance(row, BrokenRow):
            group.append((row.number, row.line, row.sheet, asdict(row.finding)))
        else:
            reported = () if row.layout is layout else (row.layout,)
            layout = row.layout
            group.append((row.number, row.line, row.sheet, _plain(row.cells), *reported))
            cells += len(row.cells)
        if len(group) >= _ROWS_PER_FRAME or cells >= _CELLS_PER_FRAME:
            yield group
            group, cells = [], 0
    if group:
        yield group


def _plain(cells: Cells) -> list[Any]:
    return [cell if cell is None or type(cell) in _AS_THEY_ARE else _tagged(cell) for cell in cells]


_AS_THEY_ARE = frozenset((str, int, float, bool))


def _tagged(cell: Cell) -> list[str]:
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    raise TypeError(type(cell).__name__)


_TAGS: dict[str, Callable[[str], Cell]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


def _cell(plain: Any) -> Cell:
    if isinstance(plain, list):
        return _TAGS[plain[0]](plain[1])
    cell: Cell = plain
    return cell
