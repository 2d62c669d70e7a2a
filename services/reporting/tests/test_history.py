"""A long history, published_events untidily: whatever happens in between, every count is the one that the events come to."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.clock import now, today
from chassis.messaging.bus.embedded import EmbeddedBus
from chassis.messaging.bus.port import Outgoing
from chassis.messaging.consumer import Consumer
from chassis.storage.database import Database
from contracts.event import Event
from contracts.topics import all_topics
from reporting.handlers import HANDLERS
from reporting.projections.base_day import move_base_day
from reporting.projections.totals import make_totals
from reporting.projections.tree import tree_of
from reporting.queries.counts import counts_of, get_live_version, totals_on
from reporting.rebuild import rebuild, run
from services.reporting.tests.conftest import unit_id, units_of_the_demo
from services.reporting.tests.event_history import START, VILLAGES, count_directly, make_history
from services.reporting.tests.killed_processes import consuming, rebuilding

EVENTS = int(os.environ.get("HISTORY_EVENTS", "20000"))
DAYS = [START.date() + timedelta(days=ago) for ago in (0, 17, 45, 90, 200)]


@pytest.mark.timeout(180 + EVENTS / 100)
async def test_every_count_equals_the_one_computed_from_the_events(database: Database, bus: EmbeddedBus) -> None:
    """HISTORY_EVENTS events through the bus, by a process that is killed four times, then counted anew beside it."""
    history = make_history(EVENTS, seed=3)
    published_events = list(history.published_events())
    await bus.ensure_topics(all_topics())
    await publish(bus, [*units_of_the_demo(), *published_events[: EVENTS // 2]])
    await consume(database, bus)
    async with database.transaction() as session:
        await make_totals(session, 1)
    await publish(bus, published_events[EVENTS // 2 :])
    for tenths in (1, 3, 4, 7):
        await consume_until_killed(database, bus, len(published_events) * (10 + tenths) // 20)
    await consume(database, bus)

    expected = {day: count_directly(history.all(), day) for day in DAYS}
    assert await counted(database, DAYS) == expected
    await sums_agree(database)

    progress: list[tuple[int, int]] = []
    version = await rebuild(database, bus, lambda done, of: progress.append((done, of)))
    assert (await live_version(database), progress[-1][0]) == (version, progress[-1][1])
    assert await counted(database, DAYS) == expected

    async with database.transaction() as session:
        assert await move_base_day(session, version, today() + timedelta(days=30))
    assert await counted(database, DAYS) == expected
    await sums_agree(database)


async def test_events_that_arrive_during_a_rebuild_are_in_the_new_version(database: Database, bus: EmbeddedBus) -> None:
    history = make_history(1_500, seed=5)
    published_events = list(history.published_events())
    await bus.ensure_topics(all_topics())
    await publish(bus, [*units_of_the_demo(), *published_events[:1000]])
    task = asyncio.create_task(Consumer("reporting", database, bus, HANDLERS).run())
    try:
        await until_caught_up(database, bus)
        building = asyncio.create_task(rebuild(database, bus))
        for part in chunks(published_events[1000:], 50):
            await publish(bus, part)
        await building
        await until_caught_up(database, bus)
    finally:
        await stopped(task)
    assert await counted(database, DAYS) == {day: count_directly(history.all(), day) for day in DAYS}


async def test_an_interrupted_rebuild_leaves_the_live_counts_and_the_next_one_cleans_up(
    database: Database, bus: EmbeddedBus, deliver: Callable[..., Any]
) -> None:
    history = make_history(600, seed=8)
    await bus.ensure_topics(all_topics())
    await publish(bus, [*units_of_the_demo(), *history.published_events()])
    await consume(database, bus)
    before = await counted(database, DAYS)

    def break_off(done: int, of: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild(database, bus, break_off)
    assert await counted(database, DAYS) == before
    await rebuild_until_killed(database, bus)
    assert await counted(database, DAYS) == before
    await rebuild(database, bus)
    assert await counted(database, DAYS) == before


async def test_the_command_shows_how_far_it_is(
    database: Database, bus: EmbeddedBus, capsys: pytest.CaptureFixture[str]
) -> None:
    history = make_history(200, seed=4)
    await bus.ensure_topics(all_topics())
    await publish(bus, [*units_of_the_demo(), *history.published_events()])
    await consume(database, bus)

    assert await run(database, bus) == 0
    fields = capsys.readouterr().err
    assert "100%" in fields
    assert "version 2 is live" in fields


async def publish(bus: EmbeddedBus, events: Sequence[Event]) -> None:
    ids: dict[int, str] = {}
    for part in chunks(events, 2000):
        await bus.publish([outgoing(event, ids.setdefault(id(event), str(uuid4()))) for event in part])


def outgoing(event: Event, event_id: str) -> Outgoing:
    # A repeated event comes as a new event half of the time: the inbox does not know it, the states must.
    repeated = event_id if hash(event_id) % 2 else str(uuid4())
    headers = {"ce_id": repeated, "ce_type": event.type, "ce_time": now().isoformat()}
    return Outgoing(event.topic, event.key, event.model_dump_json().encode(), headers)


async def consume_until_killed(database: Database, bus: EmbeddedBus, events: int) -> None:
    """Consumes in another process that is killed, wherever it is, soon after so many events were taken in."""
    process = consuming(database.url, bus._url)
    try:
        async with asyncio.timeout(30 + EVENTS / 1000):
            while await taken_in(database) < events:
                assert process.is_alive()
                await asyncio.sleep(0.01)
        await asyncio.sleep(Random(events).random() / 20)
    finally:
        process.kill()
        process.join()


async def rebuild_until_killed(database: Database, bus: EmbeddedBus) -> None:
    """A rebuild in another process, killed as soon as its version has begun."""
    process = rebuilding(database.url, bus._url)
    begun = text("SELECT max(started_at) FROM projection WHERE state = 'building'")
    try:
        async with asyncio.timeout(60), database.reading() as session:
            before = now()
            while ((await session.execute(begun)).scalar() or before) <= before:
                assert process.is_alive()
                await asyncio.sleep(0.005)
    finally:
        process.kill()
        process.join()


async def consume(database: Database, bus: EmbeddedBus) -> None:
    task = asyncio.create_task(Consumer("reporting", database, bus, HANDLERS).run())
    await until_caught_up(database, bus)
    await stopped(task)


async def until_caught_up(database: Database, bus: EmbeddedBus) -> None:
    async with asyncio.timeout(60 + EVENTS / 500):
        while await behind(database, bus):
            await asyncio.sleep(0.1)


async def behind(database: Database, bus: EmbeddedBus) -> int:
    topics = sorted({event.topic for event in HANDLERS})
    async with bus._connections.acquire() as connection:
        written = await connection.fetchval(
            "SELECT sum(next_offset) FROM partition WHERE topic = ANY($1::text[])", topics
        )
    return int(written) - await taken_in(database)


async def taken_in(database: Database) -> int:
    async with database.reading() as session:
        return int((await session.execute(text("SELECT coalesce(sum(next_offset), 0) FROM position"))).scalar_one())


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def live_version(database: Database) -> int:
    async with database.reading() as session:
        return (await get_live_version(session)).version


async def counted(database: Database, days: Sequence[date]) -> dict[date, dict[str, Counter[str]]]:
    ids = {unit_id(village): village for village in VILLAGES}
    found = {}
    async with database.reading() as session:
        live = await get_live_version(session)
        for day in days:
            counts = await counts_of(session, live, {id: [id] for id in ids}, day)
            found[day] = {ids[id]: Counter(comparable(counted)) for id, counted in counts.items()}
    return found


async def sums_agree(database: Database) -> None:
    """The sums that are kept equal those of their parts, in today's tree and in that of the districts."""
    async with database.reading() as session:
        live, tree = await get_live_version(session), await tree_of(session)
        for day in (*DAYS, date(2024, 6, 30), today()):
            generation = tree.at(day)
            assert live.keeps(generation)
            for unit in generation.units:
                kept = (await totals_on(session, live, generation, [unit], day))[unit]
                summed = (await counts_of(session, live, {unit: generation.members_of(unit)}, day))[unit]
                assert comparable(kept) == comparable(summed)


COMPARED = (
    "residents", "residents@15_plus", "merchants", "merchants_with_qr", "cashless_payments", "cashless_amount",
    "dossiers", "dossiers_online", "dossiers_on_time", "sessions_held", "people_trained",
    "vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection",
    "vneid@15_plus", "portal_account@15_plus", "province_app@15_plus", "digital_signature@15_plus",
    "payment_account@15_plus", "cyber_protection@15_plus",
)  # fmt: skip


def comparable(counted: dict[str, int]) -> dict[str, int]:
    return {counter: value for counter, value in counted.items() if counter in COMPARED and value}


def chunks(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    return (events[start : start + size] for start in range(0, len(events), size))
