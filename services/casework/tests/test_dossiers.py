"""The steps of a dossier through its operations."""

import asyncio
import json
from datetime import datetime

import pytest

from casework.model.forms import TYPED
from chassis.clock import frozen_at
from contracts.access import AccessRecorded
from contracts.casework import DossierChanged, DossierCompleted, DossierFeeRequested, DossierSubmitted

MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
EXTRACT = {"extract_kind": "birth"}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
RECEIPT = {"way": "record_fee", "note": "Biên lai số 12"}


async def draft(client, world, **body):
    answer = await client.post(
        "/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh), **body}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def submitted(client, world, **body):
    opened = await draft(client, world, **body)
    patched = await client.patch(f"/v1/dossiers/{opened['id']}", json={"fields": EXTRACT})
    assert patched.status_code == 200, patched.text
    answer = await client.post(f"/v1/dossiers/{opened['id']}/submit")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def act(client, dossier, action, **more):
    return await client.post(f"/v1/dossiers/{dossier['id']}/actions", json={"action": action, **more})


async def test_a_draft_is_prefilled_and_only_unknown_fields_are_missing(binh, world):
    answer = await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    dossier = answer.json()

    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/dossiers/{dossier['id']}"
    assert (dossier["status"], dossier["national_status"]) == ("draft", None)
    assert dossier["missing"] == ["extract_kind"]
    assert dossier["missing_documents"] == []
    assert dossier["once_only_ratio"] == 1.0
    assert dossier["unit_code"] == "15724"
    name = dossier["fields"]["full_name"]
    assert (name["value"], name["source"], name["editable"]) == ("Nguyễn Văn Thử Bình", "population_database", False)
    assert dossier["fields"]["phone"]["editable"] is True
    assert dossier["fields"]["subject_full_name"]["value"] == "Nguyễn Văn Thử Bình"
    assert dossier["fields"]["relation"]["value"] == "self"


async def test_the_whole_way_from_draft_to_result(binh, officer, world, published):
    with frozen_at(MONDAY):
        dossier = await submitted(binh, world, copies=2)

        assert (dossier["status"], dossier["national_status"], dossier["due_at"]) == ("submitted", 1, None)
        assert dossier["fee"]["amount"] == 16_000
        assert dossier["fee"]["status"] == "requested"
        assert dossier["qr_code_id"] is None
        assert dossier["code"] == "H56.15724-261123-0001"

        accepted = (await act(officer, dossier, "accept")).json()
        assert (accepted["status"], accepted["national_status"]) == ("accepted", 2)
        assert accepted["due_at"] == "2026-11-23T17:00:00+07:00"

        approved = (await act(officer, dossier, "approve")).json()
        assert (approved["status"], approved["national_status"], approved["is_on_time"]) == ("approved", 9, True)
        settled = await officer.post(f"/v1/dossiers/{dossier['id']}/fee-settlements", json=RECEIPT)
        assert settled.json()["fee"]["status"] == "paid"
        await officer.post(f"/v1/dossiers/{dossier['id']}/results", files={"file": ("r.pdf", PDF)})

        returned = (await act(officer, dossier, "return_result")).json()
        assert (returned["status"], returned["national_status"], returned["legal_actions"]) == ("returned", 10, [])

    events = await published(DossierSubmitted, DossierFeeRequested, DossierChanged, DossierCompleted)
    assert [event.type.split(".")[-2] for event in events] == [
        "submitted", "fee_requested", "changed", "completed", "changed", "changed",
    ]  # fmt: skip
    first = events[0]
    assert (first.self_service, first.channel, first.origin, first.national_status) == (True, 2, "here", 1)
    assert (first.fields_asked, first.fields_prefilled) == (10, 10)
    assert events[3].is_on_time is True
    assert (events[1].amount, events[1].dossier_code) == (16_000, "H56.15724-261123-0001")


async def test_an_illegal_action_answers_409_and_names_the_legal_ones(binh, officer, world):
    dossier = await submitted(binh, world)

    refused = await act(officer, dossier, "return_result")

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/illegal-action"
    assert set(refused.json()["legal"]) == {"accept", "refuse", "request_supplement", "transfer", "withdraw"}


async def test_a_resident_cannot_accept_and_cannot_submit_twice(binh, world):
    dossier = await submitted(binh, world)

    assert (await act(binh, dossier, "accept")).status_code == 403
    again = await binh.post(f"/v1/dossiers/{dossier['id']}/submit")
    assert again.status_code == 409
    assert again.json()["legal"] == ["withdraw"]


async def test_an_incomplete_dossier_is_refused_with_everything_it_lacks(binh, world):
    opened = await draft(binh, world, procedure_code="1.001731", subject_id=str(world.lan))

    answer = await binh.post(f"/v1/dossiers/{opened['id']}/submit")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/incomplete-dossier"
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/fields/relation", "/fields/died_on", "/fields/buried_on", "/fields/burial_place",
        "/attachments/death_certificate",
    }  # fmt: skip


