"""The events that casework handles: fees, portals, people."""

import base64
import json
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from chassis.clock import local_date, now
from chassis.ids import new_id
from chassis.security.encryption import CipherContext, encrypt
from contracts.casework import DeathRegistered, DossierCompleted, DossierFeePaid, DossierSubmitted
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import SEALED_AT, PartnerEventReceived
from contracts.payments_qr import BillPaid, FeeUncollectable, PaymentReversed, QrIssued
from contracts.registry import ResidentDeceased, ResidentMerged, ResidentUnmerged, ResidentUpdated

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NOW = datetime.fromisoformat("2026-11-20T08:00:00+07:00")


@pytest.fixture
async def extract(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


def payment(fact_class, world, dossier, **more):
    where = {"merchant_id": new_id(), "unit_id": world.commune, "unit_code": "15724", "dossier_id": dossier["id"]}
    return fact_class.model_validate(where | more)


def paid(world, dossier):
    return payment(BillPaid, world, dossier, bill_id=new_id(), payment_id=new_id(), amount=8_000, paid_at=NOW)


async def test_a_code_comes_and_the_fee_is_paid(binh, world, extract, deliver, published):
    qr_code_id = new_id()
    await deliver(
        payment(QrIssued, world, extract, qr_code_id=qr_code_id, category="public_service", kind="dynamic", at=NOW),
        paid(world, extract),
        paid(world, extract),
    )

    dossier = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()

    assert dossier["qr_code_id"] == str(qr_code_id)
    assert dossier["fee"]["status"] == "paid"
    assert dossier["fee"]["receipt_number"] == f"BL-{extract['code']}"
    assert [(event.amount, event.flagged) for event in await published(DossierFeePaid)] == [(8_000, False)]


async def test_the_electronic_receipt_is_there_once_the_fee_is_paid(binh, world, extract, deliver):
    path = f"/v1/dossiers/{extract['id']}/receipt.pdf"
    assert (await binh.get(path)).status_code == 404

    await deliver(paid(world, extract))

    assert (await binh.get(path)).content.startswith(b"%PDF-")


async def test_a_payment_after_withdrawal_is_flagged_and_not_lost(binh, world, extract, deliver, published):
    withdrawn = await binh.post(f"/v1/dossiers/{extract['id']}/actions", json={"action": "withdraw"})
    assert withdrawn.json()["fee"]["status"] == "cancelled"

    await deliver(paid(world, extract))

    dossier = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()
    assert (dossier["status"], dossier["fee"]["status"]) == ("withdrawn", "to_refund")
    assert [event.flagged for event in await published(DossierFeePaid)] == [True]


async def test_a_reversed_payment_makes_the_fee_due_again(binh, world, extract, deliver):
    back = payment(
        PaymentReversed, world, extract, payment_id=new_id(), category="public_service", amount=8_000, reversed_at=NOW,
        business_day=NOW.date(),
    )  # fmt: skip
    await deliver(paid(world, extract), back, back)

    assert (await binh.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]["status"] == "requested"


async def test_payment_moves_a_dossier_that_waits_for_it(binh, officer, world, extract, deliver):
    actions = f"/v1/dossiers/{extract['id']}/actions"
    await officer.post(actions, json={"action": "accept"})
    due = (await officer.post(actions, json={"action": "request_payment"})).json()
    assert (due["status"], due["national_status"]) == ("payment_due", 6)

    await deliver(paid(world, extract))

    assert (await binh.get(f"/v1/dossiers/{extract['id']}")).json()["status"] == "processing"


async def test_without_a_merchant_the_fee_is_paid_at_the_counter(binh, world, extract, deliver):
    await deliver(
        FeeUncollectable(
            dossier_id=extract["id"], unit_id=world.commune, unit_code="15724", at=NOW, reason="no-active-merchant"
        )
    )

    assert (await binh.get(f"/v1/dossiers/{extract['id']}")).json()["fee"]["payable_at_counter"] is True


async def test_a_registered_death_goes_back_to_the_registry(binh, officer, world, published):
    opened = (
        await binh.post(
            "/v1/dossiers",
            json={"procedure_code": "1.000656", "resident_id": str(world.binh), "subject_id": str(world.lan)},
        )
    ).json()
    typed = {"relation": "spouse", "died_on": "2026-11-18", "died_at_place": "Tại nhà"}
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": typed})
    await binh.post(f"/v1/dossiers/{opened['id']}/attachments", files={"file": ("a.pdf", PDF)})
    assert (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).status_code == 200
    for action in ("accept", "approve"):
        done = await officer.post(f"/v1/dossiers/{opened['id']}/actions", json={"action": action})
        assert done.status_code == 200, done.text

    events = await published(DeathRegistered)
    assert [(event.resident_id, event.deceased_on.isoformat()) for event in events] == [(world.lan, "2026-11-18")]


def person(kind, world, resident_id, version, **more):
    return kind(
        resident_id=resident_id, version=version, unit_id=world.village, unit_code="15727-01", at=NOW,
        birth_month="1961-05", sex="male", residence_status="permanent", **more,
    )  # fmt: skip


async def test_the_deceased_do_not_apply_and_the_merged_apply_as_their_survivor(officer, world, deliver):
    await deliver(
        person(ResidentDeceased, world, world.cuong, 2, life="deceased", deceased_on=NOW.date()),
        person(ResidentMerged, world, world.lan, 2, life="merged", survivor_id=world.binh),
    )

    async def draft(resident_id):
        return await officer.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(resident_id)})

    assert (await draft(world.cuong)).status_code == 409
    assert (await draft(world.lan)).json()["resident_id"] == str(world.binh)


