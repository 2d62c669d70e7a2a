"""Signing in of residents: an account is linked to the person whose number it states, and to no one else."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import today
from chassis.security.sign_in import Claims
from chassis.storage.database import Database
from contracts.registry import IdentityLinkChanged
from registry.commands.identity_links import sign_in
from registry.commands.rotation import ROTATIONS

from .conftest import PURPOSE, a_resident

ISSUER = "https://id.example.vn"


def claims_of(number: int = 1, **changes: Any) -> Claims:
    stated = {
        "issuer": ISSUER, "subject": f"account-{number}", "personal_id": f"0380850{number:05d}",
        "full_name": "LÊ VĂN ĐỨC", "date_of_birth": "1985-09-05",
    } | changes  # fmt: skip
    return Claims(**stated)


@pytest.fixture
def enter(calling: Any) -> Any:
    """`await enter(claims)` signs in as the gateway asks for it."""

    async def ask(claims: Claims) -> dict[str, Any]:
        answer = await calling("service").post("/internal/sign-ins", json={"claims": claims.encrypted()})
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    return ask


async def test_an_account_is_linked_once_and_afterwards_the_account_alone_decides(
    enter: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())

    first = await enter(claims_of())
    again = await enter(claims_of(full_name="Lê Đức"))
    without_number = await enter(Claims(ISSUER, "account-1"))

    assert (first["resident_id"], first["refusal"]) == (view["id"], None)
    assert first == again == without_number
    [event] = await published(IdentityLinkChanged)
    assert (str(event.resident_id), event.active, event.issuer) == (view["id"], True, ISSUER)


async def test_a_person_without_record_is_unknown(enter: Any) -> None:
    assert (await enter(claims_of()))["refusal"] == "unknown"
    assert (await enter(Claims(ISSUER, "account-1")))["refusal"] == "unknown"


@pytest.mark.parametrize(
    ("change", "agrees"),
    [
        ({"full_name": "le van duc"}, True),
        ({"full_name": "Lê  Văn Đức"}, True),
        ({"full_name": "Lê Văn Dũng"}, False),
        ({"date_of_birth": "05/09/1985"}, True),
        ({"date_of_birth": "1985"}, True),
        ({"date_of_birth": "1985-09-06"}, False),
        ({"date_of_birth": "không rõ"}, False),
    ],
)
async def test_name_and_birth_date_have_to_agree_however_they_are_written(
    enter: Any, register: Any, change: dict[str, str], agrees: bool
) -> None:
    await register(a_resident())

    assert (await enter(claims_of(**change)))["refusal"] == (None if agrees else "mismatch")


async def test_a_birth_year_alone_agrees_with_every_day_of_that_year(enter: Any, register: Any) -> None:
    await register(a_resident(date_of_birth="1985-01-01", birth_precision="year"))

    assert (await enter(claims_of(date_of_birth="1984-09-05")))["refusal"] == "mismatch"
    assert (await enter(claims_of(date_of_birth="1985-09-05")))["refusal"] is None


async def test_a_merged_record_signs_in_as_its_survivor_and_after_the_undoing_as_itself(
    enter: Any, register: Any, calling: Any, published: Any
) -> None:
    kept, double = await register(a_resident(1)), await register(a_resident(2))
    await enter(claims_of(2))
    officer = calling("officer", unit_code="15724")
    await officer.post(f"/v1/residents/{kept['id']}/merge", json={"duplicate_id": double["id"]})

    assert (await enter(claims_of(2)))["resident_id"] == kept["id"]
    assert str((await published(IdentityLinkChanged))[-1].resident_id) == kept["id"]
    assert (await enter(claims_of(1)))["refusal"] == "conflict"

    await officer.delete(f"/v1/residents/{kept['id']}/merge")
    assert (await enter(claims_of(2)))["resident_id"] == double["id"]
    assert str((await published(IdentityLinkChanged))[-1].resident_id) == double["id"]


async def test_a_corrected_number_keeps_its_links(enter: Any, register: Any, calling: Any) -> None:
    view = await register(a_resident())
    await enter(claims_of())
    officer = calling("officer", unit_code="15724")
    await officer.patch(f"/v1/residents/{view['id']}", json={"personal_id": "038085000099"})

    assert (await enter(claims_of()))["resident_id"] == view["id"]
    assert (await enter(claims_of(personal_id="038085000099")))["resident_id"] == view["id"]
    # The provider corrects the number before the registry does.
    assert (await enter(claims_of(personal_id="038085000077")))["resident_id"] == view["id"]


async def test_the_deceased_do_not_sign_in_until_the_death_is_taken_back(
    enter: Any, register: Any, calling: Any, published: Any
) -> None:
    view, other = await register(a_resident(1)), await register(a_resident(2))
    await enter(claims_of(1))
    officer = calling("officer", unit_code="15724")
    for one in (view, other):
        await officer.patch(f"/v1/residents/{one['id']}", json={"deceased_on": "2026-01-02"})

    assert (await enter(claims_of(1)))["refusal"] == "deceased"
    assert (await enter(claims_of(2)))["refusal"] == "deceased"
    assert (await published(IdentityLinkChanged))[-1].active is False

    await officer.patch(f"/v1/residents/{view['id']}", json={"deceased_on": None})
    assert (await enter(claims_of(1)))["resident_id"] == view["id"]
    assert (await published(IdentityLinkChanged))[-1].active is True


async def test_on_the_fourteenth_birthday_a_child_signs_in_and_the_day_before_not(enter: Any, register: Any) -> None:
    turns = date(today().year - 14, today().month, min(today().day, 28))
    for number, born in ((1, turns + timedelta(days=40)), (2, turns)):
        await register(a_resident(number, date_of_birth=born.isoformat()))

    assert (await enter(claims_of(1, date_of_birth=(turns + timedelta(days=40)).isoformat())))["refusal"] == "minor"
    assert (await enter(claims_of(2, date_of_birth=turns.isoformat())))["refusal"] is None


async def test_an_account_that_the_provider_gives_to_another_person_opens_neither_record(
    enter: Any, register: Any
) -> None:
    await register(a_resident(1))
    await register(a_resident(2))
    await enter(claims_of(1))

    assert (await enter(claims_of(2, subject="account-1")))["refusal"] == "mismatch"
    assert (await enter(claims_of(7, subject="account-1", full_name="Trần Thị Lan")))["refusal"] == "mismatch"


async def test_an_account_whose_link_was_ended_may_be_given_to_another_person(
    enter: Any, register: Any, calling: Any
) -> None:
    one, two = await register(a_resident(1)), await register(a_resident(2))
    link = await enter(claims_of(1))
    await calling("resident", resident_id=one["id"]).delete(f"/v1/me/links/{link['link_id']}")

    assert (await enter(claims_of(2, subject="account-1")))["resident_id"] == two["id"]
    assert (await enter(claims_of(1)))["refusal"] == "mismatch"


async def test_a_second_account_of_a_person_waits_for_an_officer(enter: Any, register: Any, calling: Any) -> None:
    view = await register(a_resident())
    link = await enter(claims_of())
    assert (await enter(claims_of(subject="account-2")))["refusal"] == "conflict"
    assert (await enter(claims_of(subject="account-2", issuer="https://other.example.vn")))["refusal"] is None

    officer, path = calling("officer", unit_code="15724"), f"/v1/residents/{view['id']}/links/{link['link_id']}"
    assert (await officer.delete(path)).status_code == 422
    assert (await calling("officer", unit_code="15061").delete(path, params={"reason": "mất máy"})).status_code == 404
    assert (await officer.request("DELETE", path, json={"reason": "mất máy"})).status_code == 204

    assert (await enter(claims_of()))["refusal"] == "revoked"
    assert (await enter(claims_of(subject="account-2")))["resident_id"] == view["id"]
    assert (await officer.post(f"{path}/reopen", json={"reason": "nhầm"})).status_code == 409


async def test_an_officer_takes_the_end_of_a_link_back_and_both_acts_are_in_the_log(
    enter: Any, register: Any, calling: Any
) -> None:
    view = await register(a_resident())
    link = await enter(claims_of())
    officer, path = calling("officer", unit_code="15724", subject="o1"), f"/v1/residents/{view['id']}/links"
    await officer.delete(f"{path}/{link['link_id']}", params={"reason": "nhầm người"})
    [listed] = (await officer.get(path, headers=PURPOSE)).json()["items"]
    assert (listed["status"], listed["issuer"]) == ("ended", ISSUER)

    assert (await officer.post(f"{path}/{link['link_id']}/reopen", json={"reason": "đúng người"})).status_code == 200

    assert (await enter(claims_of()))["resident_id"] == view["id"]
    own = calling("resident", resident_id=view["id"])
    log = (await own.get(f"/v1/residents/{view['id']}/access-log")).json()["items"]
    assert [entry["action"] for entry in log] == ["link-reopened", "links", "link-ended"]


async def test_a_link_of_another_person_is_not_found(enter: Any, register: Any, calling: Any) -> None:
    await register(a_resident(1))
    other = await register(a_resident(2))
    link = await enter(claims_of(1))

    assert (
        await calling("resident", resident_id=other["id"]).delete(f"/v1/me/links/{link['link_id']}")
    ).status_code == 404


async def test_who_moved_away_signs_in_as_before(enter: Any, register: Any, calling: Any) -> None:
    view = await register(a_resident())
    await enter(claims_of())
    province = calling("officer", unit_code="38")
    moved = await province.patch(
        f"/v1/residents/{view['id']}", json={"unit_code": "15061-02", "residence_status": "away"}
    )
    assert moved.status_code == 200, moved.text

    assert (await enter(claims_of()))["resident_id"] == view["id"]


async def test_two_accounts_of_one_person_at_the_same_moment_make_one_link(
    enter: Any, register: Any, database: Database
) -> None:
    await register(a_resident())

    results = await asyncio.gather(*(enter(claims_of(subject=f"account-{n}")) for n in range(6)))

    assert sorted(str(result["refusal"]) for result in results) == ["None", *["conflict"] * 5]
    async with database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM identity_link"))).scalar_one() == 1


async def test_links_follow_new_keys(
    register: Any, database: Database, monkeypatch: pytest.MonkeyPatch, published: Any
) -> None:
    from chassis.security import encryption
    from chassis.security.key_rotation import rotate_keys
    from chassis.settings import PUBLISHED_KEY, get_settings

    await register(a_resident())
    async with database.transaction() as session:
        linked = await sign_in(session, claims_of())
    before = f"dev:{PUBLISHED_KEY}"
    newer = "new:" + "A" * 43 + "="
    changed = get_settings().model_copy(update={"pii_keys": f"{newer},{before}", "pii_index_keys": f"{newer},{before}"})
    monkeypatch.setattr(encryption, "get_settings", lambda: changed)

    await rotate_keys(database, [each for each in ROTATIONS if "identity_link" in each.name])
    alone = changed.model_copy(update={"pii_keys": newer, "pii_index_keys": newer})
    monkeypatch.setattr(encryption, "get_settings", lambda: alone)

    async with database.transaction() as session:
        again = await sign_in(session, Claims(ISSUER, "account-1"))
    assert again.resident_id == linked.resident_id
    assert (await published(IdentityLinkChanged))[-1].subject_index == claims_of().subject_index().hex()