async def test_a_supplement_stops_the_clock_and_leads_back(binh, officer, world):
    with frozen_at(MONDAY):
        opened = await draft(binh, world, procedure_code="1.004873")
        await binh.patch(
            f"/v1/dossiers/{opened['id']}",
            json={"fields": {"marital_state": "never_married", "certificate_purpose": "other"}},
        )
        dossier = (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()
        accepted = (await act(officer, dossier, "accept")).json()
        assert accepted["due_at"] == "2026-11-27T17:00:00+07:00"  # 25, 26, 27: the 24th is a holiday
        assert accepted["fee"] == {
            "amount": 0, "status": "none", "paid_at": None, "paid_twice": False, "receipt_number": None,
            "payable_at_counter": False,
            "settled_by": None,
        }  # fmt: skip
    with frozen_at(datetime.fromisoformat("2026-11-25T10:00:00+07:00")):
        asked = (await act(officer, dossier, "request_supplement", note="Bổ sung lý do")).json()
        assert (asked["status"], asked["national_status"]) == ("supplement_requested", 5)
    with frozen_at(datetime.fromisoformat("2026-11-30T10:00:00+07:00")):
        late = (await binh.get("/v1/dossiers", params={"overdue": True})).json()
        assert late["items"] == []
        back = (await act(binh, dossier, "supplement", note="Đã bổ sung")).json()
        assert (back["status"], back["due_at"]) == ("processing", "2026-12-02T17:00:00+07:00")
    with frozen_at(datetime.fromisoformat("2026-12-03T10:00:00+07:00")):
        late = (await officer.get("/v1/dossiers", params={"overdue": True, "unit_code": "15724"})).json()
        assert [item["id"] for item in late["items"]] == [dossier["id"]]
        approved = (await act(officer, dossier, "approve")).json()
        assert approved["is_on_time"] is False

    history = (await binh.get(f"/v1/dossiers/{dossier['id']}")).json()["history"]
    assert [step["action"] for step in history] == ["submit", "accept", "request_supplement", "supplement", "approve"]
    assert history[2]["note"] == "Bổ sung lý do"


async def test_an_apology_moves_the_date_once(binh, officer, world):
    with frozen_at(MONDAY):
        dossier = await submitted(binh, world)
        await act(officer, dossier, "accept")
        moved = await act(officer, dossier, "extend", due_on="2026-11-26", note="Xin lỗi vì chậm trễ")
        again = await act(officer, dossier, "extend", due_on="2026-11-27", note="Xin lỗi lần nữa")

    assert moved.json()["due_at"] == "2026-11-26T17:00:00+07:00"
    assert moved.json()["first_due_at"] == "2026-11-23T17:00:00+07:00"
    assert again.status_code == 409


async def test_what_a_source_verified_is_read_only_and_every_wrong_field_is_named(binh, world):
    opened = await draft(binh, world)

    answer = await binh.patch(
        f"/v1/dossiers/{opened['id']}",
        json={
            "fields": {
                "full_name": "Tên khác",
                "extract_kind": "divorce",
                "shoe_size": 43,
                "registered_on": "31/12/1990",
            }
        },
    )

    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/fields/full_name", "read-only"),
        ("/fields/extract_kind", "choice"),
        ("/fields/shoe_size", "unknown-field"),
        ("/fields/registered_on", "date"),
    }
    [choice] = [error["message"] for error in answer.json()["errors"] if error["code"] == "choice"]
    assert "birth (" in choice


