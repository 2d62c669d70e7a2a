"""Five volunteers send 10,000 offline items twice, in overlapping batches, at the same time: each is counted once."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from chassis.storage.database import Database
from onboarding.model.people import KnownResident
from services.onboarding.tests.world import Village, declared

PEOPLE, ITEMS, AT_ONCE, VOLUNTEERS = 2500, 10_000, 500, 5

Deliver = Callable[..., Any]
Calling = Callable[..., Any]


@pytest.mark.timeout(600)
async def test_ten_thousand_items_sent_twice_by_five_are_each_counted_once(
    world: None, database: Database, calling: Calling, village_1: Village
) -> None:
    people = [village_1.resident() for _ in range(PEOPLE)]
    await _make_known(database, people)
    items = [
        {"client_id": f"{number}", "resident_id": str(person.resident_id), "step": step, **declared()}
        for number, (person, step) in enumerate((person, step) for step in _IN_ORDER for person in people)
    ]
    assert len(items) == ITEMS

    results: Counter[str] = Counter()
    for wave in _waves(items):
        answers = await asyncio.gather(*(_send(calling, name, batch) for name, batch in wave))
        results.update(item["result"] for answer in answers for item in answer)

    assert results == {"applied": ITEMS, "unchanged": ITEMS}
    async with database.reading() as session:
        counted = (
            await session.execute(text("SELECT count(*), count(DISTINCT (subject_id, step)) FROM step_evidence"))
        ).one()
        published = (
            await session.execute(text("SELECT count(*) FROM outbox WHERE type LIKE '%step.completed%'"))
        ).scalar_one()
        done = (
            await session.execute(text("SELECT count(*) FROM resident_step WHERE status = 'completed'"))
        ).scalar_one()
    assert (tuple(counted), published, done) == ((ITEMS, ITEMS), ITEMS, ITEMS)


_IN_ORDER = ("vneid", "portal_account", "province_app", "payment_account")


def _waves(items: list[dict[str, Any]]) -> list[list[tuple[str, list[dict[str, Any]]]]]:
    """Every batch twice, by two of the five volunteers; batches of one step overlap in time, steps follow one another."""
    chance = random.Random(5)
    waves = []
    for start in range(0, ITEMS, PEOPLE):
        part = items[start : start + PEOPLE]
        shifted = part[AT_ONCE // 2 :] + part[: AT_ONCE // 2]
        batches = [every[at : at + AT_ONCE] for every in (part, shifted) for at in range(0, PEOPLE, AT_ONCE)]
        chance.shuffle(batches)
        named = [(f"volunteer-{number % VOLUNTEERS}", batch) for number, batch in enumerate(batches)]
        waves += [named[at : at + VOLUNTEERS] for at in range(0, len(named), VOLUNTEERS)]
    return waves


async def _send(calling: Calling, name: str, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
    client = calling("volunteer", unit_code="15727-01", subject=name)
    answer = await client.post("/v1/onboarding/batches", json={"items": batch}, timeout=60)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def _make_known(database: Database, people: list[Any]) -> None:
    async with database.transaction() as session:
        for person in people:
            resident = KnownResident(id=person.resident_id, unit_id=person.unit_id, unit_code=person.unit_code)
            resident.apply(person)
            session.add(resident)
