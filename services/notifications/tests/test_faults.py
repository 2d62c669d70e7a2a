"""Faults of the sender and of its database: nothing is lost, and what is repeated has the same id.

`FAULT_EVENTS` sets how many events are counted (10,000 for a thorough run).
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from sqlalchemy import text

from chassis.runtime import Runtime, Service
from chassis.security.identity import Caller
from chassis.settings import Settings
from chassis.storage.database import Database, database_url
from chassis.storage.migrations import upgrade
from chassis.storage.outbox import publish as publish_event
from contracts.onboarding import StepCompleted
from deploy.kafka.broker import KafkaBroker
from deploy.local.postgres import EmbeddedPostgres
from notifications.app import service as notifications
from notifications.commands.publishing import publish_internal
from notifications.commands.subscriptions import create_subscription
from notifications.sender import claims
from notifications.sender.loop import Sender
from notifications.sender.recording import MOST
from notifications.settings import NotificationsSettings
from services.notifications.tests.receiver import Received, Receiver
from services.notifications.tests.samples import completed_step

EVENTS = int(os.environ.get("FAULT_EVENTS", "1000"))
EVENTS_OF_SLOW_FAULTS = int(os.environ.get("FAULT_EVENTS", "600"))
ROOT = Path(__file__).parents[3]
_APP = text("INSERT INTO known_partner (id, version, kind, is_active) VALUES ('demo-app', 1, 'app', true)")


async def publish(database: Database, count: int) -> None:
    for start in range(0, count, 500):
        async with database.transaction() as session:
            await publish_internal(session, [completed_step() for _ in range(min(500, count - start))])


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(150):
        while not holds():
            await asyncio.sleep(0.05)


async def ids_of(database: Database) -> set[str]:
    return {str(row["id"]) for row in await database.fetch("SELECT id FROM public_event")}


async def start_sender(url: str, *, clock: float = 0) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.notifications.tests.sender_process", url, str(clock), cwd=ROOT
    )


async def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_kill_9_of_senders_loses_nothing_and_repeats_with_the_same_id(
    database: Database, receiver: Receiver, subscribe: Any, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two senders share the work; each is killed in the middle, and what it had claimed is sent after its lease."""
    await subscribe("step.completed")
    await publish(database, EVENTS)
    for share in (0.25, 0.5):
        processes = [await start_sender(database.url), await start_sender(database.url)]
        await until(lambda share=share: len(receiver.seen) >= EVENTS * share)  # type: ignore[misc]
        for process in processes:
            await end(process)
    left = await database.fetch("SELECT count(*) FROM delivery WHERE claimed_until IS NOT NULL")
    assert left[0][0] > 0, "no sender was killed in the middle of its work"
    await database.fetch(
        "UPDATE delivery SET claimed_until = clock_timestamp() - interval '1 second' WHERE claimed_until > now()"
    )
    await sender.drain()

    assert set(receiver.ids) == await ids_of(database)
    most = 4 * (MOST + NotificationsSettings().endpoint_places)
    assert len(receiver.ids) <= EVENTS + most, "only what was not stored is repeated"
    statuses = await database.fetch("SELECT status, count(*) FROM delivery GROUP BY status")
    assert [tuple(row) for row in statuses] == [("delivered", EVENTS)]


async def test_a_lease_that_ends_while_its_sender_hangs_gives_the_work_to_another(
    database: Database, receiver: Receiver, subscribe: Any, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=0.2))
    limits = claims.ClaimLimits(healthy=100, failing=10, open=1000)
    subscription = await subscribe("step.completed")
    await publish(database, 3)
    hanging = await claims.claim(database, subscription["id"], limits, most=100)
    assert hanging is not None
    assert len(hanging.deliveries) == 3
    again = await claims.claim(database, subscription["id"], limits, most=100)
    assert again is not None
    assert again.deliveries == ()
    await asyncio.sleep(0.3)
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=60))
    await sender.drain()

    assert set(receiver.ids) == {str(one.event_id) for one in hanging.deliveries}


async def test_a_restart_of_the_database_loses_nothing(
    tmp_path: Path, receiver: Receiver, sender_settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_: Received) -> web.Response:
        await asyncio.sleep(0.02)
        return web.Response()

    receiver.answer = slow
    # Started and stopped in this thread: the server ends with the thread that started it.
    postgres = EmbeddedPostgres(tmp_path / "data")
    url = database_url(postgres.start(), "notifications")
    try:
        await asyncio.to_thread(upgrade, url, notifications.migrations)
        database = Database(url, pool_size=4, application="sender")
        async with database.transaction() as session:
            caller = Caller(role="partner", subject="p", partner_id="demo-app")
            await session.execute(_APP)
            await create_subscription(session, caller, receiver.url, ["step.completed"], None)
        await publish(database, EVENTS_OF_SLOW_FAULTS)
        sending = asyncio.create_task(Sender(database, sender_settings).run())
        await until(lambda: len(receiver.seen) >= EVENTS_OF_SLOW_FAULTS / 4)
        postgres.stop()
        await asyncio.sleep(1)
        postgres.start()
        sending = sending if not sending.done() else asyncio.create_task(Sender(database, sender_settings).run())
        expected = await retry(lambda: ids_of(database))
        assert len(expected) == EVENTS_OF_SLOW_FAULTS
        await until(lambda: set(receiver.ids) == expected)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await database.close()
    finally:
        postgres.stop()


