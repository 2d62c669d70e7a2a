"""Growth, spike and soak of the whole platform, with a plot of each in docs/performance."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from bench import machine
from bench.lifecycle import STAGES, Lives, Seen, arriving, closed, settle
from bench.lists import as_list, hand_in, wait_until_taken_over
from bench.machine import Cores
from bench.platform_of import Platform, whole_platform
from bench.plots import line_plot
from bench.residents import UNIT, residents
from bench.rounds import Book, Row, median
from bench.rows.imports import peak_memory
from bench.stage import Stage, wait_for
from bench.table import print_table
from deploy.local.services import EVERYTHING

ROOT = Path(__file__).resolve().parents[1]
PLOTS = ROOT / "docs/performance"
SHAPE = (1, 15, 1, 25, 2, 35, 10)
"""Lifecycles a second, in seven equal parts: the shape that a published peer was measured with."""
BESIDE = 8
ROUNDS = 5
ROUND_SECONDS = 8.0
LIST_ROWS = 100_000
BACK_TO_NORMAL = 10.0
LIVES_AT = 5_000_000
"""Serial numbers of the lifecycles' people; below are those of the lists."""


def measure_long(options: argparse.Namespace) -> int:
    """What `options.only` names, else all three, on one platform that grows."""
    wanted = options.only or ["growth", "spike", "soak"]
    book = Book(ROOT / ".cache/bench" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-long"))
    cores = Cores.of_this_machine()
    print(f"machine: {machine.describe()}; the platform on {len(cores.platform)} core(s), the generator on its own")
    with Stage(ROOT / ".cache/bench/stage-long", cores) as stage:
        stage.migrate(*EVERYTHING)
        with whole_platform(stage) as platform:
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
            self._tell_growth(rates, buffers)

    def _tell_growth(self, rates: list[tuple[float, float]], buffers: list[tuple[float, float]]) -> None:
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
        wait_for(self._is_counted, 3600, "the reports count everybody")
        self._stage.vacuum(EVERYTHING)

    def _is_counted(self) -> bool:
        return self._platform.numerator("residents") >= self._listed and self._is_at_rest()

    def _is_at_rest(self) -> bool:
        return not any(self._stage.query(name, "SELECT 1 FROM outbox LIMIT 1") for name in EVERYTHING)

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
        self._book.keep(what="spike", times=times, failures=dict(seen.failures), shed=seen.shed, begun=seen.begun)
        late = sorted(took for _, took in times)[len(times) * 95 // 100]
        self._book.add(Row("spike: lifecycles of four calls at 1, 15, 1, 25, 2, 35, 10 per s", f"{limit:.0f} per s saturate",
                           "< 1 % lost", f"{seen.lost:.1%}", seen.lost < 0.01,
                           f"{seen.begun} begun, {seen.shed} told to come later, p95 {late:.1f} s"))  # fmt: skip
        line_plot(PLOTS / "spike.svg", "Spike: time of a lifecycle as load comes and goes", "seconds", "seconds",
                  [("p95 within 5 s", _percentiles(times, 5.0)), ("arrivals per s / 10", _arrivals(part))])  # fmt: skip
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
        self._book.keep(
            what="overload", goodput=goodput, failures=dict(seen.failures), shed=seen.shed, begun=seen.begun
        )
        self._book.add(Row("spike: 1.5x saturation for 30 s, goodput", "saturation of this run", "≥ 0.8", f"{goodput:.2f}",
                           goodput >= 0.8, f"{seen.lost:.1%} lost of {seen.begun}"))  # fmt: skip

    def soak(self, seconds: int, rate: float = 50.0) -> None:
        """Webhooks and reads at an even rate; memory of every process, and errors."""
        memory, errors = asyncio.run(self._soak(seconds, rate))
        self._book.keep(what="soak", memory=memory, errors=errors)
        quarter = len(memory) // 4
        growth = median([mb for _, mb in memory[-quarter:]]) / median([mb for _, mb in memory[quarter : 2 * quarter]])
        self._book.add(Row(f"soak: {rate:.0f} requests per s for {seconds / 60:.0f} min, memory", "its own second quarter",
                           "flat (≤ 1.05)", f"{growth:.3f}", growth <= 1.05, f"{memory[-1][1]:.0f} MB at the end"))  # fmt: skip
        self._book.add(Row("soak: errors", "-", "0", str(errors), errors == 0))
        line_plot(PLOTS / "soak.svg", "Soak: memory of all processes", "seconds", "MB", [("memory", memory)])

    async def _soak(self, seconds: int, rate: float) -> tuple[list[tuple[float, float]], int]:
        memory: list[tuple[float, float]] = []
        pids = self._platform.pids
        began = time.perf_counter()
        async with self._client() as client:
            lives = self._lives(client, STAGES)
            while (passed := time.perf_counter() - began) < seconds:
                lives.officer = self._officer()  # a development token lasts an hour
                # A lifecycle is five requests.
                await arriving(lives, rate / len(STAGES), min(10.0, seconds - passed + 1))
                memory.append((time.perf_counter() - began, machine.memory_of(pids) / 2**20))
                lives.seen.times.clear()
            await settle(lives)
        self._first += lives.seen.begun
        return memory, sum(lives.seen.failures.values()) + lives.seen.shed

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


def _percentiles(times: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    """The 95th percentile of what began within each step."""
    parts: dict[int, list[float]] = {}
    for at, took in times:
        parts.setdefault(int(at / step), []).append(took)
    return [((number + 0.5) * step, sorted(part)[len(part) * 95 // 100]) for number, part in sorted(parts.items())]


def _arrivals(part: float) -> list[tuple[float, float]]:
    return [(number * part + end, rate / 10) for number, rate in enumerate(SHAPE) for end in (0.0, part)]
