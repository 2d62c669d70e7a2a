"""Growth, spike and soak of the whole platform, with a plot of each in docs/performance."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bench import machine
from bench.lifecycle import LOOKS, REQUESTS, STAGES, Lives, Seen, arriving, closed, settle
from bench.lists import as_list, hand_in, wait_until_taken_over
from bench.machine import Cores
from bench.platform_of import Platform, whole_platform
from bench.plots import line_plot
from bench.residents import UNIT, residents
from bench.rounds import Book, Row, median
from bench.rows.imports import peak_memory
from bench.stage import Stage, wait_for
from bench.table import print_table
from contracts.services import EVERY_PROCESS

ROOT = Path(__file__).resolve().parents[1]
PLOTS = ROOT / "docs/performance"
SHAPE = (1, 15, 1, 25, 2, 35, 10)
"""Lifecycles a second, in seven equal parts: the shape that a published peer was measured with."""
BESIDE = 8
ROUNDS = 5
ROUND_SECONDS = 8.0
LIST_ROWS = 100_000
VALLEYS = (2, 4, 6)
"""The parts of the shape that follow a peak."""
BACK_TO_NORMAL = 10.0
NORMAL = 2.0
"""Normal again is at most so many times the 95th percentile of the first, calm part."""
STEP = 5.0
LIVES_AT = 5_000_000
"""Serial numbers of the lifecycles' people; below are those of the lists."""


