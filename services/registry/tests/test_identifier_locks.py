import asyncio
from typing import Any

import pytest

from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.messaging.consumer import Transient
from chassis.storage.database import Database
from registry.commands.identifier_locks import (
    IdentifierOwner,
    LockConflict,
    Subject,
    lock_subjects,
    lock_subjects_once,
    subject,
)


async def test_the_second_transaction_waits_and_then_sees_the_work_of_the_first(database: Database) -> None:
    who = subject("personal_id", "038085000001")
    order: list[str] = []

    async def first() -> None:
        async with database.transaction() as session:
            await lock_subjects(session, [who])
            order.append("first has it")
            await asyncio.sleep(0.2)
            order.append("first is done")

    async def second() -> None:
        await asyncio.sleep(0.05)
        async with database.transaction() as session:
            await lock_subjects(session, [who])
            order.append("second has it")

    await asyncio.gather(first(), second())

    assert order == ["first has it", "first is done", "second has it"]


async def test_many_who_lock_the_same_numbers_in_any_order_all_come_through(database: Database) -> None:
    subjects = [subject("personal_id", f"0380850{number:05d}") for number in range(12)]

    async def lock(shift: int) -> int:
        async with database.transaction() as session:
            return len(await lock_subjects_once(session, subjects[shift:] + subjects[:shift]))

    assert await asyncio.gather(*(lock(shift) for shift in range(12))) == [12] * 12


async def test_who_was_met_under_an_older_key_meanwhile_keeps_all_their_indexes(database: Database) -> None:
    newest, older = b"n" * 32, b"o" * 32
    known, taken_for_new = new_id(), new_id()
    before_the_new_key = Subject("personal_id", (older,))
    who = Subject("personal_id", (newest, older))
    seen: dict[bytes, IdentifierOwner] = {}

    async def first() -> None:
        async with database.transaction() as session:
            await lock_subjects(session, [before_the_new_key], {before_the_new_key: known})
            await asyncio.sleep(0.3)

    async def second() -> None:
        await asyncio.sleep(0.1)
        async with database.transaction() as session:
            seen.update(await lock_subjects(session, [who], {who: taken_for_new}))

    await asyncio.gather(first(), second())

    assert seen == {newest: IdentifierOwner(None, None), older: IdentifierOwner(known, None)}
    async with database.transaction() as session:
        assert await lock_subjects(session, [who], {who: taken_for_new}) == seen


def test_a_lock_conflict_answers_503_to_requests_and_is_retried_for_events() -> None:
    busy: Any = LockConflict()

    assert isinstance(busy, Unavailable)
    assert isinstance(busy, Transient)
    with pytest.raises(Transient):
        raise busy
