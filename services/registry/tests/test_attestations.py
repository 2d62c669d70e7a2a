import asyncio
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from chassis.storage.database import Database
from contracts.casework import DeathRegistered
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.registry import OrganizationAttested, ResidentAttested, ResidentDeceased, ResidentUpdated

from .conftest import PURPOSE, a_partner_event, a_resident

OPENED = "payment_account.opened"


def opened(number: str = "038085000001") -> dict[str, Any]:
    return {"resident": {"personal_id": number}, "kind": "bank", "account_ref": "0123456789"}


async def test_a_partner_s_event_finds_its_resident(register: Any, deliver: Any, published: Any) -> None:
    view = await register(a_resident())

    await deliver(a_partner_event(OPENED, opened()))

    [event] = await published(ResidentAttested)
    assert str(event.resident_id) == view["id"]
    assert (event.attestation.event, event.attestation.account_kind) == (OPENED, "bank")
    assert event.has_bank_account is False
    assert "0123456789" not in event.model_dump_json()
    [done] = await published(DeliveryProcessed)
    assert done.outcome == "applied"


async def test_an_event_about_an_unknown_person_waits_and_applies_on_registration(
    register: Any, deliver: Any, published: Any, calling: Any
) -> None:
    await deliver(a_partner_event(OPENED, opened() | {"unit_code": "15727-01"}))
    officer = calling("officer", unit_code="15724")
    waiting = (await officer.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"]
    assert [(item["reason"], item["subject"]) for item in waiting] == [("unknown", "038*******01")]
    [event] = await published(DeliveryUnmatched)
    assert event.reason == "unknown"

    view = await register(a_resident())

    [event] = await published(ResidentAttested)
    assert str(event.resident_id) == view["id"]
    assert [d.outcome for d in await published(DeliveryProcessed)] == ["applied"]
    assert (await officer.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"] == []


async def test_a_phone_matches_only_its_verified_owner(register: Any, deliver: Any, published: Any) -> None:
    await register(a_resident(1, phone="0912345678", phone_owner_verified=False))
    owner = await register(a_resident(2, phone="0912345678", phone_owner_verified=True))

    await deliver(a_partner_event("app.installed", {"resident": {"phone": "0912 345 678"}, "app": "province_app"}))

    [event] = await published(ResidentAttested)
    assert str(event.resident_id) == owner["id"]


async def test_a_phone_that_several_share_is_for_an_officer_to_decide(
    register: Any, deliver: Any, published: Any, calling: Any
) -> None:
    one = await register(a_resident(1, phone="0912345678", phone_owner_verified=False))
    two = await register(a_resident(2, phone="0912345678", phone_owner_verified=False))
    await deliver(a_partner_event("app.installed", {"resident": {"phone": "0912345678"}, "app": "province_app"}))
    officer = calling("officer", unit_code="15724")
    [waiting] = (await officer.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"]
    assert (waiting["reason"], waiting["subject"]) == ("ambiguous", "*******678")
    assert {c["resident_id"] for c in waiting["candidates"]} == {one["id"], two["id"]}

    path = f"/v1/unmatched-events/{waiting['id']}/resolve"
    resolved = await officer.post(path, json={"resident_id": two["id"]})
    again = await officer.post(path, json={"resident_id": one["id"]})

    assert resolved.status_code == 200, resolved.text
    assert again.status_code == 409
    [event] = await published(ResidentAttested)
    assert str(event.resident_id) == two["id"]


async def test_officers_elsewhere_do_not_see_waiting_events(deliver: Any, calling: Any) -> None:
    await deliver(a_partner_event(OPENED, opened()))

    nearby = await calling("officer", unit_code="15727-01").get("/v1/unmatched-events", headers=PURPOSE)
    elsewhere = await calling("officer", unit_code="15061").get("/v1/unmatched-events", headers=PURPOSE)

    assert len(nearby.json()["items"]) == 1
    assert elsewhere.json()["items"] == []


async def test_what_points_to_no_unit_at_all_is_the_province_s(
    deliver: Any, calling: Any, register: Any, published: Any
) -> None:
    await deliver(a_partner_event(OPENED, opened("038085000077"), unit_codes=[]))
    view = await register(a_resident())
    province, commune = calling("officer", unit_code="38"), calling("officer", unit_code="15724")

    [waiting] = (await province.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"]
    assert (await commune.get("/v1/unmatched-events", headers=PURPOSE)).json()["items"] == []
    path, body = f"/v1/unmatched-events/{waiting['id']}/resolve", {"resident_id": view["id"]}
    assert (await commune.post(path, json=body)).status_code == 404
    assert (await province.post(path, json=body)).status_code == 200
    assert len(await published(ResidentAttested)) == 1


async def test_a_verified_sim_makes_the_phone_verified_for_one_resident_alone(
    register: Any, deliver: Any, published: Any, calling: Any
) -> None:
    other = await register(a_resident(2, phone="0912345678", phone_owner_verified=True))
    view = await register(a_resident(1, phone=None, phone_owner_verified=False))
    data = {"resident": {"personal_id": "038085000001"}, "phone": "0912345678"}

    await deliver(a_partner_event("sim.ownership_verified", data, occurred_at=datetime.now(UTC)))

    updated = {str(event.resident_id): event.owner_verified_phone for event in await published(ResidentUpdated)}
    assert updated == {view["id"]: True, other["id"]: False}
    facts = (await calling("resident", resident_id=view["id"]).get(f"/v1/residents/{view['id']}/facts")).json()
    assert {f["source"] for f in facts["items"] if f["name"].startswith("phone")} == {"partner"}


async def test_an_event_by_phone_waits_until_the_sim_is_verified(register: Any, deliver: Any, published: Any) -> None:
    view = await register(a_resident(1, phone=None, phone_owner_verified=False))
    await deliver(a_partner_event("app.installed", {"resident": {"phone": "0912345678"}, "app": "province_app"}))
    assert await published(ResidentAttested) == []

    data = {"resident": {"personal_id": "038085000001"}, "phone": "0912345678"}
    await deliver(a_partner_event("sim.ownership_verified", data))

    assert {(str(f.resident_id), f.attestation.event) for f in await published(ResidentAttested)} == {
        (view["id"], "app.installed"),
        (view["id"], "sim.ownership_verified"),
    }


async def test_a_provider_without_licence_attests_nothing(register: Any, deliver: Any, published: Any) -> None:
    await register(a_resident())
    data = {"resident": {"personal_id": "038085000001"}, "app": "cyber_protection"}

    await deliver(a_partner_event("app.installed", data))
    await deliver(a_partner_event("app.installed", data, licences=["cyber_protection"]))

    assert [(d.outcome, d.reason) for d in await published(DeliveryProcessed)] == [
        ("rejected", "unlicensed-provider"), ("applied", None)
    ]  # fmt: skip
    assert len(await published(ResidentAttested)) == 1


async def test_an_impossible_number_is_rejected_and_events_of_other_services_are_ignored(
    deliver: Any, published: Any
) -> None:
    await deliver(
        a_partner_event("ekyc.passed", {"resident": {"personal_id": "12"}}),
        a_partner_event("qr.payment_settled", {"partner_reference": "x", "amount": 1}),
    )

    assert [(d.outcome, d.reason) for d in await published(DeliveryProcessed)] == [("rejected", "personal-id-length")]


async def test_an_app_of_an_organization_is_attested_by_its_tax_code(
    calling: Any, deliver: Any, published: Any
) -> None:
    await deliver(a_partner_event("app.installed", {"organization": {"tax_code": "0100233488"}, "app": "province_app"}))
    body = {"tax_code": "0100233488", "name": "Cửa hàng Một", "kind": "enterprise", "unit_code": "15724"}

    made = await calling("officer", unit_code="15724").post("/v1/organizations", json=body)

    assert made.status_code == 201, made.text
    [event] = await published(OrganizationAttested)
    assert str(event.organization_id) == made.json()["id"]


async def test_a_death_registered_by_a_dossier_closes_the_record(register: Any, deliver: Any, published: Any) -> None:
    view = await register(a_resident())
    event = DeathRegistered.model_validate({
        "dossier_id": "019aa000-0000-7000-8000-000000000001", "resident_id": view["id"], "deceased_on": "2026-01-02",
        "at": "2026-01-03T00:00:00Z",
    })  # fmt: skip

    await deliver(event, event)

    [event] = await published(ResidentDeceased)
    assert (str(event.resident_id), event.life) == (view["id"], "deceased")


RACES = int(os.environ.get("RACES", "100"))
"""A thousand for the long run."""


@pytest.mark.timeout(600)
async def test_an_event_racing_with_the_registration_is_never_left_unmatched(
    register: Any, database: Database, deliver: Any, published: Any
) -> None:
    async def race(number: int) -> None:
        event = a_partner_event(OPENED, opened(f"0380850{number:05d}"))
        await asyncio.gather(register(a_resident(number)), deliver(event))

    for start in range(1, RACES + 1, 4):
        await asyncio.gather(*(race(number) for number in range(start, start + 4)))

    attested = [event.resident_id for event in await published(ResidentAttested)]
    assert len(attested) == len(set(attested)) == RACES
    assert all(isinstance(resident_id, UUID) for resident_id in attested)


async def test_a_phone_verified_while_an_event_arrives_never_leaves_the_event_unmatched(
    register: Any, calling: Any, deliver: Any, published: Any
) -> None:
    officer = calling("officer", unit_code="38")

    async def race(number: int) -> None:
        view = await register(a_resident(number, phone_owner_verified=False))
        event = a_partner_event("app.installed", {"resident": {"phone": f"09{number:08d}"}, "app": "province_app"})
        change = officer.patch(f"/v1/residents/{view['id']}", json={"phone_owner_verified": True})
        await asyncio.gather(change, deliver(event))

    for start in range(1, 25, 4):
        await asyncio.gather(*(race(number) for number in range(start, start + 4)))

    assert len({event.resident_id for event in await published(ResidentAttested)}) == 24