def measure_long(options: argparse.Namespace) -> int:
    """What `options.only` names, else all three, on one platform that grows."""
    wanted = options.only or ["growth", "spike", "soak"]
    book = Book(ROOT / ".cache/bench" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-long"))
    cores = Cores.of_this_machine()
    print(f"machine: {machine.describe()}; platform, PostgreSQL and generator share all cores")
    with Stage(ROOT / ".cache/bench/stage-long", cores) as stage:
        stage.migrate(*EVERY_PROCESS)
        with stage.on_every_core(), whole_platform(stage) as platform:
            trial = Trial(stage, book, platform)
            trial.warm_up()
            trial.grow(options.residents, measures="growth" in wanted)
            if "spike" in wanted:
                trial.spike(options.spike_seconds)
            if "soak" in wanted:
                trial.soak(options.soak_seconds)
    print_table(book.rows)
    print(f"raw runs: {book.folder}/runs.jsonl")
    return 0


class Trial:
    """The three trials of one platform."""

    def __init__(self, stage: Stage, book: Book, platform: Platform) -> None:
        self._stage, self._book, self._platform = stage, book, platform
        self._first = LIVES_AT
        self._listed = 0
        self._saturation = 0.0

    def warm_up(self) -> None:
        """Plans prepared, caches filled."""
        rate, seen = self._closed(ROUND_SECONDS)
        self._book.keep(what="warm-up", rate=rate, failures=dict(seen.failures))
        if seen.lost > 0.01:
            raise RuntimeError(f"lifecycles fail: {dict(seen.failures)}")

    def grow(self, sizes: Sequence[int], *, measures: bool) -> None:
        """To each size, and there the rate and the buffers of the mixed lifecycle."""
        rates: list[tuple[float, float]] = []
        buffers: list[tuple[float, float]] = []
        for size in sizes:
            self._grow_to(size)
            if not measures:
                continue
            each = [self._round() for _ in range(ROUNDS)]
            rates.append((size, median([rate for rate, _ in each])))
            buffers.append((size, median([touched for _, touched in each])))
            self._book.keep(what="growth", residents=size, rounds=each)
            print(
                f"  {size:>9,} residents: {rates[-1][1]:.1f} lifecycles/s, {buffers[-1][1]:.0f} buffers each",
                flush=True,
            )
        self._saturation = rates[-1][1] if rates else median([self._round()[0] for _ in range(3)])
        if len(rates) > 1:
            self._report_growth(rates, buffers)

    def _report_growth(self, rates: list[tuple[float, float]], buffers: list[tuple[float, float]]) -> None:
        largest = f"at {rates[-1][0]:,.0f} residents"
        kept, more = rates[-1][1] / rates[0][1], buffers[-1][1] / buffers[0][1]
        note = f"{rates[0][1]:.1f} → {rates[-1][1]:.1f} lifecycles per s"
        self._book.add(Row(f"growth: throughput {largest}", "itself at 0", "≥ 0.75", f"{kept:.2f}", kept >= 0.75, note))
        note = f"{buffers[0][1]:.0f} → {buffers[-1][1]:.0f} a lifecycle"
        self._book.add(Row(f"growth: buffers {largest}", "itself at 0", "≤ 1.3x", f"{more:.2f}x", more <= 1.3, note))
        shares = [(size, rate / rates[0][1]) for size, rate in rates]
        touched = [(size, count / buffers[0][1]) for size, count in buffers]
        line_plot(PLOTS / "growth.svg", "Mixed lifecycle as the registry grows", "residents", "ratio to the empty registry",
                  [("throughput", shares), ("buffers touched", touched)])  # fmt: skip

    def _grow_to(self, size: int) -> None:
        while self._listed < size:
            rows = min(LIST_ROWS, size - self._listed)
            content = as_list(residents(rows, self._listed))
            began = time.perf_counter()
            url = self._platform.registry_url
            wait_until_taken_over(self._stage, url, hand_in(self._stage, url, content), rows, 3600)
            memory = peak_memory(self._platform.services["registry"].popen.pid)
            rate = rows / (time.perf_counter() - began)
            self._book.keep(what="import", rows=rows, rate=rate, memory=memory)
            self._listed += rows
            print(f"  {self._listed:>9,} taken over, {rate:,.0f} rows per s, {memory:.0f} MB", flush=True)
        wait_for(self._is_counted, 3600, "the reports count every resident")
        self._stage.vacuum(EVERY_PROCESS)

    def _is_counted(self) -> bool:
        return self._platform.numerator("residents") >= self._listed and self._is_at_rest()

    def _is_at_rest(self) -> bool:
        return not any(self._stage.query(name, "SELECT 1 FROM outbox LIMIT 1") for name in EVERY_PROCESS)

    def _round(self) -> tuple[float, float]:
        """Lifecycles per second, and buffers per lifecycle with all that follows from it."""
        before, began = self._touched(), time.perf_counter()
        rate, seen = self._closed(ROUND_SECONDS)
        wait_for(self._is_at_rest, 60, "the events of the round are on the bus")
        time.sleep(1.5)  # consumers end, and backends report what they touched within a second
        touched, spent = self._touched() - before, time.perf_counter() - began
        return rate, (touched - self._idle_touches() * spent) / max(len(seen.times), 1)

    def _touched(self) -> int:
        rows = self._stage.query(
            "registry", "SELECT sum(blks_hit + blks_read)::bigint AS touched FROM pg_stat_database"
        )
        return int(rows[0]["touched"])

    def _idle_touches(self) -> float:
        """Buffers a second that polling touches when nothing happens."""
        before = self._touched()
        time.sleep(2.0)
        return (self._touched() - before) / 2.0

    def spike(self, seconds: int) -> None:
        """The peer's shape of four calls a lifecycle, then one and a half times the saturation of this run."""
        part = seconds / len(SHAPE)
        limit = self._saturation
        seen, began = asyncio.run(self._spike(part))
        times = [(start - began, took) for start, took in seen.times]
        self._book.keep(
            what="spike", times=times, failures=dict(seen.failures), shed=seen.shed, waits=seen.waits, begun=seen.begun
        )
        late = _percentile([took for _, took in times])
        self._book.add(Row("spike: lifecycles of four calls at 1, 15, 1, 25, 2, 35, 10 per s", f"{limit:.0f} per s saturate",
                           "< 1 % lost", f"{seen.lost:.1%}", seen.lost < 0.01,
                           f"{seen.begun} begun, {seen.shed} refused with Retry-After to the last,"
                           f" {seen.waits} answers with Retry-After, p95 {late:.1f} s"))  # fmt: skip
        calm, back = _recoveries(times, part)
        note_text = ", ".join("never" if seconds is None else f"{seconds:.0f}" for seconds in back) + " s"
        is_back = all(seconds is not None and seconds <= BACK_TO_NORMAL for seconds in back)
        self._book.add(
            Row(
                "spike: p95 back to normal after each peak",
                f"calm p95 {calm:.2f} s, twice",
                "≤ 10 s",
                note_text,
                is_back,
            )
        )
        line_plot(PLOTS / "spike.svg", "Spike: time of a lifecycle as load comes and goes", "seconds", "seconds",
                  [("p95 within 5 s", _percentiles(times, STEP)), ("arrivals per s / 10", _arrivals(part))])  # fmt: skip
        self._overload(limit)

    async def _spike(self, part: float) -> tuple[Seen, float]:
        async with self._client() as client:
            lives = self._lives(client, STAGES[:4])
            began = time.perf_counter()
            for rate in SHAPE:
                await arriving(lives, rate, part)
            await settle(lives)
        self._first += lives.seen.begun
        return lives.seen, began

    def _overload(self, limit: float) -> None:
        async def play() -> tuple[Seen, float]:
            async with self._client() as client:
                lives = self._lives(client, STAGES[:4])
                began = time.perf_counter()
                await arriving(lives, 1.5 * limit, 30.0)
                await settle(lives)
                self._first += lives.seen.begun
                return lives.seen, time.perf_counter() - began

        seen, spent = asyncio.run(play())
        goodput = len(seen.times) / spent / limit
        self._book.keep(what="overload", goodput=goodput, failures=dict(seen.failures), shed=seen.shed,
                        waits=seen.waits, begun=seen.begun)  # fmt: skip
        self._book.add(Row("spike: 1.5x saturation for 30 s, goodput", "saturation of this run", "≥ 0.8", f"{goodput:.2f}",
                           goodput >= 0.8, f"{seen.lost:.1%} lost of {seen.begun}, {seen.shed} refused to the last, "
                           f"{seen.waits} answers with Retry-After"))  # fmt: skip

    def soak(self, seconds: int, rate: float = 50.0) -> None:
        """Lifecycles with their looks at an even rate of requests; memory of every process, tables, and errors."""
        looks, seen = asyncio.run(self._soak(seconds, rate))
        errors = sum(seen.failures.values()) + seen.shed
        self._book.keep(what="soak", looks=looks, failures=dict(seen.failures), shed=seen.shed, waits=seen.waits)
        memory = [(look.at, look.memory) for look in looks]
        queues = [(look.at, look.queues) for look in looks]
        what = f"soak: {rate:.0f} requests per s for {seconds / 60:.0f} min"
        growth = _late(memory) / _early(memory)
        self._book.add(Row(f"{what}, memory", "its own second quarter", "flat (≤ 1.05)", f"{growth:.3f}", growth <= 1.05,
                           f"{memory[-1][1]:.0f} MB at the end"))  # fmt: skip
        waiting = _late(queues) / max(_early(queues), 1.0)
        self._book.add(Row(f"{what}, tables of what waits (outbox)", "its own second quarter", "flat (≤ 1.05)",
                           f"{waiting:.3f}", waiting <= 1.05, f"{queues[-1][1]:.1f} MB at the end"))  # fmt: skip
        each = _growth_of_a_life(looks)
        self._book.add(Row(f"{what}, all tables and indexes, a lifecycle", "its own second quarter", "flat (≤ 1.1)",
                           f"{each[1] / each[0]:.2f}", each[1] <= 1.1 * each[0],
                           f"{each[0]:.1f} → {each[1]:.1f} KiB a lifecycle, {looks[-1].tables:.0f} MB at the end"))  # fmt: skip
        self._book.add(Row(f"{what}, errors", "-", "0", str(errors), errors == 0,
                           f"{seen.begun} lifecycles of {REQUESTS} requests, {seen.waits} answers with Retry-After"))  # fmt: skip
        line_plot(PLOTS / "soak.svg", "Soak: memory of all processes, tables of all databases", "seconds", "MB",
                  [("memory", memory), ("tables", [(look.at, look.tables) for look in looks]),
                   ("outbox", queues)])  # fmt: skip

    async def _soak(self, seconds: int, rate: float) -> "tuple[list[Look], Seen]":
        looks: list[Look] = []
        began = time.perf_counter()
        async with self._client() as client:
            lives = self._lives(client, LOOKS)
            while (passed := time.perf_counter() - began) < seconds:
                lives.officer = self._officer()  # a development token lasts an hour
                await arriving(lives, rate / REQUESTS, min(10.0, seconds - passed + 1))
                looks.append(await asyncio.to_thread(self._look, time.perf_counter() - began, lives.seen.begun))
                lives.seen.times.clear()
            await settle(lives)
        self._first += lives.seen.begun
        return looks, lives.seen

    def _look(self, at: float, begun: int) -> "Look":
        sizes = [self._stage.query(name, SIZES)[0] for name in EVERY_PROCESS]
        tables, queues = (sum(float(row[name]) for row in sizes) / 2**20 for name in ("tables", "queues"))
        return Look(at, begun, machine.memory_of(self._platform.pids) / 2**20, tables, queues)

    def _closed(self, seconds: float) -> tuple[float, Seen]:
        async def play() -> tuple[float, Seen]:
            async with self._client() as client:
                lives = self._lives(client, STAGES)
                rate = await closed(lives, BESIDE, seconds)
                self._first += lives.seen.begun
                return rate, lives.seen

        return asyncio.run(play())

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self._platform.url, connector=aiohttp.TCPConnector(limit=256))

    def _lives(self, client: aiohttp.ClientSession, stages: tuple[str, ...]) -> Lives:
        return Lives(self._platform, client, self._officer(), self._first, stages)

    def _officer(self) -> dict[str, str]:
        token = self._platform.sign_in(role="officer", unit_code=UNIT, body="police")
        return {"Authorization": f"Bearer {token}", "X-Purpose": "dossier"}


