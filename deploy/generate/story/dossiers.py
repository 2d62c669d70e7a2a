"""The father's dossier from the draft to the result, and what he writes to the commune."""

from __future__ import annotations

from deploy.generate.story import rights
from deploy.generate.story.teller import COMMUNE, Teller

ADDRESS = "Thôn 1, xã Đồng Tiến"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def the_father_files_a_dossier(tell: Teller) -> None:
    """A copy of a birth certificate: draft, fields, paper, submission."""
    own = tell.resident()
    body = {"procedure_code": "2.000635", "resident_id": tell.known["resident_id"], "unit_code": COMMUNE, "copies": 2}
    draft = tell.must("POST", "/v1/dossiers", who=own, json=body)
    path = tell.known["dossier"] = f"/v1/dossiers/{draft['id']}"
    tell.ask("POST", f"{path}/attachments", who=own, files={"file": ("giay-khai-sinh.pdf", PDF, "application/pdf")})
    fields = {"permanent_address": ADDRESS, "subject_permanent_address": ADDRESS, "extract_kind": "birth"}
    fields |= {"subject_ethnic_group": "Kinh", "subject_nationality": "Việt Nam"}
    tell.ask("PATCH", path, who=own, json={"fields": fields})
    tell.ask("POST", f"{path}/prefill", who=own)
    tell.ask("POST", f"{path}/submit", who=own)
    tell.ask("GET", path, who=own)
    tell.ask("GET", f"{path}/attachments", who=own)


def the_desk_decides_it(tell: Teller) -> None:
    """Accepted, approved, its result stored; the fee is settled; anybody with the code follows it."""
    desk, path = tell.officer(body="one_stop"), tell.known["dossier"]
    for action, note in (("accept", "Hồ sơ hợp lệ."), ("approve", "Đã ký.")):
        tell.ask("POST", f"{path}/actions", who=desk, purpose="dossier", json={"action": action, "note": note})
    paid = {"way": "record_fee", "note": "Biên lai 01/2026"}
    tell.ask("POST", f"{path}/fee-settlements", who=desk, purpose="dossier", json=paid)
    tell.ask(
        "POST",
        f"{path}/results",
        who=desk,
        purpose="dossier",
        files={"file": ("trich-luc.pdf", PDF, "application/pdf")},
    )
    tell.ask("POST", "/v1/dossiers/lookup", who=desk, purpose="dossier", json={"phone": "0912345601"})
    code = tell.must("GET", path, who=tell.resident())["code"]
    tell.ask("GET", "/v1/dossiers/track", params={"code": code, "phone_last4": "5601"})


def the_father_writes_to_the_commune(tell: Teller) -> None:
    """Feedback about a street lamp, answered."""
    own, officer = tell.resident(), tell.officer()
    feedback = {"unit_code": COMMUNE, "category": "field", "text": "Đèn đường ở đầu Thôn 1 không sáng."}
    path = f"/v1/feedback/{tell.must('POST', '/v1/feedback', who=own, json=feedback)['id']}"
    answer = {"action": "answer", "text": "Đã thay bóng đèn ngày 28/11."}
    tell.ask("POST", f"{path}/actions", who=officer, purpose="feedback", json=answer)
    tell.ask("GET", path, who=own)


CHAPTERS = (
    the_father_files_a_dossier,
    the_desk_decides_it,
    rights.the_father_reads_his_messages,
    the_father_writes_to_the_commune,
)
