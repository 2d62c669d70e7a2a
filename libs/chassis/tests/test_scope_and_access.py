"""What a caller may see, and the rows that record who saw it."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from chassis.errors import Forbidden, InvalidQuery, NotFound, PurposeRequired
from chassis.messaging.counts import counts_of_today
from chassis.security.access_log import (
    fetch_and_record_access,
    find_broken_seal,
    purpose_of,
    record_access,
    seal_new_entries,
)
from chassis.security.identity import Caller
from chassis.security.scope import covers, find_unit, require_unit, store_units, unit_of_query, units_under
from chassis.storage.tables import KnownUnit
from chassis.testing import unit_event
from contracts.access import AccessRecorded, AccessSealed
from contracts.counts import Count
from contracts.registry import Lineage

REFORM, DAY_BEFORE = date(2025, 7, 1), date(2025, 6, 30)
OFFICER = Caller(role="officer", subject="o", unit_code="15724")
RESIDENT = Caller(role="resident", subject="r", resident_id=uuid4())


@pytest.fixture
async def village(deliver):
    """A village that belonged to 15727 in the district 397 until 2025, and to the new 15724 since."""
    old, new = unit_event("15724", parents=("38", "397")), unit_event("15724")
    closed = unit_event("15727", parents=("38", "397"))
    village = unit_event("15727-01")
    places = [
        Lineage(path="38/397/15727/15727-01", parent_id=closed.unit_id, valid_from=None, valid_to=DAY_BEFORE),
        Lineage(path="38/15724/15727-01", parent_id=new.unit_id, valid_from=REFORM, valid_to=None),
    ]

    def until_the_reform(event):
        return event.model_copy(
            update={"valid_to": DAY_BEFORE, "lineage": [event.lineage[0].model_copy(update={"valid_to": DAY_BEFORE})]}
        )

    def since_the_reform(event):
        return event.model_copy(
            update={"valid_from": REFORM, "lineage": [event.lineage[0].model_copy(update={"valid_from": REFORM})]}
        )

    village = village.model_copy(update={"lineage": places})
    district = until_the_reform(unit_event("397", level="district"))
    await deliver(unit_event("38", parents=()), district, until_the_reform(old), until_the_reform(closed))
    await deliver(since_the_reform(new), village, unit_event("15061"))
    return village


async def codes(session, subquery):
    found = await session.exec(select(KnownUnit.code).where(KnownUnit.id.in_(subquery)))
    return sorted(found)


async def test_todays_tree_decides_what_is_below_and_an_earlier_day_shows_its_own(session, village):
    assert await codes(session, units_under("15724")) == ["15724", "15727-01"]
    assert await codes(session, units_under("15724", date(2024, 6, 30))) == ["15724"]
    assert await codes(session, units_under("397", date(2024, 6, 30))) == ["15724", "15727", "15727-01", "397"]
    assert await codes(session, units_under("397")) == []


async def test_villages_stay_below_a_commune_whose_successor_bears_its_code(session, village):
    """The newer place is sorted before the older one or behind it, by the ids of the parents."""
    first, last = unit_event("15085"), unit_event("15085")
    for number, parents in enumerate(((first, last), (last, first))):
        until, since = (
            Lineage(path=f"38/15085/15085-0{number}", parent_id=parent.unit_id, valid_from=start, valid_to=end)
            for parent, start, end in zip(parents, (None, REFORM), (DAY_BEFORE, None), strict=True)
        )
        moved = unit_event(f"15085-0{number}").model_copy(update={"lineage": [until, since]})
        await store_units(session, [last, moved])

    assert await codes(session, units_under("15085")) == ["15085", "15085-00", "15085-01"]
    assert await codes(session, units_under("15085", date(2024, 6, 30))) == ["15085", "15085-00", "15085-01"]


async def test_what_an_ended_unit_counts_is_its_successors(session, village):
    ended = unit_event("15727-02").model_copy(update={"valid_to": DAY_BEFORE})
    place = Lineage(path="38/15724/15727/15727-02", parent_id=None, valid_from=REFORM, valid_to=None)
    await store_units(session, [ended.model_copy(update={"lineage": [place]})])
    counts = [("15727-02", 2), ("15724", 3), ("15727-01", 5), ("unknown", 1)]

    found = await counts_of_today(session, [Count(unit_code=c, indicator="dossiers", count=n) for c, n in counts])

    assert {each.unit_code: each.count for each in found} == {"15724": 5, "15727-01": 5, "unknown": 1}


async def test_a_bare_code_means_the_unit_that_bears_it_on_that_day(session, village):
    today, then = await find_unit(session, "15724"), await find_unit(session, "15724", date(2024, 6, 30))

    assert today.id != then.id
    assert await find_unit(session, "15727") is None


async def test_what_is_elsewhere_does_not_exist_and_what_is_known_to_exist_is_forbidden(session, village):
    elsewhere = Caller(role="officer", subject="o", unit_code="15061")

    assert await covers(session, OFFICER, village.unit_id)
    with pytest.raises(NotFound):
        await require_unit(session, elsewhere, village.unit_id)
    with pytest.raises(Forbidden):
        await unit_of_query(session, elsewhere, "15727-01")
    with pytest.raises(InvalidQuery):
        await unit_of_query(session, elsewhere, "99999")


def test_another_persons_data_need_a_purpose_and_ones_own_none():
    assert purpose_of(RESIDENT, RESIDENT.resident_id, None) is None
    assert purpose_of(OFFICER, RESIDENT.resident_id, "dossier") == "dossier"
    with pytest.raises(PurposeRequired):
        purpose_of(OFFICER, RESIDENT.resident_id, None)
    with pytest.raises(InvalidQuery):
        purpose_of(OFFICER, RESIDENT.resident_id, "curiosity")


async def read_by(database, count=1):
    async with database.transaction() as session:
        for _ in range(count):
            record_access(
                session, "toy-notes", OFFICER, RESIDENT.resident_id, action="read", purpose="dossier", fields=["phone"]
            )


async def seal_all(database):
    async with database.transaction() as session:
        return await seal_new_entries(session, "toy-notes")


async def broken(database):
    async with database.reading() as session:
        return await find_broken_seal(session)


async def test_a_read_leaves_a_row_and_an_event_for_the_registry(database, published):
    await read_by(database)

    (recorded,) = await published(AccessRecorded)
    assert (recorded.actor, recorded.purpose, recorded.fields) == ("o", "dossier", ["phone"])


async def test_one_statement_reads_and_records_and_a_read_without_rows_is_no_read(database, published):
    reader = {"purpose": "dossier", "fields": ["full_name"]}

    shown = await fetch_and_record_access(
        database, "registry", OFFICER, uuid4(), "SELECT $1::int AS number", 7, **reader
    )
    hidden = await fetch_and_record_access(database, "registry", OFFICER, uuid4(), "SELECT 1 WHERE $1", False, **reader)

    [recorded] = await published(AccessRecorded)
    [kept] = await database.fetch("SELECT * FROM access_entry")
    assert (shown[0]["number"], hidden) == (7, [])
    assert (kept["resident_id"], kept["at"], kept["purpose"]) == (recorded.resident_id, recorded.at, "dossier")
    assert (recorded.actor, recorded.role, recorded.fields) == ("o", "officer", ["full_name"])


async def test_sealed_rows_hold_and_a_second_look_seals_nothing_new(database, published):
    await read_by(database, 3)
    assert await seal_all(database) == 3
    await read_by(database, 2)
    assert await seal_all(database) == 2
    assert await seal_all(database) == 0

    assert await broken(database) is None
    assert [event.rows for event in await published(AccessSealed)] == [3, 2]


@pytest.mark.parametrize(
    ("deed", "link"),
    [
        ("UPDATE access_entry SET actor = 'another account' WHERE id = 1", 1),
        ("DELETE FROM access_entry WHERE id = 3", 2),
        ("UPDATE access_entry SET seal_id = NULL WHERE id = 3", 2),
        ("DELETE FROM access_seal WHERE id = 2", 2),
        ("UPDATE access_seal SET rows = 1 WHERE id = 1", 1),
    ],
)
async def test_a_rewritten_log_is_detected(database, deed, link):
    await read_by(database, 2)
    await seal_all(database)
    await read_by(database, 2)
    await seal_all(database)
    async with database.transaction() as session:
        await session.execute(text(deed))

    assert await broken(database) == link
