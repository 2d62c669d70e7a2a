"""Documents that travel between agencies in envelopes: once each, answered, asked back."""

import asyncio
import base64
import io
import zipfile
from datetime import date, datetime

import pytest

from casework.edxml import (
    AnsweredDocument,
    EdxmlDocument,
    EnvelopeFile,
    Organ,
    StatusReply,
    read_envelope,
    write_document,
    write_status,
)
from casework.settings import get_settings

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PROVINCE = Organ("H56.01", "Sở Tư pháp")
LETTER = EdxmlDocument(
    document_id="H56.01,2026/11/20,1234/STP-HCTP",
    sender=PROVINCE,
    recipients=(Organ("H56.15724", "UBND xã Đồng Tiến"), Organ("H07", "Tỉnh khác")),
    number="1234",
    notation="STP-HCTP",
    promulgated_on=date(2026, 11, 20),
    subject="V/v rà soát hộ tịch",
    content="Kính gửi Ủy ban nhân dân xã",
    due_on=date(2026, 12, 1),
    attachments=(EnvelopeFile("cong-van.pdf", PDF), EnvelopeFile("phu-luc.pdf", PDF + b"%")),
)


async def take(client, envelope):
    return await client.post("/v1/documents/edxml", files={"file": ("a.edxml", envelope)})


def reply(document, code, sender="H07.02"):
    answered = AnsweredDocument(
        "H56.15724", document["edxml_id"], document["symbol"], date.fromisoformat(document["issued_on"])
    )
    return write_status(StatusReply(answered, Organ(sender), code, datetime.fromisoformat("2026-11-22T09:00:00+07:00")))


async def test_a_document_of_the_province_arrives_once_with_all_its_files(officer, calling, world):
    first, again = await take(officer, write_document(LETTER)), await take(officer, write_document(LETTER))

    assert (first.status_code, again.status_code) == (201, 200), first.text
    [document] = first.json()["items"]
    assert again.json() == first.json()
    assert (document["symbol"], document["due_on"], document["status_code"]) == ("1234/STP-HCTP", "2026-12-01", "01")
    assert (document["subject"], document["body"]) == (LETTER.subject, LETTER.content)
    assert (await officer.get("/v1/documents")).json()["items"][0]["id"] == document["id"]
    assert (await officer.get(f"/v1/documents/{document['id']}/file")).content == PDF
    [further] = document["further_files"]
    assert (await officer.get(f"/v1/documents/{document['id']}/files/{further['id']}")).content == PDF + b"%"
    received = (await officer.post(f"/v1/documents/{document['id']}/receipt")).json()
    assert (received["status_code"], received["arrival_number"]) == ("03", 1)

    reply = read_envelope((await officer.get(f"/v1/documents/{document['id']}/edxml-status")).content, limit=1)
    assert (reply.status_code, reply.answered.document_id, reply.sender.organ_id) == (
        "03", LETTER.document_id, "H56.15724",
    )  # fmt: skip
    whole = read_envelope((await officer.get(f"/v1/documents/{document['id']}/edxml")).content, limit=1_000)
    assert (whole.document_id, whole.subject, [file.content for file in whole.attachments]) == (
        LETTER.document_id, LETTER.subject, [PDF, PDF + b"%"],
    )  # fmt: skip


async def test_two_officers_who_take_the_same_envelope_at_once_get_one_document(officer, calling, world):
    colleague = calling("officer", unit_code="15724", subject="officer-2")

    answers = await asyncio.gather(*(take(client, write_document(LETTER)) for client in (officer, colleague)))

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len((await officer.get("/v1/documents")).json()["items"]) == 1


async def test_a_document_for_another_agency_is_refused(calling, binh, world):
    neighbour = calling("officer", unit_code="15061")
    elsewhere = LETTER._replace(recipients=(Organ("H07.99"),))

    assert (await take(neighbour, write_document(LETTER))).status_code == 403
    assert (await take(neighbour, write_document(elsewhere))).json()["errors"][0]["pointer"] == "/To"
    assert (await take(binh, write_document(LETTER))).status_code == 403


