"""A repeated Idempotency-Key is authorised like a first request, and personal data are not stored for it."""

import pytest
from sqlalchemy import text

from chassis.testing import unit_event
from contracts.access import AccessRecorded

KEY = {"Idempotency-Key": "k-1"}
BODY = {"unit_code": "15727-01", "text": "a secret text"}


@pytest.fixture(autouse=True)
async def units(deliver):
    await deliver(
        unit_event("38", parents=()), unit_event("15724"), unit_event("15061"),
        unit_event("15727-01", parents=("38", "15724")),
    )  # fmt: skip


async def stored(database):
    async with database.reading() as session:
        return (await session.execute(text("SELECT status, headers, body FROM idempotency_key"))).all()


async def test_an_answer_with_personal_data_is_read_again_and_not_stored(calling, database, published):
    officer = calling("officer", unit_code="15724")

    first = await officer.post("/v1/letters", json=BODY, headers=KEY)
    again = await officer.post("/v1/letters", json=BODY, headers=KEY | {"X-Purpose": "dossier"})

    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["location"] == first.headers["location"]
    [(status, _, body)] = await stored(database)
    assert (status, body) == (201, b"")
    assert [event.purpose for event in await published(AccessRecorded)] == ["dossier"]


async def test_an_officer_who_moved_gets_nothing_for_the_old_key(calling, database):
    await calling("officer", unit_code="15724", subject="o").post("/v1/letters", json=BODY, headers=KEY)

    moved = await calling("officer", unit_code="15061", subject="o").post("/v1/letters", json=BODY, headers=KEY)

    assert moved.status_code == 403
    assert "secret" not in moved.text


async def test_a_reading_by_post_runs_again_with_its_purpose_and_access_row(calling, published):
    officer = calling("officer", unit_code="15724")
    await officer.post("/v1/letters", json=BODY)

    first = await officer.post("/v1/searches", json=BODY, headers=KEY | {"X-Purpose": "support"})
    again = await officer.post("/v1/searches", json=BODY, headers=KEY | {"X-Purpose": "support"})
    without = await officer.post("/v1/searches", json=BODY, headers=KEY)
    other = await officer.post("/v1/searches", json=BODY | {"text": "x"}, headers=KEY | {"X-Purpose": "support"})

    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert (without.status_code, other.status_code) == (428, 422)
    assert len(await published(AccessRecorded)) == 2


async def test_a_stored_answer_is_given_only_to_who_may_still_ask(calling, published, database):
    officer = calling("officer", unit_code="15724", subject="o")
    first = await officer.post("/v1/scoped-notes", json=BODY, headers=KEY)

    again = await officer.post("/v1/scoped-notes", json=BODY, headers=KEY)
    moved = await calling("officer", unit_code="15061", subject="o").post("/v1/scoped-notes", json=BODY, headers=KEY)

    assert (first.status_code, again.json(), moved.status_code) == (201, first.json(), 403)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar_one() == 1
