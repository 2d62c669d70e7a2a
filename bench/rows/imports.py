"""A list of residents: validated, encrypted, indexed, published, against COPY and the same upsert of the finished rows."""

import asyncio
import os
import time
from pathlib import Path

import asyncpg

from bench.lists import as_list, hand_in, wait_until_taken_over
from bench.residents import load_units, residents
from bench.rounds import LOWER, Book, Row, interleaved, median, spread
from bench.stage import Process, Stage, wait_for
from chassis.storage.database import asyncpg_url

ROWS = 50_000
"""Rows of one list; `--long` takes over as many as the province's table has to grow."""
LONG_LIST = int(os.environ.get("IMPORT_ROWS", "0"))
"""Rows of one list after the rounds, such as a million: does memory stay flat, and speed constant?"""
MARKS = (100_000, 500_000, 1_000_000)
ROUNDS = 3
MEMORY_LIMIT = 400
TABLES = {"resident": "id", "identifier": '"index"', "resident_word": "unit_id, word, resident_id"}


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Rows per second of both, and the memory of the process that imports."""
    load_units(stage)
    what = f"import of residents ({ROWS:,} rows a list): validated, encrypted, indexed, events"
    with stage.serving("registry.app:app", name="registry", service="registry") as registry:
        lists = Lists(stage, registry)
        asyncio.run(_make_tables(stage.database("registry")))
        results = interleaved(
            book,
            what,
            {"platform": lists.take_over, "baseline": lambda: asyncio.run(_copy(stage))},
            min(rounds, ROUNDS),
        )
        if LONG_LIST:
            _take_over_long_list(stage, book, lists, registry)
        peak = peak_memory(registry.popen.pid)
        space = _space_of_one(stage)
    ours, theirs = results["platform"], results["baseline"]
    times = median(theirs) / median(ours)
    book.add(Row(what, "COPY and the same upsert of the finished rows into the indexed tables", "within 4x",
                 f"{times:.1f}x ({spread(theirs, ours)})", times <= 4,
                 f"{median(ours):,.0f} / {median(theirs):,.0f} rows per s", times, LOWER))  # fmt: skip
    book.add(Row("import: memory of the process", "-", f"< {MEMORY_LIMIT} MB", f"{peak:.0f} MB", peak < MEMORY_LIMIT,
                 f"{space / 1024:.1f} KiB of tables and indexes a resident"))  # fmt: skip


class Lists:
    """Hands in one list after the other, every time of other people."""

    def __init__(self, stage: Stage, registry: Process) -> None:
        self._stage, self._registry = stage, registry
        self._first = 0

    def take_over(self) -> float:
        """Rows per second, from handing in until the last row and its events are committed."""
        content = self._next(ROWS)
        started = time.perf_counter()
        import_id = hand_in(self._stage, self._registry.url, content)
        wait_until_taken_over(self._stage, self._registry.url, import_id, ROWS, 600)
        spent = time.perf_counter() - started
        wait_until_relayed(self._stage, "registry", 120)  # so that the baseline has the machine to itself
        return ROWS / spent

    def begin(self, rows: int) -> str:
        """Hand in a list and leave it to the background; the import's id."""
        return hand_in(self._stage, self._registry.url, self._next(rows))

    def _next(self, rows: int) -> bytes:
        content = as_list(residents(rows, self._first))
        self._first += rows
        return content


def _take_over_long_list(stage: Stage, book: Book, lists: "Lists", registry: Process) -> None:
    """One long list; at each mark the speed since the mark before, and the most memory so far."""
    import_id = lists.begin(LONG_LIST)
    done, at = 0, time.perf_counter()
    for mark in (*(mark for mark in MARKS if mark < LONG_LIST), LONG_LIST):
        wait_for(lambda mark=mark: _rows_of(stage, import_id) >= mark, 900, f"{mark:,} rows of a long list")
        speed, memory = (mark - done) / (time.perf_counter() - at), peak_memory(registry.popen.pid)
        book.add(Row(f"import of one list, row {mark:,} of {LONG_LIST:,}", "-", f"< {MEMORY_LIMIT} MB", f"{memory:.0f} MB",
                     memory < MEMORY_LIMIT, f"{speed:,.0f} rows per s since the row before"))  # fmt: skip
        print(f"  row {mark:,}: {speed:,.0f} rows/s, {memory:.0f} MB at most", flush=True)
        done, at = mark, time.perf_counter()


def _rows_of(stage: Stage, import_id: str) -> int:
    [row] = stage.query("registry", "SELECT total_rows FROM resident_import WHERE id = $1::text::uuid", import_id)
    return int(row["total_rows"])


def _space_of_one(stage: Stage) -> float:
    """Bytes that one resident takes in the registry, indexes included."""
    sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES)
    [row] = stage.query("registry", f"SELECT ({sizes})::float / greatest((SELECT count(*) FROM resident), 1) AS bytes")
    return float(row["bytes"])


def wait_until_relayed(stage: Stage, service: str, seconds: float) -> None:
    """Until the service's outbox is empty."""
    wait_for(lambda: not stage.query(service, "SELECT 1 FROM outbox LIMIT 1"), seconds, f"the outbox of {service}")


def peak_memory(pid: int) -> float:
    """The most memory that a process ever had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


async def _make_tables(url: str) -> None:
    connection = await asyncpg.connect(asyncpg_url(url))
    for table in TABLES:
        await connection.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
    await connection.close()


async def _copy(stage: Stage) -> float:
    """Rows per second: the newest finished rows by COPY into a temporary table, then upserted into the indexed ones."""
    connection = await asyncpg.connect(asyncpg_url(stage.database("registry")))
    try:
        spent = 0.0
        for table, key in TABLES.items():
            await connection.execute(f"TRUNCATE bench_{table}")
            rows = [
                tuple(row) for row in await connection.fetch(f"SELECT * FROM {table} LIMIT $1", ROWS * _words(table))
            ]
            spent += await _upsert(connection, table, key, rows)
        return ROWS / spent
    finally:
        await connection.close()


def _words(table: str) -> int:
    """A name has three words, a person a number and a phone."""
    return {"resident": 1, "identifier": 2, "resident_word": 3}[table]


async def _upsert(connection: asyncpg.Connection, table: str, key: str, rows: list[tuple[object, ...]]) -> float:
    columns = await connection.fetch(
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0", table
    )
    first = columns[-1][0]
    started = time.perf_counter()
    async with connection.transaction():
        await connection.execute(f"CREATE TEMP TABLE incoming_{table} (LIKE {table}) ON COMMIT DROP")
        await connection.copy_records_to_table(f"incoming_{table}", records=rows)
        await connection.execute(
            f"INSERT INTO bench_{table} SELECT * FROM incoming_{table}"
            f" ON CONFLICT ({key}) DO UPDATE SET {first} = excluded.{first}"
        )
    return time.perf_counter() - started
