"""From the outbox to the bus."""

import asyncio
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.messaging.relay import Relay
from chassis.storage.database import asyncpg_url
from chassis.storage.outbox import publish
from chassis.tasks import cancel_until_ended
from contracts import topics
from contracts.registry import SourceChecked

ALL = [topics.SOURCES]


def checked(source, number=0):
    return SourceChecked(source=source, live=bool(number % 2), at=now())


@pytest.fixture
async def sources_bus(bus):
    await bus.ensure_topics(topics.TOPICS)
    return bus


@asynccontextmanager
async def running(relay):
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def arrived(bus, count, within=10.0):
    async def positions(places):
        return {}

    found = []
    deadline = asyncio.get_running_loop().time() + within
    async with bus.subscribe("test", ALL, positions) as subscription:
        while len(found) < count and asyncio.get_running_loop().time() < deadline:
            found += await subscription.poll(wait=0.2)
        return found + await subscription.poll(wait=0.3)


async def outbox_rows(database):
    async with database.reading() as session:
        return (await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one()


async def test_what_a_transaction_announced_is_on_the_bus_once_as_a_cloud_event(database, sources_bus):
    async with running(Relay(database.url, sources_bus, service="toy-notes")):
        async with database.transaction() as session:
            publish(session, checked("population"))
        (record,) = await arrived(sources_bus, 1)

    assert (record.topic, record.key) == (topics.SOURCES, "population")
    assert record.headers["ce_type"] == SourceChecked.type
    assert record.headers["ce_source"] == "/toy-notes"
    assert record.headers["ce_specversion"] == "1.0"
    assert await outbox_rows(database) == 0


async def test_what_was_rolled_back_is_never_published(database, sources_bus):
    with suppress(ZeroDivisionError):
        async with database.transaction() as session:
            publish(session, checked("population"))
            raise ZeroDivisionError

    assert await outbox_rows(database) == 0


async def test_the_lower_id_that_commits_last_is_still_delivered(database, sources_bus):
    async with running(Relay(database.url, sources_bus, service="toy-notes")):
        slow = await asyncpg.connect(asyncpg_url(database.url))
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(
            "INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)"
            " VALUES (gen_random_uuid(), $1, 'slow', 'x', '{}', '{}', now())",
            topics.SOURCES,
        )
        async with database.transaction() as session:
            publish(session, checked("fast"))
        first = await arrived(sources_bus, 1)
        await transaction.commit()
        both = await arrived(sources_bus, 2)
        await slow.close()

    assert [record.key for record in first] == ["fast"]
    assert {record.key for record in both} == {"slow", "fast"}


async def test_changes_of_one_row_are_published_in_the_order_in_which_they_happened(database, sources_bus):
    """A transaction takes the row's lock first and the outbox id after it: one that wrote before does not overtake."""
    async with database.transaction() as session:
        await session.execute(text("INSERT INTO note VALUES (gen_random_uuid(), gen_random_uuid(), '0', 0)"))

    async def change(wait_first):
        async with database.transaction() as session:
            await session.execute(text("INSERT INTO received (key, value) VALUES ('something', 'else')"))
            await asyncio.sleep(wait_first)
            await session.execute(text("UPDATE note SET version = version + 1"))
            version = (await session.execute(text("SELECT version FROM note"))).scalar_one()
            publish(session, SourceChecked(source="note", live=True, at=now().replace(microsecond=version)))

    async with running(Relay(database.url, sources_bus, service="toy-notes")):
        await asyncio.gather(*(change(0.02 * (number % 4)) for number in range(8)))
        records = await arrived(sources_bus, 8)

    versions = [SourceChecked.model_validate_json(record.value).at.microsecond for record in records]
    assert versions == list(range(1, 9))


async def test_of_two_relays_one_publishes_and_the_other_takes_over(database, sources_bus):
    first, second = (Relay(database.url, sources_bus, service="toy-notes") for _ in range(2))
    async with running(second):
        async with running(first):
            await until(lambda: first.is_leader or second.is_leader)
            assert first.is_leader != second.is_leader
            for number in range(20):
                async with database.transaction() as session:
                    publish(session, checked("population", number))
            assert len(await arrived(sources_bus, 20)) == 20
        await until(lambda: second.is_leader)
        async with database.transaction() as session:
            publish(session, checked("population"))
        assert len(await arrived(sources_bus, 21)) == 21


async def test_a_crash_between_publishing_and_deleting_publishes_again(database, sources_bus):
    async with database.transaction() as session:
        publish(session, checked("population"))
    relay = Relay(database.url, sources_bus, service="toy-notes")
    connection = await asyncpg.connect(asyncpg_url(database.url))

    class DiesBeforeDeleting:
        async def fetch(self, *query):
            return await connection.fetch(*query)

        async def execute(self, *query):
            raise ConnectionError("killed")

    with pytest.raises(ConnectionError):
        await relay.publish_next(DiesBeforeDeleting())
    await relay.publish_next(connection)
    await connection.close()

    first, again = await arrived(sources_bus, 2)
    assert first.headers["ce_id"] == again.headers["ce_id"]
    assert await outbox_rows(database) == 0


async def test_an_open_transaction_in_one_database_does_not_stop_the_others(database, sources_bus, postgres_url):
    idle = await asyncpg.connect(postgres_url + "/postgres")
    open_transaction = idle.transaction()
    await open_transaction.start()
    await idle.execute("CREATE TEMP TABLE busy (id int)")
    async with running(Relay(database.url, sources_bus, service="toy-notes")):
        async with database.transaction() as session:
            publish(session, checked("population"))
        assert len(await arrived(sources_bus, 1)) == 1
    await open_transaction.rollback()
    await idle.close()


async def test_without_a_bus_accepted_work_waits_in_the_outbox(database, sources_bus):
    async with running(Relay(database.url, sources_bus, service="toy-notes")):
        await sources_bus.stop()
        async with database.transaction() as session:
            publish(session, checked("population"))
        await asyncio.sleep(0.3)
        assert await outbox_rows(database) == 1
        await sources_bus.start()
        await until_async(lambda: outbox_rows(database), 0)


async def until(condition, within=5.0):
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def until_async(ask, wanted, within=5.0):
    deadline = asyncio.get_running_loop().time() + within
    while await ask() != wanted:
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


class AnswersCancellationWithAnError(Relay):
    """As a driver may do whose connection breaks while it is cancelled."""

    async def _lead(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError from None


async def test_a_relay_ends_when_it_is_cancelled_even_where_the_driver_raises_an_error_instead() -> None:
    relay = asyncio.create_task(AnswersCancellationWithAnError("postgresql://", None, service="toy", seconds=1.0).run())
    await asyncio.sleep(0)

    done, _ = await asyncio.wait([asyncio.ensure_future(cancel_until_ended([relay], seconds=0.1))], timeout=10)

    assert len(done) == 1
    assert relay.cancelled()
