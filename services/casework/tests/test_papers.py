"""Papers, results and slips."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import text

from casework.settings import get_settings
from casework.slip.typeset import typeset
from chassis.clock import frozen_at
from services.casework.tests.signing import authority, keep, signed, signer_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SHEET = Path(__file__).with_name("sheet.typ")
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+07:00")


@pytest.fixture
async def funeral(binh, world):
    answer = await binh.post(
        "/v1/dossiers",
        json={"procedure_code": "1.001731", "resident_id": str(world.binh), "subject_id": str(world.lan)},
    )
    assert answer.json()["missing_documents"] == ["death_certificate"]
    return answer.json()


@pytest.fixture
async def extract(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    return (await binh.post(f"/v1/dossiers/{opened['id']}/submit")).json()


def office_file(part):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in ("[Content_Types].xml", part):
            packed.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [office_file("word/document.xml"), office_file("xl/workbook.xml"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(80)],
)
async def test_an_office_file_is_refused_with_the_words_how_to_hand_it_in(binh, officer, funeral, content):
    refused = await attach(binh, funeral, content, "don.docx")
    as_result = await officer.post(f"/v1/dossiers/{funeral['id']}/results", files={"file": ("kq.docx", content)})
    in_english = await binh.post(
        f"/v1/dossiers/{funeral['id']}/attachments", files={"file": ("don.docx", content)},
        headers={"Accept-Language": "en"},
    )  # fmt: skip

    [error] = refused.json()["errors"]
    assert (refused.status_code, as_result.status_code, error["code"]) == (422, 422, "office-file")
    assert "lưu thành PDF" in error["message"]
    assert "Save it as PDF" in in_english.json()["errors"][0]["message"]


async def attach(client, dossier, content=PDF, name="giay-chung-tu.pdf", **form):
    return await client.post(f"/v1/dossiers/{dossier['id']}/attachments", files={"file": (name, content)}, data=form)


async def test_a_paper_without_a_name_counts_for_the_first_that_is_missing(binh, funeral):
    answer = await attach(binh, funeral)

    assert answer.status_code == 201
    assert answer.json()["document"] == "death_certificate"
    assert answer.json()["media_type"] == "application/pdf"
    dossier = (await binh.get(f"/v1/dossiers/{funeral['id']}")).json()
    assert dossier["missing_documents"] == []
    assert [paper["id"] for paper in dossier["attachments"]] == [answer.json()["id"]]
    assert (await binh.get(f"/v1/dossiers/{funeral['id']}/attachments")).json()["items"] == [answer.json()]


async def test_papers_lie_encrypted_and_come_back_whole(binh, officer, funeral, database):
    paper = (await attach(binh, funeral)).json()
    path = f"/v1/dossiers/{funeral['id']}/attachments/{paper['id']}"

    back = await binh.get(path)
    unexplained = await officer.get(path, headers={"X-Purpose": ""})

    assert back.content == PDF
    assert back.headers["content-type"] == "application/pdf"
    assert "giay-chung-tu" not in back.headers["content-disposition"]
    assert unexplained.status_code == 400
    async with database.reading() as session:
        row = (await session.execute(text("SELECT content, name FROM attachment"))).one()
    assert PDF not in row.content
    assert b"giay" not in row.name


@pytest.mark.parametrize("content", [b"MZ\x90\x00 not a paper", b"<html></html>", b""])
async def test_what_is_no_paper_is_refused_whatever_its_name(binh, funeral, content):
    answer = await attach(binh, funeral, content, "giay.pdf")

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/paper-refused"


async def test_a_paper_over_the_limit_or_refused_by_the_scanner_does_not_come_in(binh, funeral, monkeypatch):
    monkeypatch.setattr(get_settings(), "scan_command", "false")
    assert (await attach(binh, funeral)).json()["errors"][0]["code"] == "infected"
    monkeypatch.setattr(get_settings(), "attachment_limit_bytes", 10)
    assert (await attach(binh, funeral)).status_code == 413


async def test_an_unknown_document_or_a_closed_dossier_takes_no_paper(binh, funeral, extract):
    assert (await attach(binh, funeral, document="passport")).status_code == 422
    assert (await attach(binh, extract)).status_code == 409


async def test_a_paper_can_be_taken_back(binh, funeral):
    paper = (await attach(binh, funeral)).json()

    assert (await binh.delete(f"/v1/dossiers/{funeral['id']}/attachments/{paper['id']}")).status_code == 204
    assert (await binh.get(f"/v1/dossiers/{funeral['id']}")).json()["missing_documents"] == ["death_certificate"]


async def test_a_draft_can_be_thrown_away_and_a_submitted_dossier_cannot(binh, funeral, extract):
    await attach(binh, funeral)

    assert (await binh.delete(f"/v1/dossiers/{funeral['id']}")).status_code == 204
    assert (await binh.get(f"/v1/dossiers/{funeral['id']}")).status_code == 404
    assert (await binh.delete(f"/v1/dossiers/{extract['id']}")).status_code == 409


async def test_the_draft_extract_is_confirmed_and_the_result_comes_with_its_hash(binh, officer, extract):
    actions = f"/v1/dossiers/{extract['id']}/actions"
    await officer.post(actions, json={"action": "accept"})
    draft = await officer.post(
        f"/v1/dossiers/{extract['id']}/results", files={"file": ("d.pdf", PDF)}, data={"is_draft": "true"}
    )
    sent = (await officer.post(actions, json={"action": "send_draft_result"})).json()
    confirmed = (await binh.post(actions, json={"action": "confirm_draft_result"})).json()
    result = await officer.post(f"/v1/dossiers/{extract['id']}/results", files={"file": ("r.pdf", PDF)})
    too_early = await binh.get(f"/v1/dossiers/{extract['id']}/results/{result.json()['id']}")
    own_draft = await binh.get(f"/v1/dossiers/{extract['id']}/results/{draft.json()['id']}")
    await officer.post(actions, json={"action": "approve"})

    assert draft.json()["kind"] == "draft"
    assert (too_early.status_code, own_draft.status_code) == (404, 200)
    assert (sent["status"], sent["national_status"]) == ("draft_result_sent", 4)
    assert sent["draft_result_until"] is not None
    assert confirmed["status"] == "processing"
    assert result.status_code == 201
    mine = await binh.get(f"/v1/dossiers/{extract['id']}/results/{result.json()['id']}")
    assert mine.content == PDF
    listed = (await binh.get(f"/v1/dossiers/{extract['id']}/results")).json()["items"]
    assert [item["kind"] for item in listed] == ["draft", "result"]


async def test_silence_on_a_draft_extract_is_consent(binh, officer, extract, database):
    from casework.commands.actions import confirm_silent_drafts

    actions = f"/v1/dossiers/{extract['id']}/actions"
    with frozen_at(MONDAY):
        await officer.post(actions, json={"action": "accept"})
        await officer.post(
            f"/v1/dossiers/{extract['id']}/results", files={"file": ("d.pdf", PDF)}, data={"is_draft": "true"}
        )
        await officer.post(actions, json={"action": "send_draft_result"})
        async with database.transaction() as session:
            assert await confirm_silent_drafts(session) == 0
    with frozen_at(datetime.fromisoformat("2026-11-25T17:01:00+07:00")):  # the 24th is a holiday
        async with database.transaction() as session:
            assert await confirm_silent_drafts(session) == 1

    dossier = (await binh.get(f"/v1/dossiers/{extract['id']}")).json()
    assert (dossier["status"], dossier["history"][-1]["role"]) == ("processing", "platform")


async def test_the_slip_is_printed_before_and_after_receipt(binh, officer, extract, funeral):
    path = f"/v1/dossiers/{extract['id']}/slip.pdf"

    before = await binh.get(path)
    await officer.post(f"/v1/dossiers/{extract['id']}/actions", json={"action": "accept"})
    after = await officer.get(path)

    assert before.content.startswith(b"%PDF-")
    assert after.headers["content-type"] == "application/pdf"
    assert (await binh.get(f"/v1/dossiers/{funeral['id']}/slip.pdf")).status_code == 409


async def test_the_slip_of_a_dossier_of_the_counter_says_nothing_of_online_and_lists_what_was_shown(officer, world):
    body = {"procedure_code": "2.000815", "resident_id": str(world.binh), "channel": "direct"}
    opened = (await officer.post("/v1/dossiers", json=body)).json()
    await officer.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"paper_name": "Bằng lái", "pages": 1}})
    submitted = await officer.post(f"/v1/dossiers/{opened['id']}/submit")
    assert submitted.status_code == 200, submitted.text

    slip = await officer.get(f"/v1/dossiers/{opened['id']}/slip.pdf")

    document = pypdfium2.PdfDocument(io.BytesIO(slip.content))
    words = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    assert "ĐÃ NỘP HỒ SƠ" in words
    assert "TRỰC TUYẾN" not in words
    assert "Bản chính giấy tờ" in words


async def test_a_signed_form_is_verified_and_its_signature_stored_with_the_dossier(
    binh, officer, world, tmp_path, monkeypatch
):
    root = authority()
    monkeypatch.setattr(get_settings(), "signature_trust_roots", keep(tmp_path / "roots", root))
    form = await signed(typeset(SHEET, {}), signer := signer_of(root), root)
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})

    paper = (await attach(binh, opened, form, document="declaration")).json()
    declared = {"provider": "nói vậy", "certificate_serial": "1", "signed_at": "2026-11-22T09:00:00+07:00"}
    await binh.post(f"/v1/dossiers/{opened['id']}/submit", json={"signature": declared})

    assert paper["signatures"]["verdict"] == "trusted"
    seen = (await officer.get(f"/v1/dossiers/{opened['id']}")).json()
    assert seen["attachments"][0]["signatures"] == paper["signatures"]
    assert seen["signature"] == {
        "provider": "CA Thử nghiệm", "certificate_serial": f"{signer.certificate.serial_number:x}",
        "signed_at": seen["signature"]["signed_at"], "verdict": "trusted",
    }  # fmt: skip


async def test_a_signature_that_is_only_declared_leaves_its_metadata_and_no_verdict(binh, world):
    opened = (
        await binh.post("/v1/dossiers", json={"procedure_code": "2.000635", "resident_id": str(world.binh)})
    ).json()
    await binh.patch(f"/v1/dossiers/{opened['id']}", json={"fields": {"extract_kind": "birth"}})
    declared = {"provider": "MISA", "certificate_serial": "5404", "signed_at": "2026-11-22T09:00:00+07:00"}

    await binh.post(f"/v1/dossiers/{opened['id']}/submit", json={"signature": declared})

    assert (await binh.get(f"/v1/dossiers/{opened['id']}")).json()["signature"] == declared | {"verdict": None}


async def test_a_broken_pdf_is_stored_and_marked_unreadable(binh, funeral):
    paper = (await attach(binh, funeral, b"%PDF-1.7\n/ByteRange [0 1 2 3]\n" + b"[" * 50_000)).json()

    assert paper["signatures"] == {"verdict": "unreadable", "signatures": []}
