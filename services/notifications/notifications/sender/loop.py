"""What a worker process runs: a lane for every subscription with work. Any number of processes may run it at once."""

import asyncio
from contextlib import suppress
from uuid import UUID

from chassis.observability.log import logger
from chassis.runtime import Runtime
from chassis.storage.database import Database
from chassis.tasks import cancel_until_ended
from notifications.sender.claims import ClaimLimits, subscriptions_with_work
from notifications.sender.client import EndpointClient
from notifications.sender.lanes import Lane
from notifications.sender.recording import Recorder
from notifications.settings import NotificationsSettings, get_settings

SECONDS_BETWEEN_LOOKS = 0.25
SECONDS_AFTER_FAULT = 1.0
CLAIMED_AT_ONCE = 500
CLAIMS_AT_ONCE = 4
"""Lanes that claim at the same time: fewer than the database has connections, so that results are stored meanwhile."""


class Sender:
    """Sends what is due, as long as `run` runs."""

    def __init__(self, database: Database, settings: NotificationsSettings) -> None:
        self._database, self._settings = database, settings
        self._lanes: dict[UUID, asyncio.Task[None]] = {}
        self._claims = asyncio.Semaphore(CLAIMS_AT_ONCE)
        self._limits = ClaimLimits(
            healthy=max(CLAIMED_AT_ONCE, settings.endpoint_places),
            failing=settings.endpoint_places,
            open=settings.open_deliveries,
        )

    async def run(self) -> None:
        """Until cancelled; attempts that are cancelled are made again after their lease."""
        await self._run(until_idle=False)

    async def drain(self) -> None:
        """Sends everything that is due now, then returns."""
        await self._run(until_idle=True)

    async def _run(self, *, until_idle: bool) -> None:
        recorder = Recorder(self._database, self._settings.retry_schedule)
        recording = asyncio.create_task(recorder.run(), name="recorder")
        async with self._client() as client:
            try:
                while True:
                    if until_idle:
                        await recorder.flush()
                    await self._look(client, recorder)
                    if until_idle and not self._lanes:
                        return
                    await self._pause(until_idle=until_idle)
            finally:
                await self._stop(recorder, recording)

    def _client(self) -> EndpointClient:
        allows_loopback = self._settings.environment == "development"
        return EndpointClient(seconds=self._settings.attempt_seconds, allows_loopback=allows_loopback)

    async def _look(self, client: EndpointClient, recorder: Recorder) -> None:
        """Starts lanes; while the database is away, those that run keep their results and the next look tries again."""
        try:
            await self._start_lanes(client, recorder)
        except Exception as error:
            logger.warning("no look at the subscriptions", error=type(error).__name__)
            await asyncio.sleep(SECONDS_AFTER_FAULT)

    async def _start_lanes(self, client: EndpointClient, recorder: Recorder) -> None:
        for subscription_id in await subscriptions_with_work(self._database):
            if subscription_id not in self._lanes:
                lane = Lane(
                    subscription_id, self._database, client, recorder, places=self._settings.endpoint_places,
                    limits=self._limits, attempt_seconds=self._settings.attempt_seconds, claims=self._claims,
                )  # fmt: skip
                self._lanes[subscription_id] = asyncio.create_task(lane.run(), name="lane")

    async def _pause(self, *, until_idle: bool) -> None:
        """Until a lane ends or it is time to look again."""
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=SECONDS_BETWEEN_LOOKS, return_when=asyncio.FIRST_COMPLETED)
        for subscription_id, task in list(self._lanes.items()):
            if task.done():
                del self._lanes[subscription_id]
                if error := task.exception():
                    logger.warning("lane ended", error=type(error).__name__)
        if not until_idle:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS if not self._lanes else SECONDS_BETWEEN_LOOKS / 5)

    async def _stop(self, recorder: Recorder, recording: "asyncio.Task[None]") -> None:
        lanes = list(self._lanes.values())
        self._lanes.clear()
        await cancel_until_ended(lanes)
        with suppress(TimeoutError):
            await asyncio.wait_for(recorder.flush(), 3)
        await cancel_until_ended([recording])


async def send_forever(runtime: Runtime) -> None:
    """The shared work of the worker processes."""
    await Sender(runtime.database, get_settings()).run()
