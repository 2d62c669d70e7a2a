"""Attempts the deliveries of one subscription: at most `places` at once, of one subject one after the other."""

import asyncio
from collections import deque
from datetime import timedelta
from uuid import UUID

from chassis.observability.log import logger
from chassis.storage.database import Database
from notifications.sender.claims import LEASE, Claim, ClaimedDelivery, ClaimLimits, claim
from notifications.sender.client import EndpointClient
from notifications.sender.recording import Attempted, Recorder
from notifications.sender.signatures import headers_of

AT_ONCE = 1000
"""Deliveries that a lane holds. When half of them are done it claims again, while the others are attempted."""
SECONDS_OF_MARGIN = 5.0


class Lane:
    """Runs while its subscription has work; a slow endpoint occupies only the places of its own lane."""

    def __init__(
        self, subscription_id: UUID, database: Database, client: EndpointClient, recorder: Recorder,
        *, places: int, limits: ClaimLimits, attempt_seconds: float, claims: asyncio.Semaphore,
    ) -> None:  # fmt: skip
        self._id, self._database, self._client, self._recorder = subscription_id, database, client, recorder
        self._places, self._limits, self._claims = places, limits, claims
        self._longest_wait = LEASE.total_seconds() - SECONDS_OF_MARGIN - attempt_seconds
        self._waiting: dict[str, deque[tuple[ClaimedDelivery, Claim, float]]] = {}
        self._free: deque[str] = deque()
        """The subjects of `_waiting` of which nothing is being attempted."""
        self._left = 0
        self._running: set[asyncio.Task[None]] = set()
        self._may_have_more = False
        self._wake = asyncio.Event()

    def look_again(self) -> None:
        """There is work: claims it, unless every place is taken or enough waits."""
        if len(self._running) < self._places and self._left <= AT_ONCE / 2:
            self._may_have_more = True
            self._wake.set()

    async def run(self) -> None:
        """Returns when nothing is left to do now."""
        self._may_have_more = True
        try:
            while self._running or self._may_have_more:
                self._wake.clear()
                await self._claim()
                self._start()
                if self._running:
                    await self._wake.wait()
        finally:
            for task in self._running:
                task.cancel()

    async def _claim(self) -> None:
        self._may_have_more = False
        async with self._claims:
            claimed_at = asyncio.get_running_loop().time()
            try:
                found = await claim(self._database, self._id, self._limits, most=AT_ONCE - self._left)
            except Exception as error:  # what was claimed before is attempted all the same
                logger.warning("no claim", error=type(error).__name__)
                return
        if found is not None:
            self._may_have_more = found.has_more
            self._take(found, claimed_at)

    def _take(self, found: Claim, claimed_at: float) -> None:
        for delivery in found.deliveries:
            if delivery.subject not in self._waiting:
                self._waiting[delivery.subject] = deque()
                self._free.append(delivery.subject)
            self._waiting[delivery.subject].append((delivery, found, claimed_at))
        self._left += len(found.deliveries)

    def _start(self) -> None:
        for _ in range(min(self._places - len(self._running), len(self._free))):
            task = asyncio.create_task(self._work(), name="place")
            self._running.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not self._running:
            self._wake.set()

    async def _work(self) -> None:
        """One place: attempts one delivery after the other, as long as there are subjects of which nothing is attempted."""
        while self._free:
            subject = self._free.popleft()
            waiting = self._waiting[subject]
            await self._attempt(*waiting.popleft())
            self._left -= 1
            if waiting:
                self._free.append(subject)
            else:
                del self._waiting[subject]
            if self._recorder.is_behind:
                await self._recorder.flush()
            if self._may_have_more and self._left <= AT_ONCE / 2:
                self._wake.set()

    async def _attempt(self, delivery: ClaimedDelivery, found: Claim, claimed_at: float) -> None:
        waited = asyncio.get_running_loop().time() - claimed_at
        if waited > self._longest_wait:
            self._recorder.release(delivery)  # its lease may end during the attempt: another sender may have it
            return
        moment = found.at + timedelta(seconds=waited)
        headers = headers_of(str(delivery.event_id), moment, delivery.body, found.keys)
        result = await self._client.post(found.url, headers, delivery.body)
        self._recorder.add(Attempted(self._id, delivery, result))
