"""Every operation whose answer holds personal data of another person needs a purpose and leaves an access row."""

import base64

import pytest

from casework.calendar import load_calendar
from casework.routes import ROUTERS
from chassis.clock import now, today
from chassis.ids import new_id
from chassis.web.routing import audiences
from contracts.access import AccessRecorded
from contracts.payments_qr import BillPaid
from province import get_pack

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
TEXT = "Nội dung riêng tư của người dân"

# What an officer does with what Bình filed. `hidden`: without a purpose it works and holds nothing personal; else 428.
PERSONAL = {
    "POST /v1/dossiers": ("own purpose", "post", "/v1/dossiers", "dossier"),
    "GET /v1/dossiers/{dossier_id}": ("428", "get", "{dossier}", None),
    "PATCH /v1/dossiers/{dossier_id}": ("own purpose", "patch", "{draft}", {"fields": {}}),
    "POST /v1/dossiers/{dossier_id}/prefill": ("own purpose", "post", "{draft}/prefill", None),
    "GET /v1/dossiers/{dossier_id}/attachments/{attachment_id}": ("428", "get", "{dossier}/attachments/{paper}", None),
    "GET /v1/dossiers/{dossier_id}/results/{result_id}": ("428", "get", "{dossier}/results/{result}", None),
    "GET /v1/dossiers/{dossier_id}/slip.pdf": ("428", "get", "{dossier}/slip.pdf", None),
    "GET /v1/dossiers/{dossier_id}/receipt.pdf": ("428", "get", "{dossier}/receipt.pdf", None),
    "GET /v1/dossiers/{dossier_id}/supplement-slip.pdf": ("428", "get", "{dossier}/supplement-slip.pdf", None),
    "GET /v1/dossiers/{dossier_id}/apology-slip.pdf": ("428", "get", "{dossier}/apology-slip.pdf", None),
    "GET /v1/dossiers/{dossier_id}/refusal-slip.pdf": ("428", "get", "{refused}/refusal-slip.pdf", None),
    "GET /v1/feedback": ("hidden", "get", "/v1/feedback", None),
    "GET /v1/feedback/{feedback_id}": ("428", "get", "/v1/feedback/{feedback}", None),
    "GET /v1/feedback/{feedback_id}/attachments/{photo_id}": (
        "428", "get", "/v1/feedback/{feedback}/attachments/{photo}", None,
    ),
    "GET /v1/documents": ("hidden", "get", "/v1/documents", None),
    "GET /v1/documents/{document_id}": ("428", "get", "/v1/documents/{document}", None),
    "GET /v1/documents/{document_id}/file": ("428", "get", "/v1/documents/{document}/file", None),
    "POST /v1/documents/{document_id}/receipt": ("hidden", "post", "/v1/documents/{document}/receipt", None),
    "POST /v1/documents/{document_id}/status": (
        "hidden", "post", "/v1/documents/{document}/status", {"status": "received"},
    ),
}  # fmt: skip
WITHOUT = {
    "GET /v1/procedures": "public rules", "GET /v1/procedures/{code}": "public rules",
    "GET /v1/units/{code}/procedures": "a unit's choice", "PUT /v1/units/{code}/procedures": "a unit's choice",
    "GET /v1/dossiers/{dossier_id}/transfer-slip.pdf": "units and times",
    "POST /v1/dossiers/{dossier_id}/fee-settlements": "ids, states and times",
    "GET /track": "states and times", "GET /v1/dossiers/track": "states and times",
    "GET /v1/dossiers": "ids, states and times; names with a purpose, see test_search",
    "POST /v1/dossiers/lookup": "ids, states and times; names with a purpose, see test_search",
    "DELETE /v1/dossiers/{dossier_id}": "no answer", "POST /v1/dossiers/{dossier_id}/submit": "ids, states and times",
    "POST /v1/dossiers/{dossier_id}/actions": "ids, states and times",
    "POST /v1/dossiers/{dossier_id}/attachments": "kinds and hashes", "POST /v1/dossiers/{dossier_id}/results": "hashes",
    "GET /v1/dossiers/{dossier_id}/attachments": "kinds and hashes", "GET /v1/dossiers/{dossier_id}/results": "hashes",
    "DELETE /v1/dossiers/{dossier_id}/attachments/{attachment_id}": "no answer",
    "POST /v1/feedback": "the caller's own text",
    "GET /v1/feedback/published": "published, numbers masked", "POST /v1/feedback/{feedback_id}/actions": "states",
    "POST /v1/documents": "the caller's own text", "POST /v1/documents/edxml": "between agencies",
    "GET /v1/documents/{document_id}/edxml": "between agencies", "GET /v1/documents/{document_id}/edxml-status": "states",
    "GET /v1/documents/{document_id}/files/{file_id}": "annexes come in envelopes between agencies",
    "POST /v1/incidents": "a fault of a system", "GET /v1/incidents": "a fault of a system",
    "GET /v1/incidents/{incident_id}": "a fault of a system",
    "POST /v1/incidents/{incident_id}/actions": "a fault of a system",
}  # fmt: skip


