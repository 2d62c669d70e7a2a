import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database
from contracts.gateway import PartnerEventReceived
from gateway.model import Partner
from gateway.webhooks.batch_writer import PendingDelivery, PersistFailed, QueueFull, WebhookBatchWriter, WriteOutcome


@pytest.fixture
async def batch_writer(database: Database) -> AsyncIterator[WebhookBatchWriter]:
    async with database.transaction() as session:
        session.add(Partner(id="bank", name="Bank", kind="bank", allowed_types=[]))
    batch_writer = WebhookBatchWriter(database, capacity=50)
    task = asyncio.create_task(batch_writer.run())
    yield batch_writer
    task.cancel()


def pending(number: int = 1, **changes: Any) -> PendingDelivery:
    fields: dict[str, Any] = {
        "partner_id": "bank", "webhook_id": f"m{number}", "event": "ekyc.passed", "occurred_at": now(),
        "received_at": now(), "body_hash": b"h", "subject_key": "s", "encrypted": b"x", "traceparent": "t",
    }  # fmt: skip
    return PendingDelivery(**(fields | changes))


async def test_one_bad_delivery_does_not_refuse_its_neighbours(
    batch_writer: WebhookBatchWriter, published: Any
) -> None:
    deliveries = [pending(1), pending(2, subject_key="\x00"), pending(3), pending(4, partner_id="unknown"), pending(5)]

    outcomes = await asyncio.gather(*(batch_writer.write(one) for one in deliveries), return_exceptions=True)

    assert [outcomes[0], outcomes[2], outcomes[4]] == [WriteOutcome.ACCEPTED] * 3
    assert isinstance(outcomes[1], PersistFailed)
    assert isinstance(outcomes[3], PersistFailed)
    assert sorted(event.webhook_id for event in await published(PartnerEventReceived)) == ["m1", "m3", "m5"]


async def test_repetitions_within_one_batch_are_distinguished(batch_writer: WebhookBatchWriter, published: Any) -> None:
    deliveries = [pending(), pending(), pending(body_hash=b"other")]

    outcomes = await asyncio.gather(*(batch_writer.write(one) for one in deliveries))

    assert outcomes == [WriteOutcome.ACCEPTED, WriteOutcome.DUPLICATE, WriteOutcome.CONFLICT]
    assert len(await published(PartnerEventReceived)) == 1


async def test_two_gateways_that_write_the_same_deliveries_accept_each_once(
    batch_writer: WebhookBatchWriter, database: Database, published: Any
) -> None:
    other = WebhookBatchWriter(database)
    task = asyncio.create_task(other.run())
    posts = [writer.write(pending(number)) for number in range(20) for writer in (batch_writer, other)]

    outcomes = await asyncio.gather(*posts)

    task.cancel()
    assert (outcomes.count(WriteOutcome.ACCEPTED), outcomes.count(WriteOutcome.DUPLICATE)) == (20, 20)
    assert len(await published(PartnerEventReceived)) == 20


async def test_what_needs_no_action_is_stored_and_not_published(
    batch_writer: WebhookBatchWriter, database: Database, published: Any
) -> None:
    assert await batch_writer.write(pending(event=None)) is WriteOutcome.ACCEPTED

    assert await published(PartnerEventReceived) == []
    async with database.reading() as session:
        assert (await session.execute(text("SELECT status FROM delivery"))).scalar_one() == "ignored"


async def test_a_full_queue_accepts_nothing_more(database: Database) -> None:
    batch_writer = WebhookBatchWriter(database, capacity=1)
    waiting = asyncio.ensure_future(batch_writer.write(pending(1)))
    await asyncio.sleep(0)

    with pytest.raises(QueueFull):
        await batch_writer.write(pending(2))
    waiting.cancel()


async def test_a_sender_who_left_does_not_stop_the_others(batch_writer: WebhookBatchWriter) -> None:
    gone = asyncio.ensure_future(batch_writer.write(pending(1)))
    stays = asyncio.ensure_future(batch_writer.write(pending(2)))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays is WriteOutcome.ACCEPTED
    assert await batch_writer.write(pending(1)) is WriteOutcome.DUPLICATE


async def test_while_the_database_is_away_nothing_is_promised(
    batch_writer: WebhookBatchWriter, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE delivery RENAME TO away"))

    with pytest.raises(PersistFailed):
        await batch_writer.write(pending(1))

    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE away RENAME TO delivery"))
    assert await batch_writer.write(pending(1)) is WriteOutcome.ACCEPTED


async def test_a_delivery_is_refused_while_the_database_does_not_respond_and_the_next_one_is_stored(
    batch_writer: WebhookBatchWriter, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.webhooks.batch_writer.SECONDS_TO_COMMIT", 0.3)
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
        posts = [asyncio.ensure_future(batch_writer.write(pending(number))) for number in range(30)]
        refused = await asyncio.wait_for(asyncio.gather(*posts, return_exceptions=True), 5)
        assert all(isinstance(one, PersistFailed) for one in refused)
    assert await batch_writer.write(pending(100)) is WriteOutcome.ACCEPTED