async def test_a_stale_value_needs_confirmation_and_can_be_corrected(binh, world, registry):
    registry.stale = {"permanent_address"}
    opened = await draft(binh, world)
    address = opened["fields"]["permanent_address"]
    assert (address["state"], address["needs_confirmation"], address["editable"]) == ("stale", True, True)

    changed = await binh.patch(
        f"/v1/dossiers/{opened['id']}", json={"fields": {"permanent_address": "Thôn 2, xã Đồng Tiến"}}
    )

    assert changed.json()["fields"]["permanent_address"]["source"] == TYPED
    assert changed.json()["once_only_ratio"] == 0.9


async def test_a_stale_value_sent_back_unchanged_is_confirmed_and_not_counted_as_typed(binh, world, registry):
    registry.stale = {"permanent_address"}
    opened = await draft(binh, world)

    same = {"permanent_address": opened["fields"]["permanent_address"]["value"]}
    answer = (await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": same})).json()

    address = answer["fields"]["permanent_address"]
    assert (address["state"], address["needs_confirmation"], address["editable"]) == ("fresh", False, False)
    assert answer["once_only_ratio"] == 1.0


async def test_a_personal_number_is_always_masked_and_may_be_sent_back_so(binh, world, registry):
    registry.people[world.binh]["personal_id"] = "038061000045"
    opened = await draft(binh, world)
    assert opened["fields"]["personal_id"]["value"] == "038*******45"

    same = await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"personal_id": "038*******45"}})

    assert same.status_code == 200
    assert "038061000045" not in same.text


async def test_a_draft_has_every_field_of_its_procedure_under_the_same_name(binh, calling, world):
    opened = await draft(binh, world)
    procedure = (await calling().get("/v1/procedures/2.000635")).json()

    assert set(opened["fields"]) == {field["name"] for field in procedure["fields"]}
    assert opened["fields"]["tax_code"]["editable"] is False
    required = {field["name"] for field in procedure["fields"] if field["required"]}
    empty = {name for name, field in opened["fields"].items() if field["value"] is None}
    assert set(opened["missing"]) == required & empty


