import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database
from contracts.gateway import PartnerEventReceived
from gateway.mailbox import Fate, Full, Letter, Mailbox, NotKept
from gateway.model import Partner


@pytest.fixture
async def mailbox(database: Database) -> AsyncIterator[Mailbox]:
    async with database.transaction() as session:
        session.add(Partner(id="bank", name="Bank", kind="bank", allowed_types=[]))
    mailbox = Mailbox(database, capacity=50)
    task = asyncio.create_task(mailbox.run())
    yield mailbox
    task.cancel()


def letter(number: int = 1, **changes: Any) -> Letter:
    fields: dict[str, Any] = {
        "partner_id": "bank", "webhook_id": f"m{number}", "event": "ekyc.passed", "occurred_at": now(),
        "received_at": now(), "body_hash": b"h", "subject_key": "s", "sealed": b"x", "traceparent": "t",
    }  # fmt: skip
    return Letter(**(fields | changes))


async def test_one_bad_letter_does_not_refuse_its_neighbours(mailbox: Mailbox, published: Any) -> None:
    letters = [letter(1), letter(2, subject_key="\x00"), letter(3), letter(4, partner_id="nobody"), letter(5)]

    fates = await asyncio.gather(*(mailbox.post(one) for one in letters), return_exceptions=True)

    assert [fates[0], fates[2], fates[4]] == [Fate.ACCEPTED] * 3
    assert isinstance(fates[1], NotKept)
    assert isinstance(fates[3], NotKept)
    assert sorted(fact.webhook_id for fact in await published(PartnerEventReceived)) == ["m1", "m3", "m5"]


async def test_repetitions_within_one_batch_are_told_apart(mailbox: Mailbox, published: Any) -> None:
    letters = [letter(), letter(), letter(body_hash=b"other")]

    fates = await asyncio.gather(*(mailbox.post(one) for one in letters))

    assert fates == [Fate.ACCEPTED, Fate.DUPLICATE, Fate.CONFLICT]
    assert len(await published(PartnerEventReceived)) == 1


async def test_two_gateways_that_write_the_same_letters_accept_each_once(
    mailbox: Mailbox, database: Database, published: Any
) -> None:
    other = Mailbox(database)
    task = asyncio.create_task(other.run())
    posts = [box.post(letter(number)) for number in range(20) for box in (mailbox, other)]

    fates = await asyncio.gather(*posts)

    task.cancel()
    assert (fates.count(Fate.ACCEPTED), fates.count(Fate.DUPLICATE)) == (20, 20)
    assert len(await published(PartnerEventReceived)) == 20


async def test_what_needs_no_action_is_kept_and_not_announced(
    mailbox: Mailbox, database: Database, published: Any
) -> None:
    assert await mailbox.post(letter(event=None)) is Fate.ACCEPTED

    assert await published(PartnerEventReceived) == []
    async with database.reading() as session:
        assert (await session.execute(text("SELECT status FROM delivery"))).scalar_one() == "ignored"


async def test_a_full_mailbox_takes_nothing_more(database: Database) -> None:
    mailbox = Mailbox(database, capacity=1)
    waiting = asyncio.ensure_future(mailbox.post(letter(1)))
    await asyncio.sleep(0)

    with pytest.raises(Full):
        await mailbox.post(letter(2))
    waiting.cancel()


async def test_a_sender_who_left_does_not_stop_the_others(mailbox: Mailbox) -> None:
    gone = asyncio.ensure_future(mailbox.post(letter(1)))
    stays = asyncio.ensure_future(mailbox.post(letter(2)))
    await asyncio.sleep(0)
    gone.cancel()

    assert await stays is Fate.ACCEPTED
    assert await mailbox.post(letter(1)) is Fate.DUPLICATE


async def test_while_the_database_is_away_nothing_is_promised(mailbox: Mailbox, database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE delivery RENAME TO away"))

    with pytest.raises(NotKept):
        await mailbox.post(letter(1))

    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE away RENAME TO delivery"))
    assert await mailbox.post(letter(1)) is Fate.ACCEPTED


async def test_a_database_that_says_nothing_refuses_the_letter_and_the_next_one_is_kept(
    mailbox: Mailbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.mailbox.SECONDS_TO_COMMIT", 0.3)
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
        posts = [asyncio.ensure_future(mailbox.post(letter(number))) for number in range(30)]
        refused = await asyncio.wait_for(asyncio.gather(*posts, return_exceptions=True), 5)
        assert all(isinstance(one, NotKept) for one in refused)
    assert await mailbox.post(letter(100)) is Fate.ACCEPTED