async def test_status_replies_for_our_document_apply_in_any_order(officer, calling, world):
    sent = (
        await officer.post(
            "/v1/documents", json={"organ_id": "H07.02", "subject": "Đề nghị xác minh", "due_on": "2026-12-01"}
        )
    ).json()
    envelope = read_envelope((await officer.get(f"/v1/documents/{sent['id']}/edxml")).content, limit=1)
    assert (envelope.document_id, envelope.recipients[0].organ_id) == (sent["edxml_id"], "H07.02")

    async def deliver(code, **more):
        return (await take(officer, reply(sent, code, **more))).json()

    codes = [(await deliver(code))["items"][0]["status_code"] for code in ("03", "01", "05", "05", "06", "04")]

    assert codes == ["03", "03", "05", "05", "06", "06"]
    assert (await deliver("99"))["type"] == "/problems/invalid-edxml"
    assert (await deliver("06", sender="H08"))["status"] == 404
    assert (await take(calling("officer", unit_code="15061"), reply(sent, "06"))).status_code == 404


@pytest.mark.parametrize(("answer", "code"), [("recall_agreed", "15"), ("recall_refused", "01")])
async def test_a_document_is_recalled_and_the_recipient_decides(officer, calling, world, answer, code):
    neighbour = calling("officer", unit_code="15061")
    document = (await officer.post("/v1/documents", json={"unit_code": "15061", "subject": "Nhầm nơi nhận"})).json()

    async def step(client, status):
        return await client.post(f"/v1/documents/{document['id']}/status", json={"status": status})

    assert (await step(neighbour, "recall_requested")).status_code == 403
    asked = (await step(officer, "recall_requested")).json()
    assert (asked["status"], asked["status_code"], asked["legal_statuses"]) == ("recall_requested", "13", [])
    assert (await step(neighbour, "received")).status_code == 409
    answered = (await step(neighbour, answer)).json()
    assert answered["status_code"] == code
    assert (await step(neighbour, answer)).status_code == 409
    assert (await step(neighbour, "received")).status_code == (409 if code == "15" else 200)
    assert (await step(officer, "recall_requested")).status_code == 409


async def test_our_own_envelope_comes_home_as_the_same_document(officer, calling, world):
    document = (await officer.post("/v1/documents", json={"unit_code": "15061", "subject": "Phối hợp"})).json()
    envelope = (await officer.get(f"/v1/documents/{document['id']}/edxml")).content

    taken = await take(calling("officer", unit_code="15061"), envelope)

    assert (taken.status_code, taken.json()["items"][0]["id"]) == (200, document["id"])


async def test_a_document_of_a_resident_has_no_envelope(binh, officer, world):
    document = (await binh.post("/v1/documents", json={"unit_code": "15724", "subject": "Đơn"})).json()

    assert (await officer.get(f"/v1/documents/{document['id']}/edxml")).json()[
        "type"
    ] == "/problems/not-between-agencies"
    assert (await binh.post("/v1/documents", json={"organ_id": "H07.02", "subject": "Đơn"})).status_code == 403


async def test_what_is_no_envelope_or_too_large_or_no_paper_is_refused(officer, world, monkeypatch):
    laughs = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><edXML>&a;</edXML>"
    programme = LETTER._replace(attachments=(EnvelopeFile("a.exe", b"MZ\x90\x00 nothing"),))

    assert (await take(officer, laughs)).json()["type"] == "/problems/invalid-edxml"
    assert (await take(officer, write_document(programme))).json()["type"] == "/problems/paper-refused"
    monkeypatch.setattr(get_settings(), "envelope_limit_bytes", 10)
    assert (await take(officer, write_document(LETTER))).status_code == 413


def envelope(reference="", attachments="", answered="", organ="H56.15724", type_name="Công văn", **parts):
    """An envelope as other systems write it: with an own prefix, places in another order, fields left empty."""
    spaces = 'xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016"'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<edXML {spaces}><edXMLEnvelope><edXMLHeader><MessageHeader>