async def test_what_no_text_is_comes_back_as_422(binh, world):
    opened = await draft(binh, world)
    for value in ("a\ud800", "a\u0000", {"a": 1}, [], 7, True, "  "):
        body = json.dumps({"fields": {"register_number": value}})
        answer = await binh.patch(
            f"/v1/dossiers/{opened['id']}", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422, value


async def test_an_unknown_purpose_is_refused(officer, world):
    body = {"procedure_code": "2.000635", "resident_id": str(world.binh)}

    answer = await officer.post("/v1/dossiers", json=body, headers={"X-Purpose": "curiosity"})

    assert answer.status_code == 400


async def test_an_officer_assists_at_the_counter(officer, world):
    opened = await draft(officer, world, channel="direct")

    assert opened["assisted_by"] == "officer-1"
    assert (opened["self_service"], opened["channel"]) == (False, 1)


async def test_a_resident_cannot_draft_for_a_stranger(calling, world):
    lan = calling("resident", resident_id=world.lan)
    neighbour = calling("officer", unit_code="15061")
    body = {"procedure_code": "2.000635", "resident_id": str(world.binh)}

    assert (await lan.post("/v1/dossiers", json=body)).status_code == 403
    assert (await neighbour.post("/v1/dossiers", json=body)).status_code == 403


async def test_a_resident_sees_their_own_and_an_officer_of_another_unit_none(binh, officer, calling, world):
    dossier = await submitted(binh, world)
    lan, neighbour = calling("resident", resident_id=world.lan), calling("officer", unit_code="15061")

    assert [item["id"] for item in (await binh.get("/v1/dossiers")).json()["items"]] == [dossier["id"]]
    assert [item["id"] for item in (await officer.get("/v1/dossiers")).json()["items"]] == [dossier["id"]]
    for stranger in (lan, neighbour):
        assert (await stranger.get("/v1/dossiers")).json()["items"] == []
        assert (await stranger.get(f"/v1/dossiers/{dossier['id']}")).status_code == 404
        assert (await act(stranger, dossier, "withdraw")).status_code == 404
    assert (await neighbour.get("/v1/dossiers", params={"unit_code": "15724"})).status_code == 403


async def test_a_caller_without_an_id_owns_nothing(calling, officer, world):
    shop = calling("organization", organization_id=world.shop)
    await shop.post("/v1/dossiers", json={"procedure_code": "1.001731", "organization_id": str(world.shop)})
    await shop.post("/v1/feedback", json={"unit_code": "15724", "category": "field", "text": "x", "anonymous": True})
    await officer.post("/v1/documents", json={"unit_code": "15724", "subject": "x"})
    anonymous = calling("resident")

    for path in ("dossiers", "feedback", "documents"):
        assert (await anonymous.get(f"/v1/{path}")).json()["items"] == []


async def test_an_officers_reading_needs_a_purpose_and_is_logged(binh, officer, world, published):
    dossier = await submitted(binh, world)
    del officer.headers["X-Purpose"]

    assert (await officer.get(f"/v1/dossiers/{dossier['id']}")).status_code == 428
    read = await officer.get(f"/v1/dossiers/{dossier['id']}", headers={"X-Purpose": "dossier"})
    assert (await binh.get(f"/v1/dossiers/{dossier['id']}")).status_code == 200

    assert read.status_code == 200
    logged = await published(AccessRecorded)
    assert [(entry.actor, entry.resident_id, entry.purpose, entry.action) for entry in logged] == [
        ("officer-1", world.binh, "dossier", "read")
    ]


async def test_attributes_of_another_person_fill_the_form_withheld(binh, officer, world):
    stranger = await draft(binh, world, procedure_code="1.001731", subject_id=str(world.cuong))

    assert stranger["fields"]["subject_full_name"] == {
        "value": None, "source": "population_database", "verified": True, "observed_at": "2026-11-01T07:00:00+07:00",
        "state": "fresh", "editable": False, "needs_confirmation": False, "withheld": True,
    }  # fmt: skip
    assert "subject_full_name" not in stranger["missing"]
    seen = (await officer.get(f"/v1/dossiers/{stranger['id']}")).json()
    assert seen["fields"]["subject_full_name"]["value"] == "Trần Thử Cường"


async def test_an_organization_applies_with_the_attributes_of_its_representative(calling, world):
    shop = calling("organization", organization_id=world.shop)

    answer = await shop.post("/v1/dossiers", json={"procedure_code": "1.001731", "organization_id": str(world.shop)})

    assert answer.status_code == 201, answer.text
    fields = answer.json()["fields"]
    assert fields["organization_name"]["value"] == "Hộ kinh doanh Thử"
    assert fields["full_name"]["value"] == "Nguyễn Văn Thử Bình"


async def test_a_marriage_is_not_for_organizations(calling, world):
    shop = calling("organization", organization_id=world.shop)

    answer = await shop.post("/v1/dossiers", json={"procedure_code": "1.000894", "organization_id": str(world.shop)})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/organization_id"


async def test_a_draft_that_opened_empty_is_filled_when_the_registry_is_back(binh, world, registry):
    registry.mode = "down"
    opened = await draft(binh, world)
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"full_name": "Binh", "phone": "0999999999"}})
    registry.mode = "up"

    filled = (await binh.post(f"/v1/dossiers/{opened['id']}/prefill")).json()

    assert filled["degraded"] is False
    assert filled["missing"] == ["extract_kind"]
    assert filled["fields"]["full_name"]["value"] == "Nguyễn Văn Thử Bình"
    assert filled["fields"]["phone"]["value"] == "0999999999"


@pytest.mark.parametrize("action", ["refuse", "request_supplement"])
async def test_an_office_gives_its_reasons(binh, officer, world, action):
    dossier = await submitted(binh, world)

    for note in ({}, {"note": "  "}):
        answer = await act(officer, dossier, action, **note)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/note")


async def test_a_stale_version_is_refused(binh, world):
    opened = await draft(binh, world)

    answer = await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": EXTRACT}, headers={"If-Match": '"7"'})

    assert answer.status_code == 412