async def test_a_survivor_finds_the_dossiers_of_the_duplicate(binh, calling, world, deliver, extract):
    await deliver(person(ResidentMerged, world, world.binh, 2, life="merged", survivor_id=world.lan))
    lan = calling("resident", resident_id=world.lan)

    assert [item["id"] for item in (await lan.get("/v1/dossiers")).json()["items"]] == [extract["id"]]
    assert (await lan.get(f"/v1/dossiers/{extract['id']}")).status_code == 200


async def test_an_older_snapshot_changes_nothing_and_an_undone_merge_frees_the_resident(
    officer, world, deliver, database
):
    from casework.queries.people import find_resident

    await deliver(
        person(ResidentMerged, world, world.lan, 3, life="merged", survivor_id=world.binh),
        person(ResidentUpdated, world, world.lan, 2),
    )
    async with database.reading() as session:
        merged = await find_resident(session, world.lan)
    await deliver(person(ResidentUnmerged, world, world.lan, 4, survivor_id=world.binh))
    async with database.reading() as session:
        freed = await find_resident(session, world.lan)

    assert (merged.id, freed.id, freed.version) == (world.binh, world.lan, 4)


def portal(national_status, minutes, *, webhook_id=None, code="000.00.14.H56-261101-0118", by="demo-portal", **data):
    """A webhook of the portal as the gateway hands it on."""
    delivery_id = new_id()
    body = {
        "code": code, "procedure_code": "2.000635", "unit_code": "15724", "national_status": national_status,
        "channel": 2, "received_at": "2026-11-02T09:00:00+07:00", "due_at": "2026-11-10T17:00:00+07:00", **data,
    }  # fmt: skip
    sealed = base64.b64encode(encrypt(CipherContext(*SEALED_AT), str(delivery_id), json.dumps(body))).decode()
    at = NOW + timedelta(minutes=minutes)
    return PartnerEventReceived(
        subject_key="k", delivery_id=delivery_id, partner_id=by, webhook_id=webhook_id or f"wh-{minutes}",
        event="dossier.status_changed", occurred_at=at, received_at=at, sealed=sealed,
    )  # fmt: skip


async def test_a_portal_dossier_counts_beside_ours(officer, world, deliver, published):
    await deliver(portal(2, 0), portal(10, 5, finished_at="2026-11-09T10:00:00+07:00", fee_paid_online=True))

    items = (await officer.get("/v1/dossiers", params={"unit_code": "15724"})).json()["items"]
    assert [(item["origin"], item["status"], item["national_status"]) for item in items] == [("portal", "returned", 10)]
    assert items[0]["is_on_time"] is True
    submitted, completed = await published(DossierSubmitted, DossierCompleted)
    assert (submitted.origin, submitted.channel, submitted.resident_id) == ("portal", 2, None)
    assert (completed.is_on_time, completed.fee_paid_online) == (True, True)
    assert [event.outcome for event in await published(DeliveryProcessed)] == ["applied", "applied"]
    procedures = (await officer.get("/v1/procedures", params={"unit_code": "15724"})).json()["items"]
    assert next(item for item in procedures if item["code"] == "2.000635")["dossiers_12_months"] == 1
    refused = await officer.post(f"/v1/dossiers/{items[0]['id']}/actions", json={"action": "accept"})
    assert (refused.status_code, refused.json()["legal"]) == (409, [])
    assert (await officer.get(f"/v1/dossiers/{items[0]['id']}")).json()["fields"] == {}


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_portal_reports_may_come_in_any_order_and_twice(officer, world, deliver, order):
    reports = [portal(2, 0), portal(5, 10), portal(4, 20), portal(9, 30, finished_at="2026-11-20T08:30:00+07:00")]
    shuffled = [reports[index] for index in order]

    await deliver(*shuffled, *shuffled)

    item = (await officer.get("/v1/dossiers")).json()["items"][0]
    assert (item["status"], item["national_status"], item["is_on_time"]) == ("approved", 9, False)
    assert item["finished_at"] == "2026-11-20T08:30:00+07:00"


