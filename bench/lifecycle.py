"""One resident's way through the platform: registered, onboarded, an account reported, a dossier begun, the report read.

In a soak the record, the journey, the dossier and the reports are looked at as well: people look more often than they write.
"""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp

from bench.platform_of import Platform
from bench.residents import UNIT, residents
from bench.rows.webhook import account_opened, signed

TRIES = 3
"""As a person on a phone: after `Retry-After` twice, they come again; then they stop."""
STAGES = ("register", "onboard", "webhook", "dossier", "report")
LOOKS = (*STAGES, "looks")
REQUESTS = 10
"""Of a lifecycle with its looks."""
LIMIT_SECONDS = 30.0
"""For one answer."""


class Refused(Exception):
    """An answer that ends a lifecycle: its stage and status; `shed` when it had `Retry-After`."""

    def __init__(self, stage: str, status: int, *, shed: bool = False) -> None:
        super().__init__(f"{stage}: {status}")
        self.stage, self.status, self.shed = stage, status, shed


@dataclass
class Seen:
    """What became of lifecycles: when each began, how long it took, and what went wrong.

    `waits` are single responses 429 and 503 with `Retry-After`; `shed` are lifecycles that got it to the last.
    """

    times: list[tuple[float, float]] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    waits: int = 0
    shed: int = 0
    begun: int = 0

    @property
    def lost(self) -> float:
        """The share that failed without `Retry-After`."""
        return sum(self.failures.values()) / max(self.begun, 1)


@dataclass
class Lives:
    """Makes lifecycles, each of a new person."""

    platform: Platform
    client: aiohttp.ClientSession
    officer: dict[str, str]
    first: int
    stages: tuple[str, ...] = STAGES
    seen: Seen = field(default_factory=Seen)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _serials: Any = None

    def __post_init__(self) -> None:
        self._serials = count(self.first)

    async def live(self) -> None:
        """One lifecycle, noted as it ends."""
        began = time.perf_counter()
        self.seen.begun += 1
        try:
            await self._live(next(self._serials))
            self.seen.times.append((began, time.perf_counter() - began))
        except Refused as refused:
            if refused.shed:
                self.seen.shed += 1
            else:
                self.seen.failures[str(refused)] += 1
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self.seen.failures[type(error).__name__] += 1

    async def _live(self, serial: int) -> None:
        [person] = residents(1, serial)
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        who = await self._ask("register", "POST", "/v1/residents", person.body())
        at = f"/v1/residents/{who['id']}/onboarding/vneid"
        step = {"status": "completed", "occurred_at": moment, "evidence": {"kind": "officer"}}
        await self._ask("onboard", "PUT", at, step)
        await self._deliver(signed(account_opened(person.personal_id, moment), f"life-{serial}"))
        if "dossier" in self.stages:
            body = {"procedure_code": "2.000635", "resident_id": who["id"], "unit_code": UNIT, "copies": 1}
            dossier = await self._ask("dossier", "POST", "/v1/dossiers", body)
            if "looks" in self.stages:
                await self._look_at(who["id"], dossier["id"])
        if "report" in self.stages:
            await self._ask("report", "GET", f"/v1/reports/progress?unit_code={UNIT}", None)

    async def _look_at(self, resident_id: str, dossier_id: str) -> None:
        at = f"/v1/residents/{resident_id}"
        for path in (at, f"{at}/onboarding", f"/v1/dossiers/{dossier_id}", "/v1/units/38", "/v1/reports/indicators"):
            await self._ask("look", "GET", path, None)

    async def _deliver(self, raw: bytes) -> None:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines if not line.startswith(("Host", "Content-Length")))
        await self._send("webhook", "POST", first.split(" ")[1], {"data": body, "headers": headers})

    async def _ask(self, stage: str, method: str, path: str, body: Any) -> Any:
        return await self._send(stage, method, path, {"json": body, "headers": self.officer})

    async def _send(self, stage: str, method: str, path: str, options: dict[str, Any]) -> Any:
        """The answer; where the platform answers with `Retry-After`, the request is repeated, a few times."""
        for _ in range(TRIES):
            async with asyncio.timeout(LIMIT_SECONDS), self.client.request(method, path, **options) as answer:
                if answer.status < 300:
                    return await answer.json()
                again = answer.headers.get("Retry-After")
                if again is None:
                    raise Refused(stage, answer.status)
                self.seen.waits += answer.status in (429, 503)
            await asyncio.sleep(float(again))
        raise Refused(stage, answer.status, shed=True)


async def closed(lives: Lives, beside: int, seconds: float) -> float:
    """Lifecycles per second with so many always under way."""
    ends_at = time.perf_counter() + seconds
    before, began = len(lives.seen.times), time.perf_counter()

    async def again() -> None:
        while time.perf_counter() < ends_at:
            await lives.live()

    await asyncio.gather(*(again() for _ in range(beside)))
    return (len(lives.seen.times) - before) / (time.perf_counter() - began)


async def arriving(lives: Lives, rate: float, seconds: float) -> None:
    """Lifecycles arriving at a rate, whether or not the earlier ones have ended."""
    began = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        tasks.append(asyncio.get_running_loop().create_task(lives.live()))
    await asyncio.sleep(max(0.0, began + seconds - time.perf_counter()))
    lives.under_way.update(task for task in tasks if not task.done())


async def settle(lives: Lives) -> None:
    """Wait for the lifecycles that are still under way."""
    await asyncio.gather(*lives.under_way)
    lives.under_way.clear()
