"""The desk finds dossiers, feedback and documents as officers type, and no caller finds a record of others."""

import pytest
from sqlmodel import select

from casework.commands.marking import mark_old_texts
from casework.model.dossiers import Dossier
from casework.model.feedback import Feedback
from contracts.access import AccessRecorded


@pytest.fixture
async def extract(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


async def found(client, path, q, headers=None, **params):
    answer = await client.get(path, params={"q": q, **params}, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize("q", ["Nguyễn Văn Thử Bình", "nguyen binh", "NGUYỄN", "thu bi", "Bình  nguyễn"])
async def test_a_dossier_is_found_by_its_applicant_with_or_without_accents(officer, extract, q):
    assert await found(officer, "/v1/dossiers", q) == [extract["id"]]


async def test_a_dossier_is_found_by_a_part_of_its_code(officer, binh, extract):
    for client in (officer, binh):
        assert await found(client, "/v1/dossiers", extract["code"].lower()) == [extract["id"]]
    assert await found(officer, "/v1/dossiers", extract["code"][-4:]) == [extract["id"]]


@pytest.mark.parametrize("q", ["Trần Bình", "bình minh", "%", "_", "'; --"])
async def test_what_does_not_fit_finds_nothing(officer, extract, q):
    assert await found(officer, "/v1/dossiers", q) == []


async def test_officers_of_another_unit_find_nothing(calling, extract):
    foreign = calling("officer", unit_code="15061", subject="officer-9")

    assert await found(foreign, "/v1/dossiers", "nguyen") == []


async def test_the_applicants_name_is_shown_with_a_purpose_and_the_reading_is_logged(
    calling, world, extract, published
):
    officer = calling("officer", unit_code="15724", subject="officer-3")

    silent = (await officer.get("/v1/dossiers", params={"q": "binh"})).json()["items"][0]
    before = await published(AccessRecorded)
    named = (await officer.get("/v1/dossiers", params={"q": "binh"}, headers={"X-Purpose": "dossier"})).json()["items"][
        0
    ]

    assert (silent["applicant"], named["applicant"]) == (None, "Nguyễn Văn Thử Bình")
    found, shown = await published(AccessRecorded)
    assert before == [found]
    assert (found.action, shown.action) == ("find dossiers by name", "list dossiers")
    for row in (found, shown):
        assert (row.resident_id, row.purpose, row.fields) == (world.binh, "dossier", ["full_name"])


async def test_a_dossier_found_by_its_code_or_by_its_applicant_leaves_no_reading_of_a_name(
    calling, binh, extract, published
):
    officer = calling("officer", unit_code="15724", subject="officer-3")

    assert await found(officer, "/v1/dossiers", extract["code"]) == [extract["id"]]
    assert await found(binh, "/v1/dossiers", "binh") == [extract["id"]]
    assert await published(AccessRecorded) == []


async def test_a_person_is_looked_up_by_the_whole_number_in_the_body(officer, calling, binh, extract, registry, world):
    silent = calling("officer", unit_code="15724", subject="officer-3")
    foreign = calling("officer", unit_code="15061", subject="officer-9")
    foreign.headers["X-Purpose"] = "dossier"

    async def look_up(client, **body):
        return await client.post("/v1/dossiers/lookup", json=body)

    by_phone = await look_up(officer, phone="0912 345 678")
    abroad = await look_up(officer, phone="+84 912 345 678")
    unknown = await look_up(officer, phone="0999999999")
    elsewhere = await look_up(foreign, phone="0912345678")

    assert [item["id"] for item in by_phone.json()["items"]] == [extract["id"]]
    assert abroad.json() == by_phone.json()
    assert by_phone.json()["items"][0]["applicant"] == "Nguyễn Văn Thử Bình"
    assert (unknown.json()["items"], elsewhere.json()["items"]) == ([], [])
    assert (await look_up(silent, phone="0912345678")).status_code == 428
    assert (await look_up(officer, phone="0912345678", personal_id="038061000045")).status_code == 422
    assert (await look_up(binh, phone="0912345678")).status_code == 403


async def test_a_number_that_the_registry_writes_in_its_international_form_is_found_as_people_dial_it(
    officer, binh, registry, world
):
    registry.people[world.binh]["phone"] = "+84912345678"
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    await binh.post(f"/v1/dossiers/{opened['id']}/submit")

    answer = await officer.post("/v1/dossiers/lookup", json={"phone": "0912345678"})

    assert [item["id"] for item in answer.json()["items"]] == [opened["id"]]


async def test_a_person_is_looked_up_by_the_personal_number_through_the_registry(officer, extract, registry, world):
    registry.numbers["038061000045"] = world.binh

    answer = await officer.post("/v1/dossiers/lookup", json={"personal_id": "038061000045"})
    unknown = await officer.post("/v1/dossiers/lookup", json={"personal_id": "038061000099"})

    assert [item["id"] for item in answer.json()["items"]] == [extract["id"]]
    assert unknown.json()["items"] == []


async def test_feedback_is_found_by_its_words_and_an_officer_reads_it_in_the_list(officer, calling, binh):
    body = {"unit_code": "15724", "category": "field", "text": "Đèn đường thôn 3 hỏng đã hai tuần"}
    sent = (await binh.post("/v1/feedback", json=body)).json()
    await binh.post("/v1/feedback", json=body | {"text": "Rác chưa được thu gom", "anonymous": True})
    silent = calling("officer", unit_code="15724", subject="officer-3")

    assert await found(officer, "/v1/feedback", "den duong HỎNG") == [sent["id"]]
    assert await found(officer, "/v1/feedback", "den nhà") == []
    texts = [item["text"] for item in (await officer.get("/v1/feedback")).json()["items"]]
    assert texts == [body["text"], "Rác chưa được thu gom"]
    hidden = [item["text"] for item in (await silent.get("/v1/feedback")).json()["items"]]
    assert hidden == ["", "Rác chưa được thu gom"]
    assert (await binh.get("/v1/feedback")).json()["items"][0]["text"] == body["text"]


async def test_a_document_is_found_by_symbol_and_by_words_of_subject_and_text(officer, calling, binh, world):
    body = {"unit_code": "15061", "subject": "Kế hoạch chuyển đổi số", "body": "Kính gửi xã bạn", "kind": "KH"}
    sent = (await officer.post("/v1/documents", json=body)).json()
    await officer.post("/v1/documents", json=body | {"subject": "Báo cáo tuần", "body": "x", "kind": "BC"})
    neighbour = calling("officer", unit_code="15061")

    for q in ("chuyen doi", "kinh gui", "kh-ubnd"):
        assert await found(officer, "/v1/documents", q, box="sent") == [sent["id"]], q
        assert await found(neighbour, "/v1/documents", q) == [sent["id"]], q


async def test_texts_of_an_earlier_release_are_marked_in_the_background(officer, binh, extract, database):
    async with database.transaction() as session:
        row = (await session.exec(select(Dossier))).one()
        row.search_marks = None
    assert await found(officer, "/v1/dossiers", "nguyen") == []

    async with database.transaction() as session:
        assert await mark_old_texts(session) == 1

    assert await found(officer, "/v1/dossiers", "nguyen") == [extract["id"]]


async def test_a_text_that_cannot_be_decrypted_stops_no_other(officer, binh, world, extract, database):
    """Its key is gone, and it comes first."""
    body = {"procedure_code": "2.000635", "resident_id": str(world.binh)}
    later = (await binh.post("/v1/dossiers", json=body)).json()
    await binh.patch(f"/v1/dossiers/{later['id']}", json={"fields": {"extract_kind": "birth"}})
    await binh.post(f"/v1/dossiers/{later['id']}/submit")
    async with database.transaction() as session:
        for row in (await session.exec(select(Dossier))).all():
            row.search_marks, row.form = None, b"lost" if str(row.id) == extract["id"] else row.form

    for expected in (2, 0):
        async with database.transaction() as session:
            assert await mark_old_texts(session) == expected

    assert await found(officer, "/v1/dossiers", "nguyen") == [later["id"]]


async def test_published_feedback_is_read_without_signing_in(officer, calling, binh):
    body = {"unit_code": "15724", "category": "field", "text": "Đèn hỏng, gọi tôi 0912345678"}
    sent = (await binh.post("/v1/feedback", json=body)).json()
    path = f"/v1/feedback/{sent['id']}/actions"
    await officer.post(path, json={"action": "answer", "text": "Đã thay bóng"})
    await officer.post(path, json={"action": "publish"})

    [seen] = (await calling().get("/v1/feedback/published")).json()["items"]

    assert (seen["text"], seen["answer"]) == ("Đèn hỏng, gọi tôi ***", "Đã thay bóng")
    assert "resident_id" not in seen


async def test_photographs_of_telephones_come_with_feedback(binh, officer, database):
    from base64 import b64encode

    pictures = [b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 24, b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00" + b"\0" * 24]
    body = {
        "unit_code": "15724", "category": "field", "text": "Ảnh kèm theo",
        "attachments": [{"content": b64encode(picture).decode()} for picture in pictures],
    }  # fmt: skip

    sent = await binh.post("/v1/feedback", json=body)

    assert [photo["media_type"] for photo in sent.json()["attachments"]] == ["image/webp", "image/heic"]
    async with database.reading() as session:
        assert len((await session.exec(select(Feedback))).all()) == 1