async def test_a_wait_over_tet_gives_back_its_working_days_and_not_tet_once_more(officer, world, deliver):
    """Asked for on the Friday before Tết, brought on the Monday after it: no working day of the office went by."""
    received, asked, brought = (
        f"2026-02-{day}T{hour}:00:00+07:00" for day, hour in (("13", "15"), ("13", "16"), ("23", "09"))
    )
    times = {"received_at": received, "due_at": "2026-02-23T17:00:00+07:00"}
    for code, finished in (("H56.1", "2026-02-23T17:00:00+07:00"), ("H56.2", "2026-02-24T08:00:00+07:00")):
        for number, (status, at) in enumerate(((2, received), (5, asked), (4, brought), (9, finished))):
            more = {"finished_at": finished} if status == 9 else {}
            event = portal(status, 0, webhook_id=f"{code}-{number}", code=code, **times, **more)
            await deliver(event.model_copy(update={"occurred_at": datetime.fromisoformat(at)}))

    items = (await officer.get("/v1/dossiers", params={"q": "H56."})).json()["items"]
    assert {item["code"]: item["is_on_time"] for item in items} == {"H56.1": True, "H56.2": False}


async def test_an_invalid_portal_report_is_rejected_with_the_reason(world, deliver, published, extract):
    await deliver(
        portal(2, 0, unit_code="99999"),
        portal(11, 1),
        portal(2, 2, code=extract["code"]),
        portal(2, 3),
        portal(2, 3),
    )

    outcomes = [(event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert outcomes == [
        ("rejected", "unknown-unit"), ("rejected", "malformed"), ("rejected", "code-is-ours"), ("applied", None),
        ("unchanged", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"received_at": "9999-12-31T23:59:59Z"}, {"received_at": "0001-01-01T00:00:00+14:00"}, {"received_at": "20261129"},
        {"received_at": 0}, {"due_at": "9999-12-31T23:59:59Z"}, {"code": "H56\x001"}, {"procedure_code": "\x00"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_portal_report_that_cannot_be_counted_is_rejected_and_stops_no_other(database, world, published, wrong):
    from casework.handlers.portal import on_partner_events_received

    async with database.transaction() as session:
        await on_partner_events_received(session, [portal(2, 0, **wrong), portal(2, 1, code="H56.2")])

    outcomes = [(event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert outcomes == [("rejected", "malformed"), ("applied", None)]


async def test_a_dossier_of_a_portal_belongs_to_that_portal(officer, world, deliver, published):
    finished = "2026-11-20T08:30:00+07:00"
    await deliver(portal(2, 0), portal(7, 5, by="other-portal", webhook_id="x", unit_code="15061"))
    await deliver(portal(9, 10, finished_at=finished), portal(3, 20, by="other-portal", webhook_id="y"))

    [item] = (await officer.get("/v1/dossiers")).json()["items"]
    assert (item["status"], item["unit_code"], item["finished_at"]) == ("approved", "15724", finished)
    outcomes = [(event.partner_id, event.outcome, event.reason) for event in await published(DeliveryProcessed)]
    assert outcomes == [
        ("demo-portal", "applied", None), ("other-portal", "rejected", "belongs-to-another-partner"),
        ("demo-portal", "applied", None), ("other-portal", "rejected", "belongs-to-another-partner"),
    ]  # fmt: skip


async def test_a_portal_that_uses_our_next_code_blocks_no_submission(binh, calling, world, deliver, published):
    code = f"H56.15724-{local_date(now()):%y%m%d}-0001"
    await deliver(portal(2, 0, code=code))

    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    submitted = await binh.post(f"/v1/dossiers/{opened['id']}/submit")
    await deliver(portal(7, 5, code=code))
    tracked = await calling().get("/v1/dossiers/track", params={"code": code, "phone_last4": "5678"})

    assert (submitted.status_code, submitted.json()["code"]) == (200, code)
    assert (tracked.status_code, tracked.json()["status"]) == (200, "submitted")
    assert [event.reason for event in await published(DeliveryProcessed)] == [None, "code-is-ours"]


async def test_events_of_other_kinds_of_partners_are_ignored(deliver, published):
    event = portal(2, 0).model_copy(update={"event": "payment_account.opened"})

    await deliver(event)

    assert await published(DeliveryProcessed) == []
