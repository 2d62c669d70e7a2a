"""A death is registered, corrected and taken back; what followed from it follows the change."""

from datetime import UTC, datetime
from typing import Any

from contracts.casework import DeathRegistered, DeathRevoked
from contracts.registry import ResidentDeceased, ResidentUpdated

from .conftest import PURPOSE, a_resident

SUPPORT = {"X-Purpose": "support"}


def a_death(resident_id: str, day: str = "2026-01-02") -> DeathRegistered:
    return DeathRegistered.model_validate({
        "dossier_id": "019aa000-0000-7000-8000-000000000001", "resident_id": resident_id, "deceased_on": day,
        "at": "2026-01-03T00:00:00Z",
    })  # fmt: skip


async def test_an_officer_takes_a_death_back_and_an_event_revives_the_resident_in_every_service(
    calling: Any, register: Any, deliver: Any, published: Any
) -> None:
    view = await register(a_resident())
    path, officer = f"/v1/residents/{view['id']}", calling("officer", unit_code="15724", subject="o1")
    await deliver(a_death(view["id"]))

    back = await officer.patch(path, json={"deceased_on": None, "reason": "nhầm người trùng tên"})

    assert (back.status_code, back.json()["status"], back.json()["deceased_on"]) == (200, "alive", None)
    [died], [revived] = await published(ResidentDeceased), await published(ResidentUpdated)
    assert (revived.life, revived.version) == ("alive", died.version + 1)
    [before] = (await officer.get(f"{path}/facts/deceased_on/history", headers=PURPOSE)).json()["items"]
    assert (before["value"], before["source"], before["superseded_at"] is not None) == ("2026-01-02", "officer", True)
    log = (await calling("resident", resident_id=view["id"]).get(f"{path}/access-log")).json()["items"]
    [change] = [entry for entry in log if entry["action"] == "change"]
    assert (change["actor"], change["fields"], change["legal_basis"]) == (
        "o1", ["deceased_on"], "nhầm người trùng tên",
    )  # fmt: skip


async def test_an_officer_corrects_the_day_of_death(calling: Any, register: Any, published: Any) -> None:
    view = await register(a_resident())
    path, officer = f"/v1/residents/{view['id']}", calling("officer", unit_code="15724")

    await officer.patch(path, json={"deceased_on": "2026-01-02"})
    corrected = await officer.patch(path, json={"deceased_on": "2026-01-03"})
    again = await officer.patch(path, json={"deceased_on": "2026-01-03"})

    assert (corrected.json()["deceased_on"], again.json()["changed_at"]) == (
        "2026-01-03", corrected.json()["changed_at"],
    )  # fmt: skip
    assert [str(event.deceased_on) for event in await published(ResidentDeceased)] == ["2026-01-02", "2026-01-03"]


async def test_a_day_of_death_that_was_taken_back_stays_so_when_it_arrives_again(
    calling: Any, register: Any, deliver: Any, published: Any
) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="15724")
    await deliver(a_death(view["id"]))
    await officer.patch(f"/v1/residents/{view['id']}", json={"deceased_on": None})

    await deliver(a_death(view["id"]))
    other_day = a_death(view["id"], "2026-02-01")

    assert (await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)).json()["status"] == "alive"
    await deliver(other_day)
    assert (await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)).json()["status"] == "deceased"


async def test_a_death_whose_approval_was_taken_back_is_no_death_until_it_is_approved_again(
    calling: Any, register: Any, deliver: Any, published: Any
) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="15724")

    async def status() -> str:
        return str((await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)).json()["status"])

    revoked = DeathRevoked.model_validate(a_death(view["id"]).model_dump() | {"at": "2026-01-04T00:00:00Z"})
    again = a_death(view["id"]).model_copy(update={"at": datetime(2026, 1, 5, tzinfo=UTC)})
    seen = []
    for event in (a_death(view["id"]), revoked, a_death(view["id"]), again):
        await deliver(event)
        seen.append(await status())

    assert seen == ["deceased", "alive", "alive", "deceased"]
    assert [event.life for event in await published(ResidentUpdated)] == ["alive"]


async def test_a_day_that_an_officer_corrected_is_not_taken_back_with_the_dossier(
    calling: Any, register: Any, deliver: Any
) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="15724")
    await deliver(a_death(view["id"]))
    await officer.patch(f"/v1/residents/{view['id']}", json={"deceased_on": "2026-01-03"})

    await deliver(DeathRevoked.model_validate(a_death(view["id"]).model_dump()))

    seen = (await officer.get(f"/v1/residents/{view['id']}", headers=PURPOSE)).json()
    assert (seen["status"], seen["deceased_on"]) == ("deceased", "2026-01-03")


async def test_residents_state_no_death_of_their_own(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    own = calling("resident", resident_id=view["id"])

    assert (await own.patch(f"/v1/residents/{view['id']}", json={"deceased_on": None})).status_code == 403


async def test_the_death_of_a_merged_record_is_the_survivors(calling: Any, register: Any, deliver: Any) -> None:
    one, two = await register(a_resident(1)), await register(a_resident(2))
    officer = calling("officer", unit_code="15724")
    await officer.post(f"/v1/residents/{one['id']}/merge", json={"duplicate_id": two["id"]})

    refused = await officer.patch(f"/v1/residents/{two['id']}", json={"deceased_on": "2026-01-02"})
    await deliver(a_death(two["id"]))

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/record-merged")
    shown = [
        (await officer.get(f"/v1/residents/{each['id']}", headers=SUPPORT)).json()["status"] for each in (one, two)
    ]
    assert shown == ["deceased", "merged"]


async def test_a_death_in_the_future_is_blamed_on_the_day_of_death(calling: Any, register: Any) -> None:
    resident = await register(a_resident(1))

    answer = await calling("officer", unit_code="15724").patch(
        f"/v1/residents/{resident['id']}", json={"deceased_on": "2099-01-01"}, headers={"Accept-Language": "vi"}
    )

    [error] = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/deceased_on", "date-in-future")
    assert "sinh" not in error["message"]