<From><OrganId>000.00.15.H51</OrganId><OrganName>Sở Tư pháp tỉnh thử</OrganName></From>
<To><OrganId>{organ}</OrganId><OrganName>UBND xã Đồng Tiến</OrganName></To>
<Code><CodeNumber>05</CodeNumber><CodeNotation>BC-STP</CodeNotation></Code>
<PromulgationInfo><Place>Thanh Hóa</Place><PromulgationDate>2026/11/29</PromulgationDate></PromulgationInfo>
<DocumentType><Type>1</Type><TypeName>{type_name}</TypeName></DocumentType>
<Subject>V/v thử liên thông</Subject><Content>Thử</Content>
<SignerInfo><Competence>KT. Giám đốc</Competence><Position>Phó Giám đốc</Position><FullName>Lê Văn Thử</FullName></SignerInfo>
{answered}<DocumentId>{parts.get("document_id", "thu-1")}</DocumentId></MessageHeader>
<TraceHeaderList><Bussiness><BussinessDocType>0</BussinessDocType></Bussiness></TraceHeaderList></edXMLHeader>
<edXMLBody><edXMLManifest version="1.0">{reference}</edXMLManifest></edXMLBody></edXMLEnvelope>
<AttachmentEncoded>{attachments}</AttachmentEncoded></edXML>""".encode()


def attached(number, name, content):
    encoded = base64.b64encode(content).decode()
    return (
        f"<Reference><ContentId>cid:{number}</ContentId><AttachmentName>{name}</AttachmentName></Reference>",
        f"<Attachment><ContentId>cid:{number}</ContentId><AttachmentName>{name}</AttachmentName>"
        f"<ContentTransferEncoded>{encoded}</ContentTransferEncoded></Attachment>",
    )


async def taken_in(officer, **parts):
    answer = await take(officer, envelope(**parts))
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]


async def test_a_document_keeps_its_kind_place_signer_and_issuing_body(officer, world):
    document = await taken_in(officer, type_name="Báo cáo")

    assert (document["kind"], document["kind_title"], document["symbol"]) == ("report", "Báo cáo", "05/BC-STP")
    assert (document["place"], document["sender_name"]) == ("Thanh Hóa", "Sở Tư pháp tỉnh thử")
    assert document["signer"] == {
        "full_name": "Lê Văn Thử", "position": "Phó Giám đốc", "competence": "KT. Giám đốc",
    }  # fmt: skip


async def test_an_empty_answer_is_no_answer(officer, world):
    empty = (
        "<ResponseFor><OrganId></OrganId><Code></Code><PromulgationDate></PromulgationDate>"
        "<DocumentId></DocumentId></ResponseFor>"
    )

    assert (await taken_in(officer, answered=empty))["in_reply_to"] is None


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("cv.pdf", b"\xef\xbb\xbf" + PDF, "application/pdf"),
        ("phu-luc.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60, "application/msword"),
        ("phu-luc.txt", "Phụ lục số 1".encode(), "text/plain"),
    ],
)
async def test_annexes_are_taken_as_files(officer, world, name, content, media_type):
    reference, file = attached(0, name, content)

    document = await taken_in(officer, reference=reference, attachments=file)
    served = await officer.get(f"/v1/documents/{document['id']}/file")

    assert served.headers["content-type"].startswith(media_type)
    assert served.content == content.removeprefix(b"\xef\xbb\xbf")


async def test_an_office_file_beside_the_document_is_one_file(officer, world):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<w/>")
    references, files = zip(attached(0, "cv.pdf", PDF), attached(1, "phu-luc.docx", stored.getvalue()), strict=True)

    document = await taken_in(officer, reference="".join(references), attachments="".join(files))

    [further] = document["further_files"]
    assert further["media_type"].endswith("wordprocessingml.document")
    assert (document["missing_files"], further["size"]) == ([], len(stored.getvalue()))


async def test_a_file_that_the_manifest_names_and_the_envelope_lacks_is_flagged(officer, world):
    reference, _ = attached(9, "cv.pdf", PDF)

    document = await taken_in(officer, reference=reference)

    assert (document["missing_files"], document["has_file"]) == (["cv.pdf"], False)


@pytest.mark.parametrize("organ", ["H56.15724", "000.00.15724.H56", "000.15724.00.H56"])
async def test_a_unit_is_addressed_by_an_identifier_of_two_or_four_parts(officer, world, organ):
    assert (await taken_in(officer, organ=organ))["recipient_unit_code"] == "15724"


async def test_what_we_send_names_kind_place_signer_and_the_full_name_of_the_unit(officer, world):
    signer = {"full_name": "Nguyễn Văn Thử", "position": "Chủ tịch", "competence": "TM. Ủy ban nhân dân"}
    body = {"organ_id": "000.00.15.H51", "subject": "Kế hoạch", "kind": "plan", "signer": signer}
    sent = (await officer.post("/v1/documents", json=body)).json()

    inside = read_envelope((await officer.get(f"/v1/documents/{sent['id']}/edxml")).content, limit=1_000)

    assert (inside.number, inside.notation, inside.type_name, inside.place) == (
        "01",
        "KH-UBND",
        "Kế hoạch",
        "Đồng Tiến",
    )
    assert inside.sender.name == "Ủy ban nhân dân xã Đồng Tiến"
    assert inside.signer == ("Nguyễn Văn Thử", "Chủ tịch", "TM. Ủy ban nhân dân")
