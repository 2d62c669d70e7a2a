"""Documents that travel between people and agencies."""

import base64

from contracts.casework import DocumentChanged, DocumentSent

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
LETTER = {"unit_code": "15724", "subject": "Đề nghị xác nhận", "body": "Kính gửi Ủy ban nhân dân xã"}


async def send(client, **body):
    answer = await client.post("/v1/documents", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_document_goes_to_the_commune_and_an_answer_returns(binh, officer, calling, world):
    document = await send(binh, **LETTER, file=base64.b64encode(PDF).decode())
    assert (document["number"], document["symbol"], document["status"], document["status_code"]) == (
        1,
        "01/ĐT",
        "arrived",
        "01",
    )

    inbox = (await officer.get("/v1/documents", params={"box": "inbox"})).json()["items"]
    assert [item["id"] for item in inbox] == [document["id"]]
    received = (await officer.post(f"/v1/documents/{document['id']}/receipt")).json()
    again = (await officer.post(f"/v1/documents/{document['id']}/receipt")).json()
    assert (received["status_code"], received["arrival_number"]) == ("03", 1)
    assert received["received_at"] == again["received_at"]
    assert (await officer.get(f"/v1/documents/{document['id']}/file")).content == PDF
    done = (await officer.post(f"/v1/documents/{document['id']}/status", json={"status": "completed"})).json()
    assert (done["status_code"], done["legal_statuses"]) == ("06", [])

    reply = await send(
        officer, resident_id=str(world.binh), subject="Trả lời đơn", body="Đã xác nhận", in_reply_to=document["id"]
    )
    assert reply["symbol"] == "01/UBND"
    mine = (await binh.get("/v1/documents", params={"box": "inbox"})).json()["items"]
    assert [item["id"] for item in mine] == [reply["id"]]
    assert [item["id"] for item in (await binh.get("/v1/documents", params={"box": "sent"})).json()["items"]] == [
        document["id"]
    ]
    assert (await binh.post(f"/v1/documents/{reply['id']}/receipt")).json()["status"] == "received"
    assert (await officer.get(f"/v1/documents/{reply['id']}")).json()["status"] == "received"


async def test_only_sender_and_recipient_see_a_document_and_only_the_recipient_confirms_it(binh, calling, world):
    document = await send(binh, **LETTER)
    for stranger in (calling("resident", resident_id=world.lan), calling("officer", unit_code="15061")):
        assert (await stranger.get(f"/v1/documents/{document['id']}")).status_code == 404
        assert (await stranger.get("/v1/documents")).json()["items"] == []
    assert (await binh.post(f"/v1/documents/{document['id']}/receipt")).status_code == 403


async def test_an_officers_reading_of_a_document_needs_a_purpose(binh, calling, world):
    document = await send(binh, **LETTER)

    assert (await calling("officer", unit_code="15724").get(f"/v1/documents/{document['id']}")).status_code == 428


async def test_a_step_out_of_the_chain_names_the_legal_ones(binh, officer, world):
    document = await send(binh, **LETTER)

    refused = await officer.post(f"/v1/documents/{document['id']}/status", json={"status": "completed"})

    assert refused.status_code == 409
    assert refused.json()["legal"] == ["refused", "received"]


async def test_an_agency_does_not_write_to_people_of_another_unit(officer, binh, world):
    stranger = await officer.post("/v1/documents", json={"resident_id": str(world.an), "subject": "x"})
    late = await officer.post("/v1/documents", json=LETTER | {"due_on": "2020-01-01"})
    assert [error["code"] for error in late.json()["errors"]] == ["in-the-past"]
    without_recipient = await officer.post("/v1/documents", json={"subject": "x"})
    resident = await binh.post("/v1/documents", json={"resident_id": str(world.lan), "subject": "x"})

    assert (stranger.status_code, without_recipient.status_code, resident.status_code) == (403, 422, 403)


async def test_agencies_write_to_one_another(officer, calling, world):
    document = await send(officer, unit_code="15061", subject="Phối hợp xác minh")
    neighbour = calling("officer", unit_code="15061")

    assert (await neighbour.post(f"/v1/documents/{document['id']}/receipt")).json()["arrival_number"] == 1


async def test_both_sides_get_status_events_without_the_content(binh, officer, world, published):
    document = await send(binh, **LETTER)
    await officer.post(f"/v1/documents/{document['id']}/receipt")
    await send(officer, resident_id=str(world.binh), subject="Trả lời đơn", in_reply_to=document["id"])

    sent, received, reply = await published(DocumentSent, DocumentChanged)

    assert (sent.sender_id, sent.recipient_unit_code, sent.status) == (world.binh, "15724", "arrived")
    assert (received.document_id, received.status) == (sent.document_id, "received")
    assert (reply.recipient_id, reply.sender_unit_code) == (world.binh, "15724")
    assert LETTER["subject"] not in sent.model_dump_json()


async def test_a_document_of_an_agency_has_its_symbol_place_and_signer(officer, world):
    signer = {"full_name": "Nguyễn Văn Thử", "position": "Chủ tịch", "competence": "TM. Ủy ban nhân dân"}
    letter = await send(officer, unit_code="15061", subject="V/v phối hợp")
    plan = await send(officer, unit_code="15061", subject="Kế hoạch", kind="KH", signer=signer)
    report = await send(officer, unit_code="15061", subject="Báo cáo", kind="Báo cáo", place="Thanh Hóa")
    unknown = await officer.post("/v1/documents", json={"unit_code": "15061", "subject": "x", "kind": "thơ"})

    assert [each["symbol"] for each in (letter, plan, report)] == ["01/UBND", "02/KH-UBND", "03/BC-UBND"]
    assert (plan["kind"], plan["kind_title"], plan["place"]) == ("plan", "Kế hoạch", "Đồng Tiến")
    assert (plan["sender_name"], plan["signer"]) == ("Ủy ban nhân dân xã Đồng Tiến", signer)
    assert report["place"] == "Thanh Hóa"
    assert [error["code"] for error in unknown.json()["errors"]] == ["unknown-code"]


async def test_an_agency_sends_office_files_and_people_do_not(officer, binh, world):
    text = base64.b64encode("Phụ lục kèm theo".encode()).decode()

    sent = await send(officer, unit_code="15061", subject="Phụ lục", file=text, file_name="phu-luc.txt")
    refused = await binh.post("/v1/documents", json={**LETTER, "file": text, "file_name": "phu-luc.txt"})

    assert (await officer.get(f"/v1/documents/{sent['id']}/file")).headers["content-type"].startswith("text/plain")
    assert refused.status_code == 422


def test_every_kind_of_an_agency_has_its_own_abbreviation():
    from casework.model.documents import abbreviation_of
    from contracts.vocabularies import DOCUMENT_KINDS

    abbreviations = [abbreviation_of(term.code) for term in DOCUMENT_KINDS]

    assert sorted(term.code for term in DOCUMENT_KINDS if not abbreviation_of(term.code)) == [
        "application", "official_letter",
    ]  # fmt: skip
    assert len(set(abbreviations)) == len(abbreviations) - 1
    assert {"KH", "BC", "QĐ", "HD", "HĐ", "ĐA", "DA"} < set(abbreviations)
