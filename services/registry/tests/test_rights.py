import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from chassis.runtime import Service
from chassis.security.levels import MAX_AGE_SECONDS
from chassis.storage.database import Session
from chassis.storage.tables import AccessEntry
from contracts.access import AccessRecorded
from contracts.registry import ResidentConsentChanged, ResidentMerged, ResidentUnmerged, ResidentUpdated

from .conftest import PURPOSE, a_partner_event, a_resident


async def test_residents_see_who_read_what_when_and_why_in_any_service(
    calling: Any, register: Any, deliver: Any
) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="15724", subject="o1")
    await officer.post("/v1/residents/lookup", json={"personal_id": "038085000001"}, headers={"X-Purpose": "dossier"})
    await deliver(AccessRecorded.model_validate({
        "access_id": "019aa000-0000-7000-8000-000000000001", "resident_id": view["id"], "service": "casework",
        "at": datetime.now(UTC) + timedelta(seconds=1), "actor": "o2", "role": "officer", "action": "read",
        "purpose": "dossier", "fields": ["full_name"],
    }))  # fmt: skip

    log = (await calling("resident", resident_id=view["id"]).get(f"/v1/residents/{view['id']}/access-log")).json()[
        "items"
    ]

    assert [(e["actor"], e["service"], e["action"], e["purpose"]) for e in log] == [
        ("o2", "casework", "read", "dossier"),
        ("o1", "registry", "lookup", "dossier"),
    ]
    auditor = calling("auditor", unit_code="15724")
    assert len((await auditor.get(f"/v1/residents/{view['id']}/access-log?limit=1")).json()["items"]) == 1
    elsewhere = calling("auditor", unit_code="15061")
    assert (await elsewhere.get(f"/v1/residents/{view['id']}/access-log")).status_code == 404


async def test_a_partner_prefills_forms_only_with_a_valid_consent(calling: Any, register: Any, published: Any) -> None:
    view = await register(a_resident())
    own = calling("resident", resident_id=view["id"])
    bank = calling("partner", partner_id="demo-bank", scopes=("prefill",))
    fill = f"/v1/residents/{view['id']}/prefill"
    body = {"fields": ["full_name"], "purpose": "payment"}
    assert (await bank.post(fill, json=body)).status_code == 404

    made = await own.post(f"/v1/residents/{view['id']}/consents", json={"purpose": "prefill", "grantee": "demo-bank"})
    assert made.status_code == 201, made.text
    without = await calling("partner", partner_id="demo-bank").post(fill, json=body)
    challenge = 'Bearer error="insufficient_scope", scope="prefill"'
    assert (without.status_code, without.headers["WWW-Authenticate"]) == (403, challenge)
    assert (await bank.post(fill, json=body)).json()["fields"]["full_name"]["value"] == "Lê Văn Đức"
    gone = await own.delete(f"/v1/residents/{view['id']}/consents/{made.json()['id']}")

    assert gone.status_code == 204
    assert (await bank.post(fill, json=body)).status_code == 404
    assert [event.given for event in await published(ResidentConsentChanged)] == [True, False]
    [consent] = (await own.get(f"/v1/residents/{view['id']}/consents")).json()["items"]
    assert (consent["status"], consent["evidence"]) == ("withdrawn", {"kind": "self"})