async def test_an_unknown_resident_may_be_known_in_a_second(officer):
    answer = await officer.post(
        "/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": "019aa000-0000-7000-8000-000000000009"}
    )

    assert answer.status_code == 404
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"procedure_code": "9.999999"}, "/procedure_code"),
        ({"copies": 0}, "/copies"),
        ({"unit_code": "99999"}, "/unit_code"),
        ({"resident_id": None}, ""),
    ],
)
async def test_a_wrong_draft_is_refused_with_the_field(officer, world, body, pointer):
    whole = {"procedure_code": "2.000635", "resident_id": str(world.binh)} | body

    answer = await officer.post("/v1/dossiers", json=whole)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].rstrip("/") == pointer


async def test_a_dossier_filed_here_for_another_commune_is_seen_by_both_once_it_is_filed(officer, calling, world):
    opened = await draft(officer, world, procedure_code="1.004194", unit_code="15061")
    neighbour = calling("officer", unit_code="15061")
    neighbour.headers["X-Purpose"] = "dossier"

    assert opened["unit_code"] == "15061"
    assert (await officer.get(f"/v1/dossiers/{opened['id']}")).status_code == 200
    assert (await neighbour.get(f"/v1/dossiers/{opened['id']}")).status_code == 404
    path = f"/v1/dossiers/{opened['id']}"
    await officer.patch(path, json={"fields": {"temporary_address": "Thôn 2", "until": "2028-01-01"}})
    await officer.post(f"{path}/attachments", files={"file": ("a.pdf", b"%PDF-1.7\n%%EOF\n")})
    assert (await officer.post(f"{path}/submit")).status_code == 200
    assert (await neighbour.get(path)).status_code == 200


async def test_of_two_concurrent_decisions_one_succeeds_and_the_other_is_refused(binh, officer, calling, world):
    colleague = calling("officer", unit_code="15724", subject="officer-2")
    dossier = await submitted(binh, world)

    answers = await asyncio.gather(
        act(officer, dossier, "accept"), act(colleague, dossier, "refuse", note="Sai thẩm quyền")
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    history = (await binh.get(f"/v1/dossiers/{dossier['id']}")).json()["history"]
    assert len(history) == 2


async def test_two_dossiers_handed_in_at_once_get_two_codes(binh, world):
    drafts = [await draft(binh, world) for _ in range(6)]
    for opened in drafts:
        await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": EXTRACT})

    answers = await asyncio.gather(*(binh.post(f"/v1/dossiers/{opened['id']}/submit") for opened in drafts))

    assert len({answer.json()["code"] for answer in answers}) == 6


async def test_a_village_officer_sees_nothing_of_the_communes_desk(binh, calling, world):
    dossier = await submitted(binh, world)
    village = calling("officer", unit_code="15727-02")
    village.headers["X-Purpose"] = "dossier"

    assert (await village.get("/v1/dossiers")).json()["items"] == []
    for path in ("", "/attachments", "/results", "/slip.pdf", "/receipt.pdf"):
        assert (await village.get(f"/v1/dossiers/{dossier['id']}{path}")).status_code == 404
    assert (await act(village, dossier, "accept")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"procedure_code": ["2.000635"]}, {"copies": 10**30}, {"copies": "hai"}, {"copies": True}, {"channel": 2},
        {"resident_id": "x" * 10_000}, {"assisted_by": "a" * 65}, {"unit_code": "'; DROP TABLE dossier --"},
        {"result_delivery": "\u0000"}, {"procedure_code": "2.000635\u0000"}, {"on_behalf_of": 7},
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_a_field_error(officer, world, body):
    answer = await officer.post(
        "/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)} | body
    )

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_a_form_of_thousands_of_fields_is_refused(binh, world):
    opened = await draft(binh, world)

    many = await binh.patch(
        f"/v1/dossiers/{opened['id']}", json={"fields": {f"field_{number}": "x" for number in range(5_000)}}
    )
    long = await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"register_book": "x" * 500_000}})

    assert (many.status_code, long.status_code) == (422, 422)
