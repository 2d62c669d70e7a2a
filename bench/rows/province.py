"""The page of the province over ever more residents: what it reads and how long it takes, which is to stay the same."""

import asyncio
import json
import time
import urllib.request
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event

from bench.rounds import LOWER, Book, Row
from bench.stage import Stage
from chassis.clock import today
from chassis.security.identity import Caller
from chassis.storage.database import Database, asyncpg_url
from province import get_pack
from reporting.indicators import catalogue
from reporting.projections.totals import make_totals
from reporting.queries.reports import get_report

SIZES = (10_000, 100_000, 1_000_000, 3_700_000)
COMMUNES, VILLAGES = 166, 830
DAYS_OF_A_VILLAGE = 6
"""On how many of the last ninety days a counter of a village changes at most; each village has other days."""
LOOKS = 9
WHAT = "province page, 10 thousand to 3.7 million residents"
WHAT_PUBLIC = "public pages: after a change, and again"
PUBLIC_SIZE = 100_000
PUBLIC = (
    "/dashboard",
    "/dashboard/units/20001",
    "/dashboard/units/20001-01",
    "/v1/reports/progress",
    "/v1/reports/trend?unit_code=20001&indicator=payment_account",
    "/v1/reports/trend?unit_code=20001-01&indicator=vneid_level_2@adults",
    "/v1/reports/ranking?level=village&indicator=payment_account",
)
OFFICER = Caller(role="officer", subject="bench-province", unit_code="38")


@dataclass
class Cost:
    """What a look costs: 8 KiB pages that the statements touch, and the least milliseconds until the whole page is here."""

    residents: int
    buffers: int
    milliseconds: float


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """The page as an officer of the province sees it; buffers by EXPLAIN of the very statements that it asks."""
    asyncio.run(_make_units(stage))
    costs = []
    with stage.serving(
        "reporting.app:app", name="reporting", service="reporting", variables={"RUN_WORKER": "0"}
    ) as reporting:
        before = 0
        for size in SIZES:
            asyncio.run(_grow(stage, before, size))
            stage.vacuum(["reporting"])
            before = size
            cost = Cost(size, asyncio.run(_buffers(stage)), _milliseconds(stage, f"{reporting.url}/dashboard"))
            book.keep(what=WHAT, residents=size, result=cost)
            costs.append(cost)
            if size == PUBLIC_SIZE:
                _measure_public(stage, book, reporting.url)
    first, last = costs[0], costs[-1]
    pages, times = last.buffers / first.buffers, last.milliseconds / first.milliseconds
    note_text = ", ".join(f"{cost.residents:,}: {cost.buffers:,} and {cost.milliseconds:.0f} ms" for cost in costs)
    book.add(Row(WHAT, "the same page over 10 thousand residents", "≤ 1.3x buffers and ms",
                 f"{pages:.2f}x buffers, {times:.2f}x ms", pages <= 1.3 and times <= 1.3, f"buffers {note_text}",
                 pages, LOWER))  # fmt: skip


def _measure_public(stage: Stage, book: Book, url: str) -> None:
    """Public answers of a living province: the first after something was counted, and the next ones."""
    first, next_ones = {}, {}
    for path in PUBLIC:
        asyncio.run(_count_something(stage))
        time.sleep(1.1)  # an answer is computed once a second at most
        first[path] = _least(f"{url}{path}", 1)
        next_ones[path] = _least(f"{url}{path}", LOOKS)
    book.keep(what=WHAT_PUBLIC, first=first, next=next_ones)
    slowest, slowest_next = max(first, key=first.__getitem__), max(next_ones, key=next_ones.__getitem__)
    book.add(Row(WHAT_PUBLIC, f"{len(PUBLIC)} pages and answers over {PUBLIC_SIZE:,} residents", "≤ 1,000 ms and ≤ 50 ms",
                 f"{first[slowest]:.0f} ms and {next_ones[slowest_next]:.0f} ms",
                 first[slowest] <= 1000 and next_ones[slowest_next] <= 50, f"slowest: {slowest} and {slowest_next}"))  # fmt: skip


async def _count_something(stage: Stage) -> None:
    connection = await asyncpg.connect(asyncpg_url(stage.database("reporting")))
    await connection.execute(
        "INSERT INTO unit_change VALUES (1, $1, now())"
        " ON CONFLICT (version, unit_id) DO UPDATE SET changed_at = excluded.changed_at",
        UUID(int=1),
    )
    await connection.close()