async def test_a_consent_recorded_for_a_resident_needs_evidence_and_ends(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    volunteer = calling("volunteer", unit_code="15727-01")
    path = f"/v1/residents/{view['id']}/consents"
    body = {"purpose": "digital_signature", "grantee": "demo-telecom"}

    assert (await volunteer.post(path, json=body)).status_code == 422
    assert (await volunteer.post(path, json=body | {"evidence": {"kind": "paper"}})).status_code == 201
    past = body | {"evidence": {"kind": "paper"}, "expires_at": "2020-01-01T00:00:00Z"}
    assert (await volunteer.post(path, json=past)).status_code == 422


async def test_a_volunteer_records_no_consent_that_gives_a_partner_the_record(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    volunteer, officer = calling("volunteer", unit_code="15727-01"), calling("officer", unit_code="15724")
    path = f"/v1/residents/{view['id']}/consents"
    given = {"grantee": "demo-bank", "evidence": {"kind": "paper"}}

    for purpose in ("prefill", "dossier", "payment"):
        assert (await volunteer.post(path, json=given | {"purpose": purpose})).status_code == 403
        assert (await officer.post(path, json=given | {"purpose": purpose})).status_code == 201
    for purpose in ("payment_account", "digital_signature", "onboarding"):
        assert (await volunteer.post(path, json=given | {"purpose": purpose})).status_code == 201


async def test_a_prefilled_form_shows_numbers_in_full_to_whom_a_reveal_does(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    fill, own = f"/v1/residents/{view['id']}/prefill", {"resident_id": view["id"]}
    representative = {"acting_for": view["id"], "representative_id": uuid4(), "acting_scopes": ("payments",)}
    recently, long_ago = int(time.time()), int(time.time()) - MAX_AGE_SECONDS - 60
    body = {"fields": ["personal_id", "social_insurance_no", "phone"]}

    async def shown(path: str, **caller: Any) -> list[str]:
        answer = await calling("resident", **own, **caller).post(path, json=body)
        return [answer.json()["fields"][name]["value"] for name in body["fields"]]

    in_full, masked = (["038085000001", "3800000001", "+84900000001"], ["038*******01", "380*****01", "+84900000001"])
    assert await shown(fill, level=2, signed_in_at=recently) == in_full
    assert await shown(fill, level=1, signed_in_at=recently) == masked
    assert await shown(fill, level=2, signed_in_at=long_ago) == masked
    assert await shown(fill, level=2, signed_in_at=recently, **representative) == masked
    assert await shown(f"/internal/residents/{view['id']}/prefill", level=1, signed_in_at=long_ago) == in_full


async def test_an_officer_who_fills_a_form_states_a_purpose_and_for_numbers_in_full_a_reason(
    calling: Any, register: Any, session: Session
) -> None:
    view = await register(a_resident())
    path, officer = f"/v1/residents/{view['id']}/prefill", calling("officer", unit_code="15724")
    body = {"fields": ["personal_id"], "purpose": "dossier"}

    without = await officer.post(path, json={"fields": ["personal_id"]})
    masked = await officer.post(path, json=body)
    shown = await officer.post(path, json=body | {"reason": "đối chiếu giấy tờ"})
    empty = await officer.post(path, json=body | {"reason": None})

    assert (without.status_code, without.json()["type"]) == (428, "/problems/purpose-required")
    assert masked.json()["fields"]["personal_id"]["value"] == "038*******01"
    assert shown.json()["fields"]["personal_id"]["value"] == "038085000001"
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (422, "not-nullable")
    entries = (await session.exec(select(AccessEntry).where(AccessEntry.action == "prefill"))).all()
    assert [(entry.purpose, entry.fields, entry.legal_basis is None) for entry in entries] == [
        ("dossier", ["personal_id"], True), ("dossier", ["personal_id"], False),
    ]  # fmt: skip


EXPORTED = {
    "fact": "history",
    "consent": "consents",
    "correction": "corrections",
    "organization": "organizations",
    "identity_link": "accounts",
    "representation": "representatives",
    "move_request": "moves",
    "access_elsewhere": "access_log",
}
"""The member of the export for each table."""
NOT_EXPORTED = {
    "identifier": "locks and indexes of numbers that stand in `values`",
    "resident_word": "an index of the name",
    "duplicate_check": "a suspicion about two records that nobody has confirmed",
    "duplicate_key": "an index for duplicates",
    "representative_claim": "an unconfirmed claim on an organization; the claimant reads it there",
    "resident_use": "when the record was last used, for the load of the registry",
    "imported_resident": "which row of which list changed the record: its effect is in `history`",
    "unmatched_event": "a partner's message that fitted no record, kept encrypted until it does",
    "linked_check": "when a linked database was asked last",
    "undecided_resident": "a change of unit that waits for a decision of the commune",
}


async def test_everything_about_a_person_can_be_exported_by_the_person(calling: Any, register: Any) -> None:
    view = await register(a_resident())

    exported = (await calling("resident", resident_id=view["id"]).get(f"/v1/residents/{view['id']}/export")).json()

    assert exported["values"]["personal_id"] == "038085000001"
    assert exported.keys() == {
        "resident_id", "status", "registered_at", "values", "facts", "represented", *EXPORTED.values(),
    }  # fmt: skip


def test_every_table_about_residents_is_in_the_export_or_says_why_not(service: Service) -> None:
    about_residents = {
        table.name
        for table in service.metadata.tables.values()
        if {"resident_id", "representative_id"} & set(table.columns.keys())
    }

    assert about_residents == EXPORTED.keys() | NOT_EXPORTED.keys()


async def test_a_correction_has_legal_time_limits_and_applies_when_accepted(
    calling: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())
    own, officer = calling("resident", resident_id=view["id"]), calling("officer", unit_code="15724")
    path = f"/v1/residents/{view['id']}/corrections"

    assert (await own.post(path, json={"field": "full_name", "value": "4"})).status_code == 422
    assert (await own.post(path, json={"field": "shoe", "value": "4"})).status_code == 422
    requested = (await own.post(path, json={"field": "full_name", "value": "Lê Văn Đạt", "reason": "sai dấu"})).json()
    [waiting] = (await officer.get("/v1/corrections?unit_code=15724", headers=PURPOSE)).json()["items"]
    decided = await officer.post(f"/v1/corrections/{waiting['id']}/decision", json={"decision": "accept"})
    again = await officer.post(
        f"/v1/corrections/{waiting['id']}/decision", json={"decision": "refuse", "note": "đã duyệt"}
    )

    assert requested["due_on"] > requested["acknowledge_by"]
    assert decided.json()["state"] == "accepted"
    assert again.status_code == 409
    assert (await own.get(f"/v1/residents/{view['id']}")).json()["full_name"] == "Lê Văn Đạt"
    assert len(await published(ResidentUpdated)) == 1


async def test_a_request_names_an_attribute_and_nothing_else(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    own = calling("resident", resident_id=view["id"])
    path = f"/v1/residents/{view['id']}/corrections"

    for body in (
        {"kind": "erasure", "field": "Nguyễn Văn Lộ, 0912345678"},
        {"kind": "objection", "field": "x" * 100_000},
        {"field": "colour", "value": "038085000009"},
        {"value": "A"},
    ):
        answer = await own.post(path, json=body)
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["/field"])
    empty = await own.post(path, json={"field": "full_name", "value": None})
    assert [(e["pointer"], e["code"]) for e in empty.json()["errors"]] == [("/value", "not-nullable")]
    assert (await own.post(path, json={"kind": "erasure", "field": "phone"})).status_code == 201


async def test_an_accepted_erasure_deletes_what_the_law_does_not_keep(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    own, officer = calling("resident", resident_id=view["id"]), calling("officer", unit_code="15724")

    requested = (await own.post(f"/v1/residents/{view['id']}/corrections", json={"kind": "erasure"})).json()
    await officer.post(f"/v1/corrections/{requested['id']}/decision", json={"decision": "accept"})

    after = (await own.get(f"/v1/residents/{view['id']}")).json()
    assert (after["phone"], after["social_insurance_no"], after["full_name"]) == (None, None, "Lê Văn Đức")


async def test_an_erasure_of_one_attribute_keeps_the_others_and_erases_proposals(
    calling: Any, register: Any, session: Session
) -> None:
    view = await register(a_resident(address_line="Số 5"))
    own, officer = calling("resident", resident_id=view["id"]), calling("officer", unit_code="15724")
    path = f"/v1/residents/{view['id']}/corrections"
    proposed = (await own.post(path, json={"field": "phone", "value": "0912345678"})).json()
    requested = (await own.post(path, json={"kind": "erasure", "field": "phone"})).json()

    done = await officer.post(f"/v1/corrections/{requested['id']}/decision", json={"decision": "accept"})

    assert done.status_code == 200, done.text
    after = (await own.get(f"/v1/residents/{view['id']}")).json()
    assert (after["phone"], after["phone_owner_verified"]) == (None, False)
    assert (after["address_line"], after["social_insurance_no"]) == ("Số 5", view["social_insurance_no"])
    assert (await own.get(f"/v1/corrections/{proposed['id']}")).json()["value"] is None
    assert (await own.post(path, json={"kind": "erasure", "field": "full_name"})).status_code == 422


async def test_near_duplicates_are_found_merged_and_unmerged(
    calling: Any, register: Any, deliver: Any, published: Any
) -> None:
    one = await register(
        a_resident(
            1,
            full_name="Lê Văn Đức",
            date_of_birth="1985-09-05",
            phone=None,
            phone_owner_verified=False,
            has_smartphone=None,
        )
    )
    two = await register(a_resident(2, full_name="Le Van Duc", date_of_birth="1985-05-09"))
    await register(a_resident(55, full_name="Trần Văn Nam", date_of_birth="1990-01-01", unit_code="15727-02"))
    officer = calling("officer", unit_code="15724")

    [pair] = (await officer.get("/v1/duplicate-candidates?unit_code=15724", headers=PURPOSE)).json()["items"]
    assert set(pair["resident_ids"]) == {one["id"], two["id"]}
    assert set(pair["reasons"]) == {"number-slip", "same-name", "swapped-birth"}

    merged = await officer.post(f"/v1/residents/{one['id']}/merge", json={"duplicate_id": two["id"]})
    assert merged.status_code == 200, merged.text
    assert merged.json()["phone"] == "+84900000002"
    await deliver(a_partner_event("ekyc.passed", {"resident": {"personal_id": "038085000002"}}))
    found = await officer.post("/v1/residents/lookup", json={"personal_id": "038085000002"}, headers=PURPOSE)
    assert found.json()["id"] == one["id"]
    assert len((await officer.get("/v1/residents", headers=PURPOSE)).json()["items"]) == 2
    assert (await officer.post(f"/v1/residents/{one['id']}/merge", json={"duplicate_id": two["id"]})).status_code == 409

    undone = await officer.delete(f"/v1/residents/{one['id']}/merge")

    assert undone.json()["phone"] is None
    found = await officer.post("/v1/residents/lookup", json={"personal_id": "038085000002"}, headers=PURPOSE)
    assert found.json()["id"] == two["id"]
    [gone], [back] = await published(ResidentMerged), await published(ResidentUnmerged)
    assert (str(gone.resident_id), str(gone.survivor_id), gone.life) == (two["id"], one["id"], "merged")
    assert (str(back.resident_id), back.life) == (two["id"], "alive")


async def test_the_evidence_of_a_consent_is_a_note_and_no_document(calling: Any, register: Any) -> None:
    view = await register(a_resident(1))
    own, path = calling("resident", resident_id=view["id"]), f"/v1/residents/{view['id']}/consents"
    body = {"purpose": "prefill", "grantee": "demo-bank", "evidence": {"text": "x" * 5_000}}

    refused = await own.post(path, json=body)

    assert [error["pointer"] for error in refused.json()["errors"]] == ["/evidence"]


async def test_the_same_consent_again_is_the_valid_one_and_their_number_is_bounded(
    calling: Any, register: Any, published: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.commands.consents.MOST_VALID", 2)
    view = await register(a_resident())
    own, path = calling("resident", resident_id=view["id"]), f"/v1/residents/{view['id']}/consents"

    made = [await own.post(path, json={"purpose": "prefill", "grantee": grantee}) for grantee in ("a", "a", "b", "c")]

    assert [answer.status_code for answer in made] == [201, 201, 201, 409]
    assert made[0].json()["id"] == made[1].json()["id"]
    assert made[3].json()["type"] == "/problems/too-many-consents"
    assert len(await published(ResidentConsentChanged)) == 2


async def test_only_a_phone_that_is_there_has_a_verified_owner(calling: Any, register: Any) -> None:
    officer = calling("officer", unit_code="15724")
    view = await register(a_resident(1, phone=None, phone_owner_verified=False))

    created = await officer.post("/v1/residents", json=a_resident(2, phone=None))
    changed = await officer.patch(f"/v1/residents/{view['id']}", json={"phone": None, "phone_owner_verified": True})

    for answer in (created, changed):
        assert answer.status_code == 422
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
            ("/phone_owner_verified", "phone-missing")
        ]
