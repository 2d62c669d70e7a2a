"""From a partner's webhook until the report counts it: the whole platform, 200 webhooks a second."""

import asyncio
import bisect
import time
from dataclasses import dataclass

import aiohttp

from bench.lists import as_list, hand_in, wait_until_taken_over
from bench.machine import describe
from bench.platform_of import Platform, whole_platform
from bench.residents import UNIT, residents
from bench.rounds import Book, Row
from bench.rows.webhook import account_opened, signed
from bench.stage import Stage, wait_for

RATE = 200
SECONDS = 15
WHAT = f"webhook to dashboard, {RATE} per second"
FIRST = 500_000
REPORT = Platform.report_path(UNIT)
LOOK_SECONDS = 0.05
"""Between two looks at the report: often enough to resolve a second, rare enough not to be the load."""


@dataclass
class Answered:
    """When each webhook was accepted, and the number that the report showed at each look."""

    accepted: list[float]
    looks: list[tuple[float, int]]

    def latencies(self) -> list[float]:
        """Seconds until the n-th accepted webhook was the n-th in the report."""
        numbers = [number for _, number in self.looks]
        return sorted(
            self.looks[bisect.bisect_left(numbers, rank)][0] - accepted
            for rank, accepted in enumerate(sorted(self.accepted), start=1)
        )


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """One burst of fifteen seconds; every webhook is about another resident of a commune whose report is looked at."""
    with stage.on_every_core(), whole_platform(stage) as platform:
        count = RATE * SECONDS
        people = list(residents(count, FIRST))
        token = platform.sign_in(role="officer", unit_code="38")
        import_id = hand_in(stage, platform.url, as_list(people, [UNIT]), token=token)
        wait_until_taken_over(stage, platform.registry_url, import_id, count, 300)
        wait_for(lambda: platform.numerator("residents") >= count, 120, "the reports count the residents")
        time.sleep(2.0)  # what the import left on the bus is taken in
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        requests = [signed(account_opened(one.personal_id, at), f"live-{number}") for number, one in enumerate(people)]
        seen = asyncio.run(_play(platform, requests))
    times = [late * 1000 for late in seen.latencies()]
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    book.keep(what=WHAT, latencies=times)
    book.add(Row(WHAT, "-", "p99 < 1 s", f"p99 {p99:.0f} ms", p99 < 1000,
                 f"p50 {p50:.0f} ms, {len(times)} webhooks; {describe()}"))  # fmt: skip


async def _play(platform: Platform, requests: list[bytes]) -> Answered:
    before = platform.numerator("payment_account", UNIT)
    seen = Answered([], [])
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(platform.url, connector=connector) as client:
        looking = asyncio.get_running_loop().create_task(_look(client, platform, before, len(requests), seen))
        started = time.perf_counter()
        tasks = []
        for number, one in enumerate(requests):
            await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
            tasks.append(asyncio.get_running_loop().create_task(_knock(client, one, seen)))
        await asyncio.gather(*tasks)
        await asyncio.wait_for(looking, 60)
    return seen


async def _knock(client: aiohttp.ClientSession, raw: bytes, seen: Answered) -> None:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith(("Host", "Content-Length")))
    async with client.post(first.split(" ")[1], data=body, headers=headers) as answer:
        if answer.status != 202:
            raise RuntimeError(f"a webhook was answered {answer.status}: {await answer.text()}")
    seen.accepted.append(time.perf_counter())


async def _look(client: aiohttp.ClientSession, platform: Platform, before: int, count: int, seen: Answered) -> None:
    number = 0
    while number < count:
        async with client.get(REPORT, headers=platform.officer) as answer:
            document = await answer.json()
        number = platform.numerator_in(document, "payment_account") - before
        seen.looks.append((time.perf_counter(), number))
        await asyncio.sleep(LOOK_SECONDS)
