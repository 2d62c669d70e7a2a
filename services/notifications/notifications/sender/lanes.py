"""Attempts the deliveries of one subscription: at most `places` at once, of one subject one after the other."""

import asyncio
from collections import deque
from datetime import timedelta
from uuid import UUID

from chassis.clock import now
from chassis.storage.database import Database
from notifications.sender.claims import LEASE, Claim, ClaimedDelivery, ClaimLimits, claim
from notifications.sender.client import EndpointClient
from notifications.sender.recording import Attempted, Recorder
from notifications.sender.signatures import headers_of

SECONDS_BETWEEN_EMPTY_CLAIMS = 0.25
MARGIN = timedelta(seconds=5)


class Lane:
    """Runs while its subscription has work; a slow endpoint occupies only the places of its own lane."""

    def __init__(
        self, subscription_id: UUID, database: Database, client: EndpointClient, recorder: Recorder,
        *, places: int, limits: ClaimLimits, attempt_seconds: float, claims: asyncio.Semaphore,
    ) -> None:  # fmt: skip
        self._id, self._database, self._client, self._recorder = subscription_id, database, client, recorder
        self._places, self._limits, self._claims = places, limits, claims
        self._longest_wait = (LEASE - MARGIN).total_seconds() - attempt_seconds
        self._waiting: deque[tuple[ClaimedDelivery, Claim, float]] = deque()
        self._running: dict[asyncio.Task[None], str] = {}
        self._may_claim_at = 0.0

    async def run(self) -> None:
        """Returns when nothing is left to do now."""
        try:
            while True:
                if len(self._waiting) < self._places:
                    await self._claim()
                self._start()
                if not self._running:
                    break
                done, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del self._running[task]
        finally:
            for task in self._running:
                task.cancel()

    async def _claim(self) -> None:
        time = asyncio.get_running_loop().time
        if self._running and time() < self._may_claim_at:
            return
        free = self._limits.healthy - len(self._waiting) - len(self._running)
        async with self._claims:
            found = await claim(self._database, self._id, self._limits, most=free)
        if found is None or not found.deliveries:
            self._may_claim_at = time() + SECONDS_BETWEEN_EMPTY_CLAIMS
            return
        self._waiting += [(delivery, found, time()) for delivery in found.deliveries]

    def _start(self) -> None:
        """Starts what has a place and whose subject is not being attempted; the others keep their order."""
        busy, skipped, late = set(self._running.values()), [], []
        earliest = asyncio.get_running_loop().time() - self._longest_wait
        while self._waiting and len(self._running) < self._places:
            delivery, found, claimed_at = self._waiting.popleft()
            if claimed_at < earliest:
                late.append(delivery.id)  # its lease may end during the attempt: another sender may have it
            elif delivery.subject in busy:
                busy.add(delivery.subject)
                skipped.append((delivery, found, claimed_at))
            else:
                busy.add(delivery.subject)
                self._running[asyncio.create_task(self._attempt(delivery, found))] = delivery.subject
        self._waiting.extendleft(reversed(skipped))
        if late:
            self._running[asyncio.create_task(self._recorder.release(late))] = ""

    async def _attempt(self, delivery: ClaimedDelivery, found: Claim) -> None:
        headers = headers_of(str(delivery.event_id), now(), delivery.body, found.keys)
        result = await self._client.post(found.url, headers, delivery.body)
        self._recorder.add(Attempted(self._id, delivery, result))