async def retry(work: Callable[[], Awaitable[set[str]]]) -> set[str]:
    for _ in range(20):
        try:
            return await work()
        except Exception:
            await asyncio.sleep(0.3)
    return await work()


async def test_senders_whose_clocks_are_wrong_lose_nothing_and_are_believed(
    database: Database, receiver: Receiver, subscribe: Any
) -> None:
    """One of two senders is ten minutes fast, one ten minutes slow; every tenth event is refused once."""
    subscription = await subscribe("step.completed")
    refused: set[str] = set()

    async def verify(received: Received) -> web.Response:
        received.verified_by(subscription["secret"])  # refuses timestamps that are off by more than five minutes
        if len(receiver.seen) % 10 == 0 and received.id not in refused:
            refused.add(received.id)
            return web.Response(status=503)
        return web.Response()

    receiver.answer = verify
    await publish(database, EVENTS)
    processes = [await start_sender(database.url, clock=600), await start_sender(database.url, clock=-600)]
    try:
        await delivered(database, EVENTS)
    finally:
        for process in processes:
            await end(process)

    assert set(receiver.ids) == await ids_of(database)
    assert refused
    assert len(receiver.ids) == EVENTS + len(refused), "only what was refused is repeated"


async def delivered(database: Database, count: int) -> None:
    async with asyncio.timeout(60 + count / 50):
        while (await database.fetch("SELECT count(*) FROM delivery WHERE status = 'delivered'"))[0][0] < count:
            await asyncio.sleep(0.2)


@pytest.mark.kafka
@pytest.mark.timeout(600)
async def test_without_kafka_events_wait_and_each_arrives_under_one_id(
    tmp_path: Path, settings: Settings, service: Service, database: Database, receiver: Receiver, subscribe: Any
) -> None:
    """The broker is killed while events are published, and comes back; the whole worker runs: relay, consumer, sender."""
    broker = KafkaBroker(tmp_path / "kafka")
    servers = broker.start()
    await subscribe("step.completed")
    with_worker = settings.model_copy(update={"kafka_bootstrap_servers": servers, "run_worker": True})
    runtime = Runtime(service, with_worker, database=database)
    await runtime.start()
    try:
        people = [completed_step() for _ in range(EVENTS)]
        await announce(database, people[: EVENTS // 2])
        await until(lambda: len(receiver.seen) >= EVENTS // 4)
        broker.kill()
        await announce(database, people[EVENTS // 2 :])
        await asyncio.sleep(3)
        reached = len(set(receiver.ids))
        broker.start()
        await until(lambda: len(set(receiver.ids)) >= EVENTS)
        await delivered(database, EVENTS)
    finally:
        await runtime.stop()
        broker.stop()

    assert reached <= EVENTS // 2, "the broker was not away"
    notified = {(one.message["data"]["resident_id"], one.id) for one in receiver.seen}
    assert len(receiver.seen) == len(notified) == EVENTS
    assert {person for person, _ in notified} == {str(one.resident_id) for one in people}


async def announce(database: Database, events: Sequence[StepCompleted]) -> None:
    for start in range(0, len(events), 100):
        async with database.transaction() as session:
            for event in events[start : start + 100]:
                publish_event(session, event)


async def test_twenty_of_fifty_endpoints_are_dead_and_the_others_get_everything(
    database: Database, receiver: Receiver, subscribe: Any, app_client: httpx.AsyncClient, sender_settings: Any
) -> None:
    """The figures are in `make bench`; here: nothing of the good ones waits for the dead ones."""

    async def by_path(received: Received) -> web.Response:
        if received.path.startswith("/dead"):
            await asyncio.sleep(60)
        return web.Response()

    receiver.answer = by_path
    base = receiver.url.removesuffix("/hook")
    for number in range(50):
        await subscribe("step.completed", url=f"{base}/{'dead' if number < 20 else 'good'}/{number}")
    await publish(database, 20)
    sending = asyncio.create_task(Sender(database, sender_settings).run())

    def good() -> list[Received]:
        return [one for one in receiver.seen if one.path.startswith("/good")]

    await until(lambda: len(good()) >= 30 * 20)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)

    assert len({(one.path, one.id) for one in good()}) == len(good()) == 600
