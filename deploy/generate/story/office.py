"""Between the commune, people and other agencies: documents, edXML envelopes, incidents."""

from __future__ import annotations

import uuid
from datetime import date

from casework.edxml import EdxmlDocument, Organ, write_document
from deploy.generate.story.teller import COMMUNE, Teller


def a_document_is_sent_and_answered(tell: Teller) -> None:
    """The father asks for a confirmation; the commune takes the document in and works on it."""
    own, officer = tell.resident(), tell.officer()
    body = "Kính đề nghị xã xác nhận nơi cư trú."
    letter = {"unit_code": COMMUNE, "subject": "Đề nghị xác nhận nơi cư trú", "body": body, "kind": "application"}
    path = f"/v1/documents/{tell.must('POST', '/v1/documents', who=own, json=letter)['id']}"
    tell.ask("GET", path, who=own)
    tell.ask("POST", f"{path}/receipt", who=officer, purpose="support")
    working = {"status": "processing", "note": "Giao công chức tư pháp - hộ tịch."}
    tell.ask("POST", f"{path}/status", who=officer, purpose="support", json=working)


def an_envelope_arrives(tell: Teller) -> None:
    """A department of the province writes in an edXML envelope."""
    number = str(uuid.uuid4().int % 9000 + 1000)
    letter = EdxmlDocument(
        document_id=f"H56.01,2026/11/20,{number}/STP-HCTP", sender=Organ("H56.01", "Sở Tư pháp"),
        recipients=(Organ(f"H56.{COMMUNE}", "UBND xã Đồng Tiến"),), number=number, notation="STP-HCTP",
        promulgated_on=date(2026, 11, 20), subject="V/v rà soát hộ tịch", content="Kính gửi Ủy ban nhân dân xã",
        due_on=date(2026, 12, 10),
    )  # fmt: skip
    envelope = {"file": ("cong-van.edxml", write_document(letter), "application/xml")}
    tell.ask("POST", "/v1/documents/edxml", who=tell.officer(), files=envelope)
    tell.ask("POST", "/v1/documents/edxml", who=tell.officer(), files=envelope)


def an_incident_is_reported_and_resolved(tell: Teller) -> None:
    """The portal takes no dossiers for an hour."""
    officer = tell.officer()
    incident = {
        "system": "portal", "unit_code": COMMUNE, "title": "Không nộp được hồ sơ", "description": "Báo lỗi khi nộp.",
        "severity": "high", "occurred_at": "2026-11-20T09:00:00+07:00",
    }  # fmt: skip
    path = f"/v1/incidents/{tell.must('POST', '/v1/incidents', who=officer, json=incident)['id']}"
    tell.ask("POST", f"{path}/actions", who=officer, json={"action": "assign", "assignee": "to-ky-thuat"})
    resolved = {"action": "resolve", "resolution": "Đã khởi động lại kết nối với cổng."}
    tell.ask("POST", f"{path}/actions", who=officer, json=resolved)


CHAPTERS = (a_document_is_sent_and_answered, an_envelope_arrives, an_incident_is_reported_and_resolved)
