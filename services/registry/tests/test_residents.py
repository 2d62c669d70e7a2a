import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from chassis.security.encryption import DecryptionFailed
from chassis.storage.database import Database
from contracts.access import AccessRecorded
from contracts.registry import ResidentMoved, ResidentPrefilled, ResidentRegistered, ResidentUpdated
from registry.model.provenance import Correction
from registry.model.residents import Resident

from .conftest import PURPOSE, a_resident


async def test_the_event_of_a_registration_has_no_personal_data(register: Any, published: Any) -> None:
    view = await register(a_resident())

    [event] = await published(ResidentRegistered)
    assert str(event.resident_id) == view["id"]
    assert (event.unit_code, event.birth_month, event.citizen_id_card) == ("15727-01", "1985-09", True)
    assert (event.has_smartphone, event.has_bank_account, event.owner_verified_phone) == (True, False, True)
    payload = event.model_dump_json()
    for secret in ("038085000001", "+84900000001", "Đức", "3800000001"):
        assert secret not in payload


async def test_the_personal_number_is_masked_for_every_caller(calling: Any, register: Any) -> None:
    view = await register(a_resident())

    assert view["personal_id"] == "038*******01"
    own = await calling("resident", resident_id=view["id"]).get(f"/v1/residents/{view['id']}")
    volunteer = await calling("volunteer", unit_code="15727-01").get(f"/v1/residents/{view['id']}", headers=PURPOSE)
    assert own.json()["personal_id"] == volunteer.json()["personal_id"] == "038*******01"
    assert "900000001" not in volunteer.text


async def test_the_same_person_again_is_a_conflict_that_names_the_record_only_inside_the_scope(
    calling: Any, register: Any
) -> None:
    view = await register(a_resident())

    inside = await calling("officer", unit_code="15724").post("/v1/residents", json=a_resident())
    outside = await calling("officer", unit_code="15061").post("/v1/residents", json=a_resident(unit_code="15061-01"))

    assert inside.status_code == outside.status_code == 409
    assert inside.json()["type"] == "/problems/resident-exists"
    assert inside.json()["id"] == view["id"]
    assert view["id"] not in outside.text


async def test_every_wrong_field_is_named_at_once_in_vietnamese(calling: Any) -> None:
    body = a_resident(
        personal_id="123", phone="1", date_of_birth="2099-01-01", sex="x", full_name="4", social_insurance_no="1"
    )

    answer = await calling("officer", unit_code="38").post("/v1/residents", json=body)

    assert answer.status_code == 422
    wrong = {error["pointer"]: error for error in answer.json()["errors"]}
    assert set(wrong) == {"/personal_id", "/phone", "/date_of_birth", "/sex", "/full_name", "/social_insurance_no"}
    assert wrong["/phone"]["message"] == "Số điện thoại không hợp lệ"


async def test_wrong_shapes_unknown_units_and_impossible_numbers_are_all_named_in_one_answer(
    calling: Any, session: Any
) -> None:
    client = calling("officer", unit_code="38")
    body = a_resident(sex=3, unit_code="no-such", phone="12", personal_id="03808500000x")

    answer = await client.post("/v1/residents", json=body)
    in_english = await client.post(
        "/v1/residents", json=body, headers={"Accept-Language": "en", "Idempotency-Key": "k"}
    )

    assert answer.status_code == in_english.status_code == 422
    wrong = {error["pointer"]: (error["code"], error["message"]) for error in answer.json()["errors"]}
    assert wrong == {
        "/personal_id": ("personal-id-not-digits", "Số định danh chỉ gồm chữ số"),
        "/phone": ("phone-invalid", "Số điện thoại không hợp lệ"),
        "/sex": ("literal-error", "Phải là một trong: 'male' hoặc 'female'."),
        "/unit_code": ("unknown-unit", "Không có đơn vị nào mang mã này."),
    }
    assert {error["message"] for error in in_english.json()["errors"]} >= {"No unit has this code."}
    for table in ("resident", "identifier", "outbox", "household"):
        assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar() == 0, table


