"""Reads a table in a process with limits on memory and time, so that a sick file never takes a service down."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from .findings import NOT_A_WORKBOOK, TOO_EXPENSIVE, Finding, UnreadableTable
from .frames import LENGTH, RowsOfFrames, notice_of, request_of, table_of_head
from .reader import DEFAULT_LIMITS
from .table import AnyRow, Column, ReadingLimits, Table


@dataclass(slots=True)
class IsolatedTable:
    """A table that another process reads: its head, and its rows in groups as they come."""

    table: Table
    _frames: AsyncIterator[dict[str, Any]]

    async def groups(self) -> AsyncGenerator[list[AnyRow]]:
        """The rows, some hundreds at a time. Raises `UnreadableTable` when the process ends before the last row."""
        rows = RowsOfFrames()
        async for frame in self._frames:
            if "rows" in frame:
                yield list(rows.rows(frame["rows"]))
            else:
                self.table.notices += [notice_of(each) for each in frame["end"]]

    async def rows(self) -> AsyncGenerator[AnyRow]:
        """The rows one by one."""
        async for group in self.groups():
            for row in group:
                yield row


@asynccontextmanager
async def open_table(
    file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits = DEFAULT_LIMITS
) -> AsyncIterator[IsolatedTable]:
    """A CSV file or a workbook as a table. Raises `UnreadableTable`.

    `file` is a file of the operating system (it has a `fileno`). When calamine takes more memory than it may, openpyxl
    tries the file, again in a process with the same limits.
    """
    async with _reading(file, columns, limits, "calamine") as frames:
        head = await _head(frames)
        if isinstance(head, Table):
            yield IsolatedTable(head, frames)
            return
    async with _reading(file, columns, limits, "openpyxl") as frames:
        head = await _head(frames)
        if not isinstance(head, Table):
            raise UnreadableTable(head)
        yield IsolatedTable(head, frames)


async def _head(frames: AsyncIterator[dict[str, Any]]) -> Table | Finding:
    """The head of the table, or why another reader should try; raises `UnreadableTable` where none can."""
    try:
        first = await anext(frames)
    except UnreadableTable as error:
        if error.finding in (NOT_A_WORKBOOK, TOO_EXPENSIVE):
            return error.finding
        raise
    return table_of_head(first["head"])


@asynccontextmanager
async def _reading(
    file: BinaryIO, columns: Sequence[Column], limits: ReadingLimits, reader: str
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    file.seek(0)
    file.flush()
    command = (sys.executable, "-I", "-m", "tabular", request_of(columns, limits, reader))
    process = await asyncio.create_subprocess_exec(*command, stdin=file.fileno(), stdout=PIPE, stderr=DEVNULL)
    try:
        yield _frames(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _frames(process: Process) -> AsyncIterator[dict[str, Any]]:
    assert process.stdout is not None
    while True:
        try:
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            frame: dict[str, Any] = json.loads(await process.stdout.readexactly(length))
        except asyncio.IncompleteReadError:
            raise UnreadableTable(await _cause(process)) from None
        if "error" in frame:
            raise UnreadableTable(Finding(**frame["error"]))
        yield frame
        if "end" in frame:
            return


async def _cause(process: Process) -> Finding:
    """Why the process ended: memory (an allocation that fails is an abort), time, or the file."""
    code = await process.wait()
    limits = (-signal.SIGABRT, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV)
    return TOO_EXPENSIVE if code in limits else NOT_A_WORKBOOK