def _least(url: str, looks: int) -> float:
    times = []
    for _ in range(looks):
        started = time.perf_counter()
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
        times.append((time.perf_counter() - started) * 1000)
    return min(times)


async def _make_units(stage: Stage) -> None:
    """A province, its communes and their villages, as the registry publishes them."""
    units: list[tuple[UUID, str, str, str]] = [(UUID(int=1), "38", get_pack().name, "province")]
    places: list[tuple[str, UUID]] = [("38", UUID(int=1))]
    for commune in range(COMMUNES):
        id, code = UUID(int=1000 + commune), str(20_000 + commune)
        units.append((id, code, f"Xã {commune}", "commune"))
        places.append((f"38/{code}", id))
        for village in range(VILLAGES // COMMUNES):
            below = UUID(int=100_000 + commune * 100 + village)
            units.append((below, f"{code}-{village:02}", f"Thôn {village}", "village"))
            places.append((f"38/{code}/{code}-{village:02}", below))
    connection = await asyncpg.connect(asyncpg_url(stage.database("reporting")))
    rows = [(*unit, unit[3]) for unit in units]
    await connection.copy_records_to_table("known_unit", records=rows, columns=["id", "code", "name", "level", "kind"])
    await connection.copy_records_to_table("known_lineage", records=places, columns=["path", "unit_id"])
    await connection.execute("UPDATE tree_version SET version = version + 1")
    await connection.execute("ALTER TABLE subject SET UNLOGGED")  # only so that millions of them are made in seconds
    await connection.close()


async def _grow(stage: Stage, before: int, residents: int) -> None:
    """The states and counts that so many residents come to, and the sums over them as the service itself makes them."""
    database = Database(stage.database("reporting"))
    connection = await asyncpg.connect(asyncpg_url(database.url))
    await connection.execute(
        "INSERT INTO subject (version, kind, id, state)"
        " SELECT 1, 'person', lpad(to_hex(n), 32, '0'), '{}' FROM generate_series($1::int, $2::int - 1) AS n",
        before,
        residents,
    )
    each = max(residents // VILLAGES, 1)
    await connection.execute("TRUNCATE count_on_day, count_at_base")
    await connection.execute(
        _COUNTS, _counters(), min(DAYS_OF_A_VILLAGE, each // 2), each, today() - timedelta(days=90)
    )
    await connection.execute("INSERT INTO count_at_base SELECT version, unit_id, counter, sum(change)"
                             " FROM count_on_day GROUP BY 1, 2, 3")  # fmt: skip
    await connection.close()
    async with database.transaction() as session:
        await make_totals(session, 1)
    await database.close()


def _counters() -> list[str]:
    parts = [part for each in catalogue().indicators.values() for part in (each.numerator, each.denominator) if part]
    return sorted({part.name for part in parts})


async def _buffers(stage: Stage) -> int:
    """What all statements of the page touch, planning left out; the first time warms what is kept in the process."""
    database = Database(stage.database("reporting"))
    asked: list[tuple[str, Any]] = []
    await _look(database, today())

    def keep(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", keep)
    await _look(database, today())
    await database.close()
    connection = await asyncpg.connect(asyncpg_url(database.url))
    touched = 0
    for statement, parameters in asked:
        found = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *parameters)
        plan = json.loads(found)[0]["Plan"]
        touched += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    await connection.close()
    return touched


async def _look(database: Database, day: date) -> None:
    async with database.reading() as session:
        await get_report(session, "38", day)


def _milliseconds(stage: Stage, url: str) -> float:
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {stage.token(OFFICER)}"})
    times = []
    for number in range(LOOKS + 2):
        started = time.perf_counter()
        with urllib.request.urlopen(asked, timeout=30) as answer:
            page = answer.read()
        if b"Thanh H" not in page:
            raise RuntimeError("this is not the page of the province")
        if number >= 2:
            times.append((time.perf_counter() - started) * 1000)
    return min(times)


_COUNTS = """
INSERT INTO count_on_day (version, unit_id, counter, day, change)
SELECT 1, village.id, counter, $4::date + ((village.number + step * 7) % 91)::int, greatest($3::int / $2::int, 1)
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM known_unit WHERE level = 'village') AS village,
     unnest($1::text[]) AS counter, generate_series(1, $2::int) AS step
ON CONFLICT DO NOTHING
"""