@pytest.fixture
async def filed(binh, officer, world, deliver):
    """Bình's dossier with everything in it, a draft, feedback with a photograph, a document: the parts of the paths."""
    body = {"procedure_code": "2.000635", "resident_id": str(world.binh)}
    draft = (await binh.post("/v1/dossiers", json=body)).json()
    opened = (await binh.post("/v1/dossiers", json=body)).json()
    path = f"/v1/dossiers/{opened['id']}"
    await binh.patch(path, json={"fields": {"extract_kind": "birth"}})
    paper = (await binh.post(f"{path}/attachments", files={"file": ("a.pdf", PDF)})).json()
    await binh.post(f"{path}/submit")
    later = load_calendar(get_pack().calendar).add_working_days(today(), 2).isoformat()
    for act in (
        {"action": "request_supplement", "note": TEXT}, {"action": "supplement"}, {"action": "accept"},
        {"action": "extend", "due_on": later, "note": TEXT},
    ):  # fmt: skip
        assert (await officer.post(f"{path}/actions", json=act)).status_code == 200
    refused = (await binh.post("/v1/dossiers", json=body)).json()
    await binh.patch(f"/v1/dossiers/{refused['id']}", json={"fields": {"extract_kind": "birth"}})
    await binh.post(f"/v1/dossiers/{refused['id']}/submit")
    await officer.post(f"/v1/dossiers/{refused['id']}/actions", json={"action": "refuse", "note": TEXT})
    await deliver(
        BillPaid(
            merchant_id=new_id(),
            unit_id=world.commune,
            unit_code="15724",
            dossier_id=opened["id"],
            bill_id=new_id(),
            payment_id=new_id(),
            amount=8_000,
            paid_at=now(),
        )
    )
    result = (await officer.post(f"{path}/results", files={"file": ("r.pdf", PDF)})).json()
    photo = {"content": base64.b64encode(PNG).decode()}
    feedback = {"unit_code": "15724", "category": "field", "text": TEXT, "attachments": [photo]}
    sent = (await binh.post("/v1/feedback", json=feedback)).json()
    letter = {"unit_code": "15724", "subject": TEXT, "body": TEXT, "file": base64.b64encode(PDF).decode()}
    document = (await binh.post("/v1/documents", json=letter)).json()
    return {
        "dossier": path, "refused": f"/v1/dossiers/{refused['id']}",
        "draft": f"/v1/dossiers/{draft['id']}", "paper": paper["id"], "result": result["id"],
        "feedback": sent["id"], "photo": sent["attachments"][0]["id"], "document": document["id"],
    }  # fmt: skip


def test_every_operation_declares_whether_its_answer_is_personal() -> None:
    routes = [route for router in ROUTERS for route in router.routes]
    operations = {operation for operation in audiences(routes) if "/internal/" not in operation}

    assert operations == set(PERSONAL) | set(WITHOUT)


