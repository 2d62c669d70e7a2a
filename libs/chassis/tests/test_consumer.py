"""From the bus to the handlers: every fault ends with one effect for each event, and nothing lost."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.errors import DeadLetterStays
from chassis.messaging.bus import Outgoing
from chassis.messaging.consumer import Consumer, TooManyDeadLetters, Transient, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.storage.database import _treat_driver_error_as_disconnect
from contracts import topics
from contracts.registry import SourceChecked, UnitChanged


@pytest.fixture
async def sources_bus(bus):
    await bus.ensure_topics(topics.TOPICS)
    return bus


@pytest.fixture
def consumer_of(service, database, sources_bus):
    def build(handlers=None, **options):
        return Consumer("toy-notes", database, sources_bus, handlers or service.handlers, **options)

    return build


def event(source, event_id=None, **changes):
    value = SourceChecked(source=source, live=True, at=now()).model_dump_json().encode()
    headers = {"ce_id": str(event_id or uuid4()), "ce_type": SourceChecked.type, "ce_time": now().isoformat()}
    return Outgoing(topics.SOURCES, source, changes.get("value", value), headers)


@asynccontextmanager
async def running(consumer):
    task = asyncio.create_task(consumer.run())
    try:
        yield consumer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def rows(database, statement):
    async with database.reading() as session:
        return [tuple(row) for row in await session.execute(text(statement))]


async def received(database):
    return [key for (key,) in await rows(database, "SELECT key FROM received ORDER BY number")]


async def settled(database, count, within=10.0):
    """What was received, once there is at least so much of it, and a moment later (there must not be more)."""
    deadline = asyncio.get_running_loop().time() + within
    while len(await received(database)) < count and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)  # another task writes what we look at
    await asyncio.sleep(0.1)
    return await received(database)


async def passed(database, count, within=10.0):
    """Once the positions have gone over so many records, whatever became of them."""
    deadline = asyncio.get_running_loop().time() + within
    while asyncio.get_running_loop().time() < deadline:
        if await rows(database, "SELECT sum(next_offset)::int FROM position") == [(count,)]:
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def test_every_event_has_one_effect_and_the_position_moves_with_it(consumer_of, sources_bus, database):
    await sources_bus.publish([event(f"source-{number}") for number in range(50)])

    async with running(consumer_of()):
        assert len(await settled(database, 50)) == 50

    moved = await rows(database, "SELECT sum(next_offset)::int FROM position")
    assert moved == [(50,)]


async def test_an_event_that_the_relay_published_twice_has_one_effect(consumer_of, sources_bus, database):
    twice = event("twice", uuid4())
    await sources_bus.publish([twice, event("other"), twice])
    await sources_bus.publish([twice])

    async with running(consumer_of()):
        assert sorted(await settled(database, 2)) == ["other", "twice"]


async def test_a_crash_before_the_commit_leaves_neither_effect_nor_position(consumer_of, sources_bus, database):
    await sources_bus.publish([event("one"), event("two")])

    async def die(session, event):
        await session.execute(text("INSERT INTO received (key, value) VALUES ('half', 'written')"))
        raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(consumer_of({SourceChecked: die}).run(), 3)
    assert await received(database) == []

    async with running(consumer_of()):
        assert sorted(await settled(database, 2)) == ["one", "two"]


async def test_replaying_the_bus_from_zero_changes_nothing(consumer_of, sources_bus, database):
    await sources_bus.publish([event(f"source-{number}") for number in range(10)])
    async with running(consumer_of()):
        await settled(database, 10)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM position"))

    async with running(consumer_of()):
        await asyncio.sleep(1)
        assert len(await settled(database, 10)) == 10


async def test_a_member_that_was_replaced_writes_nothing(consumer_of, sources_bus, database):
    await sources_bus.publish([event("same") for _ in range(6)])
    zombie, successor = consumer_of(), consumer_of()

    async def positions(places):
        return {}

    async with sources_bus.subscribe("zombies", [topics.SOURCES], positions) as subscription:
        fetched = await subscription.poll()
        await successor.apply(fetched, subscription)
        await zombie.apply(fetched[:3], subscription)

    assert len(await received(database)) == 6
    assert await rows(database, "SELECT next_offset::int FROM position") == [(6,)]


async def test_a_poison_event_is_set_aside_with_what_follows_it_and_others_go_on(consumer_of, sources_bus, database):
    await sources_bus.publish([event("before"), event("poison-1"), event("poison-1"), event("after")])

    async with running(consumer_of()):
        assert sorted(await settled(database, 2)) == ["after", "before"]

    dead_letters = await rows(database, "SELECT state, reason FROM dead_letter ORDER BY id")
    assert [state for state, _ in dead_letters] == ["dead", "waiting"]
    assert "RuntimeError in on_source_checked" in dead_letters[0][1]
    assert "ever" not in dead_letters[0][1], "the message of an error may quote personal data"
    sent = await rows(database, "SELECT topic, headers FROM outbox ORDER BY id")
    assert [topic for topic, _ in sent] == [topics.SOURCES + ".dlq"] * 2
    assert json.loads(sent[0][1])["dlq_service"] == "toy-notes"


async def test_a_dead_letter_sent_again_takes_along_what_waited_behind_it_in_order(consumer_of, sources_bus, database):
    await sources_bus.publish([event("poison-1"), event("poison-1"), event("poison-1")])
    async with running(consumer_of()):
        await passed(database, 3)
    dead_letters = await rows(database, "SELECT id FROM dead_letter ORDER BY id")
    assert len(dead_letters) == 3

    async def repaired(session, event):
        await session.execute(text("INSERT INTO received (key, value) VALUES (:key, 'x')"), {"key": event.source})

    assert await consumer_of({SourceChecked: repaired}).replay(dead_letters[0][0]) == 3

    assert await received(database) == ["poison-1"] * 3
    assert await rows(database, "SELECT DISTINCT state FROM dead_letter") == [("replayed",)]
    await sources_bus.publish([event("poison-1")])
    async with running(consumer_of({SourceChecked: repaired})):
        assert len(await settled(database, 4)) == 4


async def test_a_hopeless_dead_letter_names_its_reason_and_is_discarded_for_those_behind_it(
    consumer_of, sources_bus, database, runtime, calling
):
    hopeless = b'{"source": "lamed", "live": "perhaps"}'
    await sources_bus.publish(
        [event("lamed", value=hopeless), event("lamed"), event("lamed", value=hopeless), event("lamed")]
    )
    async with running(consumer_of()):
        await passed(database, 4)
    dead_letters = [
        f"/internal/dead-letters/{id}" for (id,) in await rows(database, "SELECT id FROM dead_letter ORDER BY id")
    ]
    operator = calling("operator")

    again = await operator.post(f"{dead_letters[0]}/replay")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/dead-letter-stays")
    assert again.json()["reason"] == "SourceChecked does not parse: at, live"
    assert (await operator.delete(dead_letters[1])).status_code == 409, "it only waits, and may be right"

    assert (await operator.delete(dead_letters[0])).json() == {"replayed": 0}
    left = (await operator.get("/internal/dead-letters")).json()["items"]
    assert [each["state"] for each in left] == ["waiting", "dead", "waiting"], "the next hopeless one is found"
    assert (await operator.delete(dead_letters[2])).json() == {"replayed": 2}
    assert await received(database) == ["lamed", "lamed"]
    assert (
        (await operator.delete(dead_letters[0])).status_code
        == (await operator.post(f"{dead_letters[0]}/replay")).status_code
        == 404
    )
    await sources_bus.publish([event("lamed")])
    async with running(consumer_of()):
        assert len(await settled(database, 3)) == 3


async def test_a_dead_letter_of_a_type_without_a_handler_is_not_called_applied(consumer_of, sources_bus, database):
    await sources_bus.publish([event("poison-1")])
    async with running(consumer_of()):
        await passed(database, 1)
    ((dead_letter,),) = await rows(database, "SELECT id FROM dead_letter")

    with pytest.raises(DeadLetterStays, match="dead-letter-stays"):
        await consumer_of({UnitChanged: on_unit_changed}).replay(dead_letter)

    assert await rows(database, "SELECT state, reason FROM dead_letter") == [
        ("dead", f"no handler for {SourceChecked.type}")
    ]


async def test_an_event_that_does_not_parse_is_set_aside_by_the_name_of_its_field(consumer_of, sources_bus, database):
    await sources_bus.publish([event("broken", value=b'{"source": "broken", "live": "perhaps"}'), event("fine")])

    async with running(consumer_of()):
        assert await settled(database, 1) == ["fine"]

    ((reason,),) = await rows(database, "SELECT reason FROM dead_letter")
    assert reason == "SourceChecked does not parse: at, live"


async def test_something_that_passes_is_tried_again_and_never_skipped(consumer_of, sources_bus, database):
    await sources_bus.publish([event("later")])
    tries = []

    async def not_yet(session, event):
        tries.append(event)
        if len(tries) < 3:
            raise Transient("the other side sleeps")
        await session.execute(text("INSERT INTO received (key, value) VALUES (:key, 'x')"), {"key": event.source})

    async with running(consumer_of({SourceChecked: not_yet})):
        assert await settled(database, 1) == ["later"]
    assert len(tries) == 3


@pytest.mark.parametrize("state", ["53100", "53300", "57P03", "58030", "25006", "55P03"])
async def test_an_error_that_is_not_about_the_event_makes_no_dead_letter(consumer_of, sources_bus, database, state):
    """A full disk, no connections left, a starting server, a failing disk, a standby, a lock."""
    await sources_bus.publish([event("kept")])
    tries = []

    async def fail_at_first(session, event):
        tries.append(event)
        if len(tries) == 1:
            await session.execute(text(f"DO $$ BEGIN RAISE 'not now' USING ERRCODE = '{state}'; END $$"))
        await session.execute(text("INSERT INTO received (key, value) VALUES (:key, 'x')"), {"key": event.source})

    async with running(consumer_of({SourceChecked: fail_at_first})):
        assert await settled(database, 1) == ["kept"]
    assert await rows(database, "SELECT count(*) FROM dead_letter") == [(0,)]


async def test_more_dead_letters_than_the_limit_stop_the_consumer(consumer_of, sources_bus, database):
    await sources_bus.publish([event(f"poison-{number}") for number in range(5)])
    consumer = consumer_of(dead_letter_limit=3)

    async def positions(places):
        return {}

    async with sources_bus.subscribe("limit", [topics.SOURCES], positions) as subscription:
        records = await subscription.poll()
        with pytest.raises(TooManyDeadLetters):
            await consumer.apply(records, subscription)

    assert await rows(database, "SELECT count(*)::int FROM dead_letter") == [(3,)]


async def test_two_members_share_the_work_and_each_event_has_one_effect(consumer_of, sources_bus, database):
    async with running(consumer_of()):
        await sources_bus.publish([event(f"a-{number}") for number in range(60)])
        async with running(consumer_of()):
            for start in range(0, 120, 20):
                await sources_bus.publish([event(f"b-{number}") for number in range(start, start + 20)])
                await asyncio.sleep(0.15)
            found = await settled(database, 180, within=15)

    assert len(found) == len(set(found)) == 180


async def test_a_lost_database_connection_delays_and_loses_nothing(consumer_of, sources_bus, database):
    async with running(consumer_of()):
        await sources_bus.publish([event("first")])
        await settled(database, 1)
        await rows(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await asyncio.sleep(0.2)  # the connections that the test itself asks with read their end
        await sources_bus.publish([event("second")])
        assert sorted(await settled(database, 2)) == ["first", "second"]


async def test_a_connection_that_is_reading_its_own_end_counts_as_lost(database):
    dialect = database.engine.dialect
    refused = dialect.dbapi.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    given = SimpleNamespace(original_exception=refused, dialect=dialect, is_disconnect=False)

    _treat_driver_error_as_disconnect(given)

    assert given.is_disconnect


async def test_an_event_without_handler_changes_only_the_position(consumer_of, sources_bus, database):
    other = event("other")
    await sources_bus.publish(
        [other._replace(headers={**other.headers, "ce_type": "source.praised"}), event("received")]
    )

    async with running(consumer_of()):
        await passed(database, 2)

    assert await received(database) == ["received"]
    assert await rows(database, "SELECT count(*) FROM inbox") == [(1,)]


async def test_a_reaction_that_takes_many_gets_runs_in_order_and_a_poison_one_alone(consumer_of, sources_bus, database):
    runs = []

    @batch_handler
    async def many(session, events):
        runs.append([event.source for event in events])
        if any(event.source == "poison" for event in events):
            raise RuntimeError
        for event in events:
            await session.execute(text("INSERT INTO received (key, value) VALUES (:key, 'x')"), {"key": event.source})

    await sources_bus.publish([event("a"), event("a"), event("poison"), event("poison"), event("b")])
    async with running(consumer_of({SourceChecked: many})):
        assert sorted(await settled(database, 3)) == ["a", "a", "b"]
        await passed(database, 5)

    assert sorted(runs[0]) == ["a", "a", "b", "poison", "poison"]
    assert await rows(database, "SELECT state FROM dead_letter ORDER BY id") == [("dead",), ("waiting",)]
