"""What a worker process runs: a lane for every subscription with work. Any number of processes may run it at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from chassis.observability.log import logger
from chassis.runtime import Runtime
from chassis.storage.database import Database
from chassis.tasks import cancel_until_ended
from notifications.sender.claims import ClaimLimits, subscriptions_with_work
from notifications.sender.client import EndpointClient
from notifications.sender.lanes import AT_ONCE, Lane
from notifications.sender.recording import Recorder
from notifications.settings import NotificationsSettings, get_settings

SECONDS_BETWEEN_LOOKS = 0.25
SECONDS_AFTER_FAULT = 1.0
CLAIMED_BY_ALL = 4 * AT_ONCE
"""Of one subscription, by all senders together; those whose results are not stored yet count."""
CLAIMS_AT_ONCE = 4
"""Lanes that claim at the same time: fewer than the database has connections, so that results are stored meanwhile."""


class Sender:
    """Sends what is due, as long as `run` runs."""

    def __init__(self, database: Database, settings: NotificationsSettings) -> None:
        self._database, self._settings = database, settings
        self._lanes: dict[UUID, tuple[Lane, asyncio.Task[None]]] = {}
        self._claims = asyncio.Semaphore(CLAIMS_AT_ONCE)
        self._limits = ClaimLimits(
            healthy=max(CLAIMED_BY_ALL, settings.endpoint_places),
            failing=settings.endpoint_places,
            open=settings.open_deliveries,
        )

    async def run(self) -> None:
        """Until cancelled; attempts that are cancelled are made again after their lease."""
        async with self._opened() as (client, recorder):
            while True:
                await self._look(client, recorder)
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def drain(self) -> None:
        """Sends everything that is due now, then returns."""
        async with self._opened() as (client, recorder):
            await self._look(client, recorder)
            while self._lanes:
                await asyncio.wait([task for _, task in self._lanes.values()])
                await recorder.flush()
                await self._look(client, recorder)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[EndpointClient, Recorder]]:
        recorder = Recorder(self._database, self._settings.retry_schedule)
        recording = asyncio.create_task(recorder.run(), name="recorder")
        allows_loopback = self._settings.environment == "development"
        async with EndpointClient(seconds=self._settings.attempt_seconds, allows_loopback=allows_loopback) as client:
            try:
                yield client, recorder
            finally:
                await self._stop(recorder, recording)

    async def _look(self, client: EndpointClient, recorder: Recorder) -> None:
        """Starts lanes; while the database is away, those that run keep their results and the next look tries again."""
        try:
            found = await subscriptions_with_work(self._database)
        except Exception as error:
            logger.warning("no look at the subscriptions", error=type(error).__name__)
            await asyncio.sleep(SECONDS_AFTER_FAULT)
            return
        for subscription_id in found:
            if subscription_id in self._lanes:
                self._lanes[subscription_id][0].look_again()
            else:
                self._start(subscription_id, client, recorder)

    def _start(self, subscription_id: UUID, client: EndpointClient, recorder: Recorder) -> None:
        lane = Lane(
            subscription_id, self._database, client, recorder, places=self._settings.endpoint_places,
            limits=self._limits, attempt_seconds=self._settings.attempt_seconds, claims=self._claims,
        )  # fmt: skip
        task = asyncio.create_task(lane.run(), name="lane")
        self._lanes[subscription_id] = lane, task
        task.add_done_callback(lambda done: self._end(subscription_id, done))

    def _end(self, subscription_id: UUID, task: asyncio.Task[None]) -> None:
        del self._lanes[subscription_id]
        if not task.cancelled() and (error := task.exception()):
            logger.warning("lane ended", error=type(error).__name__)

    async def _stop(self, recorder: Recorder, recording: "asyncio.Task[None]") -> None:
        await cancel_until_ended([task for _, task in self._lanes.values()])
        with suppress(TimeoutError):
            await asyncio.wait_for(recorder.flush(), 3)
        await cancel_until_ended([recording])


async def send_forever(runtime: Runtime) -> None:
    """The shared work of the worker processes."""
    await Sender(runtime.database, get_settings()).run()