async def test_a_change_names_every_wrong_field_too_and_changes_nothing(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    client = calling("officer", unit_code="38")
    path = f"/v1/residents/{view['id']}"

    shapes = await client.patch(
        path, json={"full_name": None, "unit_code": "no-such", "phone": "1", "address_line": "A"}
    )
    known = await client.patch(path, json={"deceased_on": "1950-01-01", "address_line": "A"})
    cmnd = await register(a_resident(2, personal_id="171234567", id_document="cmnd"))
    card = await client.patch(f"/v1/residents/{cmnd['id']}", json={"id_document": "cccd"})

    assert {(e["pointer"], e["code"]) for e in shapes.json()["errors"]} == {
        ("/full_name", "not-nullable"), ("/unit_code", "unknown-unit"), ("/phone", "phone-invalid"),
    }  # fmt: skip
    assert [(e["pointer"], e["code"]) for e in known.json()["errors"]] == [("/deceased_on", "death-before-birth")]
    assert [(e["pointer"], e["code"]) for e in card.json()["errors"]] == [("/id_document", "id-document-mismatch")]
    after = (await client.get(path, headers=PURPOSE)).json()
    assert (after["address_line"], after["status"], after["changed_at"]) == (None, "alive", view["changed_at"])


@pytest.mark.parametrize("junk", ["\ud800", "\u0000", "x" * 5000, [], {"a": 1}, 10**400, None, "  "])
async def test_a_unit_that_is_no_text_at_all_is_a_wrong_field_and_never_a_fault(calling: Any, junk: Any) -> None:
    client = calling("officer", unit_code="38")

    content = json.dumps(a_resident(unit_code=junk, phone="1"))
    answer = await client.post("/v1/residents", content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422, answer.text
    wrong = {error["pointer"] for error in answer.json()["errors"]}
    # A lone surrogate is no JSON text: the body as a whole is refused.
    assert wrong == ({""} if junk == "\ud800" else {"/unit_code", "/phone"})


async def test_an_unknown_unit_or_a_card_that_cannot_be_is_refused(calling: Any) -> None:
    client = calling("officer", unit_code="38")

    unknown = await client.post("/v1/residents", json=a_resident(unit_code="15727"))
    card = await client.post("/v1/residents", json=a_resident(personal_id="171234567", id_document="cccd"))

    assert [e["code"] for e in unknown.json()["errors"]] == ["unknown-unit"]
    assert [(e["pointer"], e["code"]) for e in card.json()["errors"]] == [("/id_document", "id-document-mismatch")]


async def test_a_service_looks_up_a_list_of_numbers_and_each_owner_s_log_has_it(
    calling: Any, register: Any, published: Any
) -> None:
    one, two = await register(a_resident(1)), await register(a_resident(2, unit_code="15061-01"))
    service = calling("service", subject="onboarding")
    numbers = ["038085000002", "038085000009", "038 085 000 001", "no number", "038085000001"]

    answer = await service.post("/v1/residents/lookups", json={"personal_ids": numbers}, headers=PURPOSE)

    items = answer.json()["items"]
    assert [item["personal_id"] for item in items] == numbers
    assert [item["id"] for item in items] == [two["id"], None, one["id"], None, one["id"]]
    assert (items[0]["unit_code"], items[0]["status"]) == ("15061-01", "alive")
    assert {str(event.resident_id) for event in await published(AccessRecorded)} == {one["id"], two["id"]}
    refused = [await calling(role, unit_code="38").post("/v1/residents/lookups", json={"personal_ids": numbers},
                                                        headers=PURPOSE) for role in ("officer", "volunteer")]  # fmt: skip
    assert [answer.status_code for answer in refused] == [403, 403]
    assert (await service.post("/v1/residents/lookups", json={"personal_ids": numbers})).status_code == 428
    too_many = {"personal_ids": ["038085000001"] * 1001}
    assert (await service.post("/v1/residents/lookups", json=too_many, headers=PURPOSE)).status_code == 422


async def test_oddities_are_accepted_with_warnings(register: Any) -> None:
    view = await register(a_resident(personal_id="999385000001"))

    assert {warning["code"] for warning in view["warnings"]} == {
        "unknown-province-prefix", "sex-mismatch", "birth-year-mismatch"
    }  # fmt: skip


async def test_reading_another_person_needs_a_purpose_and_is_in_their_log(
    calling: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="15724", subject="o1")
    path = f"/v1/residents/{view['id']}"

    assert (await officer.get(path)).status_code == 428
    assert (await officer.get(path, headers={"X-Purpose": "curiosity"})).status_code == 400
    assert (await officer.get(path, headers=PURPOSE)).status_code == 200
    assert (await calling("resident", resident_id=view["id"]).get(path)).status_code == 200
    [read] = await published(AccessRecorded)
    assert (read.actor, read.purpose, read.action) == ("o1", "onboarding", "read")


async def test_a_read_outside_one_s_units_is_not_found(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    path = f"/v1/residents/{view['id']}"

    assert (await calling("officer", unit_code="15061").get(path, headers=PURPOSE)).status_code == 404
    assert (await calling("resident", resident_id="0190aaaa-0000-7000-8000-000000000000").get(path, headers=PURPOSE)
            ).status_code == 404  # fmt: skip
    assert (await calling("auditor", unit_code="38").get(path, headers=PURPOSE)).status_code == 403
    assert (await calling().get(path)).status_code == 401


async def test_residents_are_listed_by_unit_name_household_and_status(calling: Any, register: Any) -> None:
    await register(a_resident(1, full_name="Lê Văn Đức", household_code="H1"))
    await register(a_resident(2, full_name="Nguyễn Thị Đào", household_code="H1", unit_code="15727-02", sex="female"))
    await register(a_resident(3, full_name="Trần Đình Đạo", residence_status="away"))
    client = calling("officer", unit_code="15724")

    async def names(**query: str) -> list[str]:
        answer = await client.get("/v1/residents", params=query, headers=PURPOSE)
        assert answer.status_code == 200, answer.text
        return sorted(item["full_name"] for item in answer.json()["items"])

    assert await names(q="dao") == ["Nguyễn Thị Đào", "Trần Đình Đạo"]
    assert await names(q="Đao nguyen") == ["Nguyễn Thị Đào"]
    assert await names(q="le d") == ["Lê Văn Đức"]
    assert len(await names(q=" ")) == 3
    for q in ("%", "_", "l%", "%c", "--", "\\"):
        assert await names(q=q) == ([] if q != "l%" else ["Lê Văn Đức"]), q
    assert await names(unit_code="15727-02") == ["Nguyễn Thị Đào"]
    assert await names(household_code="H1") == ["Lê Văn Đức", "Nguyễn Thị Đào"]
    assert await names(household_code="H1", q="duc") == ["Lê Văn Đức"]
    assert await names(status="away") == ["Trần Đình Đạo"]
    assert (await client.get("/v1/residents?status=gone", headers=PURPOSE)).status_code == 400
    assert (await client.get("/v1/residents?unit_code=15061", headers=PURPOSE)).status_code == 403
    assert (await client.get("/v1/residents")).status_code == 428


async def test_a_list_is_paged_without_gaps_or_repeats(calling: Any, register: Any) -> None:
    made = {(await register(a_resident(n, unit_code=f"15727-0{n % 3 + 1}")))["id"] for n in range(1, 8)}
    client = calling("officer", unit_code="38")
    seen: list[str] = []
    cursor: str | None = None

    while True:
        page = (
            await client.get(
                "/v1/residents", params={"limit": "2"} | ({"cursor": cursor} if cursor else {}), headers=PURPOSE
            )
        ).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(seen) == 7
    assert set(seen) == made


async def test_lookup_finds_by_number_only_inside_the_units(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    body = {"personal_id": "038 085 000 001"}

    found = await calling("officer", unit_code="15724").post("/v1/residents/lookup", json=body, headers=PURPOSE)
    elsewhere = await calling("officer", unit_code="15061").post("/v1/residents/lookup", json=body, headers=PURPOSE)

    assert found.json()["id"] == view["id"]
    assert elsewhere.status_code == 404


async def test_full_values_are_revealed_to_the_person_and_their_officer_and_logged(
    calling: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())
    path, body = f"/v1/residents/{view['id']}/reveal", {"fields": ["personal_id", "phone"], "reason": "đối chiếu thẻ"}

    own = await calling("resident", resident_id=view["id"]).post(path, json=body)
    officer = await calling("officer", unit_code="15724").post(path, json=body, headers=PURPOSE)

    assert own.json()["fields"] == {"personal_id": "038085000001", "phone": "+84900000001"}
    assert officer.json() == own.json()
    assert (await calling("officer", unit_code="15061").post(path, json=body, headers=PURPOSE)).status_code == 404
    assert (await calling("volunteer", unit_code="15724").post(path, json=body, headers=PURPOSE)).status_code == 403
    assert [read.action for read in await published(AccessRecorded)] == ["reveal", "reveal"]


async def test_a_change_is_published_keeps_history_and_honours_if_match(
    calling: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())
    client, path = calling("officer", unit_code="15724"), f"/v1/residents/{view['id']}"

    changed = await client.patch(
        path, json={"has_smartphone": False, "phone": "0912345678"}, headers={"If-Match": '"1"'}
    )
    stale = await client.patch(path, json={"has_smartphone": True}, headers={"If-Match": '"1"'})
    nothing = await client.patch(path, json={"has_smartphone": False})

    assert changed.status_code == 200, changed.text
    assert (changed.json()["phone"], changed.json()["phone_owner_verified"]) == ("+84912345678", False)
    assert changed.headers["ETag"] == '"2"'
    assert stale.status_code == 412
    assert nothing.headers["ETag"] == '"2"'
    [event] = await published(ResidentUpdated)
    assert (event.version, event.has_smartphone, event.owner_verified_phone) == (2, False, False)


async def test_a_move_to_another_village_names_the_village_before(calling: Any, register: Any, published: Any) -> None:
    view = await register(a_resident(household_code="H1"))
    client = calling("officer", unit_code="38")

    moved = await client.patch(f"/v1/residents/{view['id']}", json={"unit_code": "15061-02"})

    assert (moved.json()["unit_code"], moved.json()["household_code"]) == ("15061-02", None)
    [event] = await published(ResidentMoved)
    assert (event.from_unit_code, event.unit_code) == ("15727-01", "15061-02")
    local = calling("officer", unit_code="15724")
    assert (await local.get(f"/v1/residents/{view['id']}", headers=PURPOSE)).status_code == 404
    assert (await local.get("/v1/residents", headers=PURPOSE)).json()["items"] == []


async def test_residents_state_some_attributes_and_contradict_higher_sources_only_as_a_correction(
    calling: Any, register: Any, database: Database
) -> None:
    view = await register(a_resident(address_line=None))
    client, path = calling("resident", resident_id=view["id"]), f"/v1/residents/{view['id']}"

    stated = await client.patch(path, json={"address_line": "Số 5", "has_bank_account": True})
    forbidden = await client.patch(path, json={"full_name": "Khác"})

    assert stated.json()["address_line"] == "Số 5"
    assert stated.json()["has_bank_account"] is False
    assert stated.json()["pending_corrections"] == ["has_bank_account"]
    assert forbidden.status_code == 403
    async with database.reading() as session:
        from sqlmodel import select

        [correction] = (await session.exec(select(Correction))).all()
    assert (correction.name, correction.state) == ("has_bank_account", "received")


async def test_a_new_card_replaces_the_old_number_and_both_find_the_person(calling: Any, register: Any) -> None:
    view = await register(a_resident(personal_id="171234567", id_document="cmnd"))
    client = calling("officer", unit_code="15724")

    changed = await client.patch(f"/v1/residents/{view['id']}", json={"personal_id": "038085000077"})

    assert changed.json()["id_document"] == "cccd"
    for number in ("171234567", "038085000077"):
        found = await client.post("/v1/residents/lookup", json={"personal_id": number}, headers=PURPOSE)
        assert found.json()["id"] == view["id"]


async def test_attributes_name_their_source(calling: Any, register: Any) -> None:
    view = await register(a_resident())

    facts = (await calling("resident", resident_id=view["id"]).get(f"/v1/residents/{view['id']}/facts")).json()["items"]

    by_name = {item["name"]: item for item in facts}
    assert by_name["full_name"]["value"] == "Lê Văn Đức"
    assert by_name["full_name"]["source"] == "officer"
    assert by_name["personal_id"]["value"] == "038*******01"
    assert by_name["phone"]["expires_at"] is not None


async def test_prefill_fills_what_is_known_and_names_what_is_missing(
    calling: Any, register: Any, published: Any
) -> None:
    view = await register(a_resident())
    body = {"fields": ["full_name", "date_of_birth", "phone", "personal_id", "permanent_address", "shoe_size"],
            "purpose": "dossier"}  # fmt: skip

    answer = await calling("officer", unit_code="15724").post(f"/v1/residents/{view['id']}/prefill", json=body)

    assert answer.status_code == 200, answer.text
    filled = answer.json()
    assert filled["fields"]["personal_id"]["value"] == "038*******01"
    assert filled["fields"]["date_of_birth"]["value"] == "1985-09-05"
    assert filled["fields"]["permanent_address"]["state"] == "missing"
    assert filled["missing"] == ["permanent_address", "shoe_size"]
    assert filled["once_only_ratio"] == 0.67
    [event] = await published(ResidentPrefilled)
    assert (event.asked, event.filled, event.purpose) == (6, 4, "dossier")


async def test_two_hundred_registrations_of_one_person_make_one(calling: Any, published: Any) -> None:
    client = calling("officer", unit_code="38")

    answers = await asyncio.gather(*(client.post("/v1/residents", json=a_resident()) for _ in range(200)))

    codes = sorted(answer.status_code for answer in answers)
    assert codes.count(201) == 1
    assert set(codes[1:]) <= {409, 503}
    assert len(await published(ResidentRegistered)) == 1


async def test_a_ciphertext_moved_to_another_row_does_not_open(register: Any, database: Database) -> None:
    one, two = await register(a_resident(1)), await register(a_resident(2))
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE resident AS r SET personal_id = o.personal_id FROM resident AS o WHERE r.id = :a AND o.id = :b"
            ),
            {"a": one["id"], "b": two["id"]},
        )

    async with database.reading() as session:
        moved = await session.get_one(Resident, one["id"])
        with pytest.raises(DecryptionFailed):
            moved.value("personal_id")


async def test_a_cursor_of_another_list_is_refused_and_never_breaks_anything(calling: Any, register: Any) -> None:
    view = await register(a_resident())
    officer = calling("officer", unit_code="38")
    cursors = ["W10", "W251bGwsIG51bGxd", "WyJhIl0", "WzEsIDJd", "WyJ4IiwgInkiLCAieiJd", "e30"]

    for path in ("/v1/units", "/v1/residents", f"/v1/residents/{view['id']}/access-log", "/v1/organizations"):
        for cursor in cursors:
            answer = await officer.get(path, params={"cursor": cursor}, headers=PURPOSE)
            assert answer.status_code in (200, 400), (path, cursor)


async def test_text_is_kept_as_people_see_it(register: Any) -> None:
    view = await register(a_resident(address_line=" Số\u200b 5\x00  ngõ ", household_code="H\x001"))

    assert (view["address_line"], view["household_code"]) == ("Số 5 ngõ", "H1")