@dataclass(frozen=True)
class Look:
    """The platform at one moment of the soak, in MiB: processes, tables with their indexes, those of what waits."""

    at: float
    begun: int
    memory: float
    tables: float
    queues: float


SIZES = """
SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS tables,
       coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relname = 'outbox'), 0) AS queues
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def _early(points: list[tuple[float, float]]) -> float:
    """The median of the second quarter: what is warm by then."""
    quarter = max(1, len(points) // 4)
    return median([value for _, value in points[quarter : 2 * quarter]])


def _late(points: list[tuple[float, float]]) -> float:
    return median([value for _, value in points[-max(1, len(points) // 4) :]])


def _growth_of_a_life(looks: list[Look]) -> tuple[float, float]:
    """KiB of all tables and indexes for each lifecycle, in the second and in the last quarter."""
    quarter = max(1, len(looks) // 4)
    parts = (looks[quarter - 1 : 2 * quarter], looks[-quarter - 1 :])
    first, last = ((part[-1].tables - part[0].tables) * 1024 / max(part[-1].begun - part[0].begun, 1) for part in parts)
    return max(first, 0.001), last


def _recoveries(times: list[tuple[float, float]], part: float) -> tuple[float, list[float | None]]:
    """The calm 95th percentile, and how long after each peak's end lifecycles took longer than what is normal."""
    calm = _percentile([took for at, took in times if at < part])
    back: list[float | None] = []
    for valley in VALLEYS:
        within = [(at - valley * part, took) for at, took in times if valley * part <= at < (valley + 1) * part]
        late = [at for at, took in _percentiles(within, STEP) if took > NORMAL * calm]
        lasts = max(late, default=-STEP / 2) + STEP / 2
        back.append(lasts if lasts < part else None)
    return calm, back


def _percentile(values: list[float]) -> float:
    """The 95th; 0 of nothing."""
    return sorted(values)[len(values) * 95 // 100] if values else 0.0


def _percentiles(times: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    """The 95th percentile of what began within each step."""
    parts: dict[int, list[float]] = {}
    for at, took in times:
        parts.setdefault(int(at / step), []).append(took)
    return [((number + 0.5) * step, _percentile(part)) for number, part in sorted(parts.items())]


def _arrivals(part: float) -> list[tuple[float, float]]:
    return [(number * part + end, rate / 10) for number, rate in enumerate(SHAPE) for end in (0.0, part)]
