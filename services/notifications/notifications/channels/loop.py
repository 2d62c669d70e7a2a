"""What a worker process runs: for each channel a loop that sends what is due. Any number of processes may run it at once."""

import asyncio
from collections.abc import Callable

from chassis.clock import now
from chassis.errors import Language
from chassis.observability.log import logger
from chassis.runtime import Runtime
from chassis.storage.database import Database, Session
from notifications.channels import metrics
from notifications.channels.configured import Adapters, adapters_of
from notifications.channels.destinations import Destinations, FindDestination
from notifications.channels.messages import Adapter, Message, SendResult, TryLater
from notifications.channels.queue import (
    Decision,
    Drop,
    Queued,
    Wait,
    due_sends,
    store_decisions,
    store_results,
)
from notifications.channels.texts import sms_parts, text_for
from notifications.commands.budgets import spend
from notifications.commands.sends import end_of_quiet
from notifications.model.notifications import SENT_CHANNELS, NotificationChannel
from notifications.model.preferences import QUIET_FROM, QUIET_UNTIL, URGENT, Platform
from notifications.settings import NotificationsSettings, get_settings

PLACES = 50
"""Messages of one channel that one process hands over at the same time."""
SECONDS_BETWEEN_LOOKS = 1.0

TitleOf = Callable[[str, Language], str]
"""The title of a kind in a language."""


class ChannelSender:
    """Sends the messages of one channel, as long as `run` runs."""

    def __init__(
        self,
        channel: NotificationChannel,
        database: Database,
        settings: NotificationsSettings,
        adapters: Adapters,
        find: FindDestination,
        title_of: TitleOf,
    ) -> None:
        self._channel, self._database, self._settings = channel, database, settings
        self._adapters, self._find, self._title_of = adapters, find, title_of

    async def run(self) -> None:
        """Until cancelled; what was not stored by then is sent again after its lease, with the same reference."""
        running: dict[asyncio.Task[SendResult], Queued] = {}
        try:
            while True:
                await self._step(running, seconds=SECONDS_BETWEEN_LOOKS)
        finally:
            for task in running:
                task.cancel()

    async def drain(self) -> None:
        """Sends everything that is due now, then returns."""
        running: dict[asyncio.Task[SendResult], Queued] = {}
        while await self._step(running, seconds=0):
            pass

    async def _step(self, running: dict[asyncio.Task[SendResult], Queued], *, seconds: float) -> bool:
        """Starts what is due, waits for the first results or a while, and stores them; whether anything was to be done."""
        try:
            found = await self._start(running)
            if not running:
                await asyncio.sleep(0 if found else seconds)
                return bool(found)
            done, _ = await asyncio.wait(running, timeout=seconds or None, return_when=asyncio.FIRST_COMPLETED)
            if done:
                results = [(running[task], _result_of(task)) for task in done]
                await store_results(self._database, results)
            for task in done:
                send = running.pop(task)
                metrics.count(send.channel, _result_of(task))
        except Exception as error:
            logger.warning("channel waits for the database", channel=self._channel.value, error=type(error).__name__)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return True

    async def _start(self, running: dict[asyncio.Task[SendResult], Queued]) -> int:
        free = PLACES - len(running)
        if free <= 0:
            return 0
        async with self._database.transaction() as session:
            sends = await due_sends(session, self._channel, free)
            if not sends:
                return 0
            decided = [(send, await self._decision(session, send)) for send in sends]
            await store_decisions(session, decided)
        for send, decision in decided:
            if decision is None:
                running[asyncio.create_task(self._attempt(send))] = send
            elif isinstance(decision, Drop):
                metrics.DROPPED.labels(send.channel, decision.reason).inc()
        return len(sends)

    async def _decision(self, session: Session, send: Queued) -> Decision:
        if send.has_ended:
            return Drop("reason-ended")
        if self._channel is NotificationChannel.PUSH and send.device_id is None:
            return Drop("device-removed")
        if self._adapter(send) is None:
            return Drop("not-configured")
        if send.kind not in URGENT:
            hours = (QUIET_FROM if send.starts_hour is None else send.starts_hour,
                     QUIET_UNTIL if send.ends_hour is None else send.ends_hour)  # fmt: skip
            moment = now()
            if (until := end_of_quiet(moment, *hours)) > moment:
                return Wait(until)
        if send.attempts == 0 and not await self._is_paid(session, send):
            return Drop("budget")
        return None

    async def _is_paid(self, session: Session, send: Queued) -> bool:
        limits = {
            NotificationChannel.SMS: self._settings.sms_per_unit_and_day,
            NotificationChannel.ZALO: self._settings.zns_per_unit_and_day,
        }
        limit = limits.get(self._channel)
        if limit is None:
            return True
        cost = sms_parts(self._text(send)) if self._channel is NotificationChannel.SMS else 1
        return await spend(session, send.unit_code or "", self._channel.value, cost, limit)

    def _adapter(self, send: Queued) -> Adapter | None:
        return self._adapters.get((self._channel, Platform(send.platform) if send.platform else None))

    def _text(self, send: Queued) -> str:
        title = self._title_of(send.kind, self._settings.message_language)
        return text_for(
            self._channel, title, self._settings.message_place, self._settings.message_language,
            with_accents=self._settings.sms_with_accents,
        )  # fmt: skip

    async def _attempt(self, send: Queued) -> SendResult:
        adapter = self._adapter(send)
        assert adapter is not None
        to = await self._find(send)
        if not isinstance(to, str):
            return to
        language = self._settings.message_language
        message = Message(
            send_id=send.id, notification_id=send.notification_id, to=to, title=self._title_of(send.kind, language),
            text=self._text(send), language=language,
        )  # fmt: skip
        return await adapter.send(message)


def _result_of(task: "asyncio.Task[SendResult]") -> SendResult:
    """An error of ours is tried again; its type is the code, its text may quote what it was about."""
    error = task.exception()
    return task.result() if error is None else TryLater(f"error-{type(error).__name__}")


async def send_to_people(runtime: Runtime, title_of: TitleOf) -> None:
    """The shared work of the worker processes: every channel on its own, so that none waits for another."""
    settings = get_settings()
    adapters, find = adapters_of(settings), Destinations(runtime.service_client).find
    try:
        async with asyncio.TaskGroup() as group:
            for channel in SENT_CHANNELS:
                sender = ChannelSender(channel, runtime.database, settings, adapters, find, title_of)
                group.create_task(sender.run())
    finally:
        for adapter in set(adapters.values()):
            await adapter.close()
