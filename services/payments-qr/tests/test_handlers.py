"""Batches of events, merged residents, counts, and the table of events in the README."""

import re
from datetime import UTC, datetime
from pathlib import Path

from chassis.ids import new_id
from contracts.counts import CountsTaken
from contracts.deliveries import DeliveryProcessed
from contracts.registry import OrganizationRegistered, ResidentMerged, ResidentRegistered, ResidentUnmerged
from payments_qr.app import service
from payments_qr.handlers import MERCHANT_EVENTS, PAYMENT_EVENTS, on_partner_events

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


async def test_every_event_of_a_batch_has_its_own_result_in_order(
    database, registered, partner_event, settled, published
):
    merchant = await registered()
    verified = partner_event("merchant.verified", {"merchant_id": merchant["id"]})
    paid = [settled(partner_reference=f"FT{number}", merchant_id=merchant["id"]) for number in range(3)]
    back = {"partner_reference": "RV", "original_reference": "FT1", "amount": 50_000, "reversed_at": NOON.isoformat()}
    run = [
        partner_event("qr.payment_reversed", back),
        *(partner_event("qr.payment_settled", one) for one in [*paid, paid[0], settled(amount=-1)]),
        verified,
    ]

    async with database.transaction() as session:
        await on_partner_events(session, run)

    results = {event.delivery_id: (event.outcome, event.reason) for event in await published(DeliveryProcessed)}
    assert [results[event.delivery_id] for event in run] == [
        ("applied", None),
        ("applied", "merchant-not-active"),
        ("applied", "merchant-not-active"),
        ("applied", "merchant-not-active"),
        ("unchanged", "merchant-not-active"),
        ("rejected", "wrong-field:amount"),
        ("applied", None),
    ]


def person(kind, resident_id, version, world, **more):
    return kind(
        resident_id=resident_id, version=version, unit_id=world.village, unit_code="15727-01", at=NOON,
        birth_month="1970", sex="female", residence_status="permanent", **more,
    )  # fmt: skip


async def test_a_duplicates_merchant_is_the_survivors_until_the_merge_is_undone(
    database, deliver, world, activated, owner, merchant_body
):
    duplicate = new_id()
    await deliver(person(ResidentRegistered, duplicate, 1, world))
    merchant = await activated(owner={"resident_id": str(duplicate)})

    await deliver(person(ResidentMerged, duplicate, 2, world, survivor_id=world.resident))
    assert [row["id"] for row in (await owner.get("/v1/merchants")).json()["items"]] == [merchant["id"]]
    async with database.transaction() as session:
        late = person(ResidentRegistered, duplicate, 1, world)
        handle = service.handlers[ResidentRegistered]
        await handle(session, [person(ResidentUnmerged, duplicate, 3, world, survivor_id=world.resident), late])

    assert (await owner.get("/v1/merchants")).json()["items"] == []


async def test_an_organizations_representative_sees_its_merchant(deliver, world, activated, owner, calling):
    organization = new_id()
    await deliver(
        OrganizationRegistered(
            organization_id=organization, version=1, unit_id=world.commune, unit_code="15724", at=NOON,
            kind="household_business", representative_id=world.resident, owner_has_smartphone=True,
            representative_confirmed=True,
        )
    )  # fmt: skip
    merchant = await activated(owner={"organization_id": str(organization)})

    itself = calling("organization", organization_id=organization, subject="org")
    for client in (itself, owner):
        assert (await client.get(f"/v1/merchants/{merchant['id']}")).status_code == 200
        assert (await client.get(f"/v1/merchants/{merchant['id']}/poster.pdf")).status_code == 404


async def test_counts_per_unit_are_published_on_demand(
    calling, officer, activated, deliver, partner_event, settled, published
):
    stall = await activated()
    await officer.post(f"/v1/merchants/{stall['id']}/qr-codes", json={"kind": "static"})
    await deliver(partner_event("qr.payment_settled", settled(merchant_id=stall["id"])))

    assert (await calling("operator", subject="op").post("/internal/counts")).status_code == 202

    (taken,) = await published(CountsTaken)
    assert {(count.unit_code, count.indicator): count.count for count in taken.counts} == {
        ("15724", "merchants_with_qr"): 1,
        ("15724", "cashless_payments"): 1,
        ("15724", "cashless_amount"): 50_000,
    }


def test_the_readme_names_every_subscribed_event():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    table = readme[readme.index("| subscribes to") : readme.index("| publishes")]

    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", table))
    subscribed = {event.type.removeprefix("vn.bakhong.").removesuffix(".v1") for event in service.handlers}
    assert named == subscribed | set(MERCHANT_EVENTS) | PAYMENT_EVENTS