@pytest.mark.parametrize("operation", PERSONAL)
async def test_the_answer_needs_a_purpose_and_the_reading_is_in_the_access_log(
    officer, world, filed, published, operation
):
    how, method, path, body = PERSONAL[operation]
    path = path.format_map(filed)
    body = {"procedure_code": "2.000635", "resident_id": str(world.binh)} if body == "dossier" else body
    sent = {"json": body} if body is not None else {}
    officer.headers.pop("X-Purpose")

    silent = await getattr(officer, method)(path, **sent)
    between = len(await rows(published, world))
    open_ = await getattr(officer, method)(path, headers={"X-Purpose": "support"}, **sent)

    assert open_.is_success, open_.text
    newest = (await rows(published, world))[-1]
    assert (newest.actor, newest.purpose, bool(newest.fields)) == ("officer-1", "support", True)
    assert len(await rows(published, world)) == between + 1
    match how:
        case "428":
            assert (silent.status_code, silent.json()["type"]) == (428, "/problems/purpose-required")
        case "hidden":
            assert silent.is_success
            assert TEXT not in silent.text
            assert between == 0
            assert TEXT in open_.text
        case "own purpose":
            assert silent.is_success
            assert between == 1


async def rows(published, world):
    return [row for row in await published(AccessRecorded) if (row.actor, row.resident_id) == ("officer-1", world.binh)]


async def test_published_texts_hold_no_numbers(binh, officer, world, calling):
    text = "Ông A, số CCCD 038 061 000 045, điện thoại 0912.345.678 báo đèn hỏng từ 01/11/2026"
    sent = (await binh.post("/v1/feedback", json={"unit_code": "15724", "category": "field", "text": text})).json()
    for action in ({"action": "answer", "text": "Đã sửa, gọi 02373 123 456"}, {"action": "publish"}):
        assert (await officer.post(f"/v1/feedback/{sent['id']}/actions", json=action)).status_code == 200

    [shown] = (await calling("resident", resident_id=world.lan).get("/v1/feedback/published")).json()["items"]

    assert shown["text"] == "Ông A, số CCCD ***, điện thoại *** báo đèn hỏng từ 01/11/2026"
    assert shown["answer"] == "Đã sửa, gọi ***"


async def test_texts_of_incidents_are_encrypted_also_those_of_earlier_releases(binh, officer, database):
    from sqlalchemy import text

    from casework.commands.incidents import encrypt_old_texts

    reported = (
        await binh.post(
            "/v1/incidents", json={"system": "app", "unit_code": "15724", "title": TEXT, "description": TEXT}
        )
    ).json()
    path = f"/v1/incidents/{reported['id']}"
    resolved = await officer.post(f"{path}/actions", json={"action": "resolve", "resolution": TEXT})
    async with database.transaction() as session:
        stored = str((await session.execute(text("SELECT * FROM incident"))).one())
        await session.execute(
            text("UPDATE incident SET texts = NULL, title = 'Cũ', description = 'Cũ', resolution = 'Cũ'")
        )
    old = (await binh.get(path)).json()
    async with database.transaction() as session:
        assert await encrypt_old_texts(session) == 1
    async with database.transaction() as session:
        assert await encrypt_old_texts(session) == 0
        row = (await session.execute(text("SELECT title, description, resolution FROM incident"))).one()

    assert TEXT not in stored
    assert (resolved.json()["title"], resolved.json()["resolution"]) == (TEXT, TEXT)
    assert (old["title"], old["resolution"], tuple(row)) == ("Cũ", "Cũ", ("", "", None))
    assert (await binh.get(path)).json()["title"] == "Cũ"


@pytest.mark.parametrize("named", [{"organ_id": "000.00.15.G01"}, {"unit_code": "15061"}, {"unit_code": "15724"}])
async def test_a_training_account_sends_no_document_out_of_its_training_unit(calling, world, named):
    trainee = calling("officer", unit_code="15727-01", subject="tap-huan-1", training_units=("15727-01",))

    answer = await trainee.post("/v1/documents", json={"subject": "Thử", **named})

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/only-for-practice")


async def test_a_training_account_names_people_of_its_training_units_only(calling, world, registry):
    trainee = calling("officer", unit_code="15727-01", subject="tap-huan-1", training_units=("15727-01",))
    body = {"procedure_code": "1.000656", "resident_id": str(world.binh)}

    real = await trainee.post("/v1/dossiers", json=body | {"subject_id": str(world.cuong)})
    training = await trainee.post("/v1/dossiers", json=body | {"subject_id": str(world.lan)})

    assert (real.status_code, real.json()["type"]) == (403, "/problems/only-for-practice")
    assert [person for kind, person, _ in registry.asked if person == str(world.cuong)] == []
    assert training.status_code == 201
