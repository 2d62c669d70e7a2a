import asyncio
import datetime as dt
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from libs.tabular.tests.lists import ANH, COLUMNS, CUONG, PEOPLE, TITLES, as_csv, names, read
from libs.tabular.tests.workbooks import as_xlsx, merged, with_cell
from tabular import AnyRow, ReadingLimits, Table, UnreadableTable, open_table


@contextmanager
def on_disk(content: io.BytesIO) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as file:
        file.write(content.getvalue())
        yield file


async def read_isolated(content: io.BytesIO, limits: ReadingLimits = ReadingLimits()) -> tuple[Table, list[AnyRow]]:  # noqa: B008
    with on_disk(content) as file:
        async with open_table(file, COLUMNS, limits) as table:
            return table.table, [row async for row in table.rows()]


@pytest.mark.parametrize(
    "content",
    [
        as_csv([TITLES, *PEOPLE]),
        as_csv([["Báo cáo"], TITLES, *PEOPLE]).getvalue().replace(b"Qu", b"\xa0Qu"),
        as_xlsx([TITLES, [38190000011, ANH[1], dt.date(1990, 3, 2), 4.5]], [TITLES, CUONG], [["Ghi chú"]]),
        as_xlsx([TITLES, [1, "Leâ Vaên Ñöùc", dt.datetime(1990, 3, 2, 4, 5), True]]),  # noqa: DTZ001  # a cell has no zone
    ],
)
async def test_another_process_gives_the_same_table_and_rows(content: io.BytesIO | bytes) -> None:
    content = io.BytesIO(content) if isinstance(content, bytes) else content
    table, rows = read(content)
    isolated, isolated_rows = await read_isolated(content)
    assert isolated_rows == rows
    assert (isolated.format, isolated.encoding, isolated.titles) == (table.format, table.encoding, table.titles)
    assert (isolated.sheets_read, isolated.sheets_skipped) == (table.sheets_read, table.sheets_skipped)
    assert (isolated.above, isolated.notices) == (table.above, table.notices)


async def test_notices_after_the_last_row_arrive_too() -> None:
    table, _ = await read_isolated(as_xlsx([TITLES, ANH, *[[]] * 1_200, CUONG]))
    assert [notice.finding.code for notice in table.notices] == ["rows-after-gap"]


async def test_errors_arrive_with_code_and_both_languages() -> None:
    with pytest.raises(UnreadableTable, match="column-missing") as caught:
        await read_isolated(as_csv([["Thôn"], ["Yên Bình"]]))
    assert caught.value.finding.vi
    assert caught.value.finding.en


async def test_a_value_in_the_last_corner_ends_the_first_reader_and_the_second_reads_the_list() -> None:
    far = with_cell(as_xlsx([TITLES, *PEOPLE]), '<c r="XFD1048576"><v>1</v></c>')
    _, rows = await read_isolated(far)
    assert names(rows) == [person[1] for person in PEOPLE]


async def test_a_workbook_that_no_reader_can_hold_is_an_error_and_not_the_end() -> None:
    far = with_cell(merged([TITLES, ANH, CUONG], (1, 3, 2, 3)), '<c r="XFD1048576"><v>1</v></c>')
    with pytest.raises(UnreadableTable, match="file-not-xlsx"):
        await read_isolated(far)


async def test_time_is_limited() -> None:
    slow = io.BytesIO(b"personal_id;full_name\n" + b'"\n' * 2_000_000)
    with pytest.raises(UnreadableTable, match="file-too-expensive"):
        await read_isolated(slow, ReadingLimits(cpu_seconds=1))


async def test_memory_is_limited() -> None:
    long = io.BytesIO(b"personal_id;full_name\n" + b"x" * (120 << 20))
    with pytest.raises(UnreadableTable, match="file-too-expensive"):
        await read_isolated(long, ReadingLimits(memory=200 << 20))


async def test_a_reader_that_is_left_early_ends_its_process() -> None:
    before = children()
    with on_disk(as_csv([TITLES, *[CUONG] * 50_000])) as file:
        async with open_table(file, COLUMNS) as table:
            first = await anext(table.rows())
            assert children() > before
    assert first.number == 2
    assert children() == before


def children() -> set[str]:
    """The process ids of this process's children, others of the test run among them."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


async def test_many_rows_do_not_need_the_memory_of_all() -> None:
    held = 0
    with on_disk(as_csv([TITLES, *[CUONG] * 50_000])) as file:
        async with open_table(file, COLUMNS) as table:
            async for group in table.groups():
                held = max(held, len(group))
                await asyncio.sleep(0)
    assert held <= 500
