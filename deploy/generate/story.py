"""The story that the examples of the API document tell: the family Lê of village 15727-01 in commune 15724."""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

VILLAGE = "15727-01"
ADDRESS = "Thôn 1, xã Đồng Tiến"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
SECONDS_TO_BE_KNOWN = 20
LONGEST_LIST = 2
Who = dict[str, str]


class Teller:
    """Sends requests and keeps, by operation, the first body that was accepted and the first answer of each status."""

    def __init__(self, http: httpx.Client, document: dict[str, Any]) -> None:
        self.examples: dict[str, dict[str, Any]] = {}
        self.known: dict[str, str] = {"unit_code": "15724", "partner_id": "demo-bank"}
        """Ids by the parameter that takes them, or by the path up to it."""
        self._http = http
        self._operations = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, item)
            for path, item in document["paths"].items()
        ]

    def sign_in(self, **who: Any) -> Who:
        """The headers of a caller."""
        answer = self.ask("POST", "/dev/token", json=who)
        assert answer is not None, who
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def ask(self, method: str, path: str, *, who: Who | None = None, purpose: str | None = None, **more: Any) -> Any:
        """The answer, kept as an example; None where the request is refused."""
        headers = (who or {}) | ({"X-Purpose": purpose} if purpose else {})
        answer = self._http.request(method, path, headers=headers, **more)
        deadline = time.monotonic() + SECONDS_TO_BE_KNOWN
        while answer.status_code in (404, 429) and "retry-after" in answer.headers and time.monotonic() < deadline:
            time.sleep(0.5)
            answer = self._http.request(method, path, headers=headers, **more)
        if not answer.is_success:
            return None
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        content = answer.json() if is_json else None
        self._keep(method, path, more.get("json"), answer.status_code, content)
        return content if content is not None else {"done": True}

    def _keep(self, method: str, path: str, body: Any, status: int, content: Any) -> None:
        found = min(
            ((one, item) for pattern, one, item in self._operations if pattern.match(path)),
            key=lambda pair: pair[0].count("{"),
            default=None,
        )
        if found is None or method.lower() not in found[1]:
            return
        template, item = found
        example = self.examples.setdefault(item[method.lower()]["operationId"], {})
        if body is not None:
            example.setdefault("request", body)
        if content is not None:
            example.setdefault("answers", {}).setdefault(str(status), shortened(content))
        self._learn(template, content)

    def _learn(self, template: str, content: Any) -> None:
        if not isinstance(content, dict):
            return
        items = content.get("items")
        first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else content
        for name, value in first.items():
            if name.endswith("_id") and isinstance(value, str):
                self.known.setdefault(name, value)
        identity = first.get("id") or first.get("code")
        if isinstance(identity, str):
            for _, path, _ in self._operations:
                if path.startswith(f"{template}/{{"):
                    self.known.setdefault(path[: path.index("}", len(template)) + 1], identity)


def shortened(value: Any) -> Any:
    """A value with two items of each list."""
    if isinstance(value, dict):
        return {name: shortened(one) for name, one in value.items()}
    return [shortened(one) for one in value[:LONGEST_LIST]] if isinstance(value, list) else value


def the_family_is_registered(tell: Teller) -> None:
    """Father and mother are registered by an officer, who reads, looks up, corrects."""
    officer = tell.sign_in(role="officer", unit_code="15724")
    serial = f"{random.randrange(10**6):06d}"
    father = {
        "personal_id": f"038075{serial}", "id_document": "can_cuoc", "full_name": "Lê Văn Mẫu",
        "date_of_birth": "1975-03-12", "sex": "male", "unit_code": VILLAGE, "residence_status": "permanent",
        "address_line": "Thôn 1", "phone": "0912345601", "phone_owner_verified": True, "has_smartphone": True,
        "has_bank_account": False,
    }  # fmt: skip
    registered = tell.ask("POST", "/v1/residents", who=officer, json=father)
    tell.known["resident_id"] = registered["id"]
    path = f"/v1/residents/{registered['id']}"
    tell.ask("GET", path, who=officer, purpose="onboarding")
    tell.ask("PATCH", path, who=officer, purpose="correction", json={"address_line": "Số 5, Thôn 1"})
    tell.ask(
        "POST", "/v1/residents/lookup", who=officer, purpose="support", json={"personal_id": father["personal_id"]}
    )
    reveal = {"fields": ["phone"], "reason": "Gọi hẹn trả kết quả."}
    tell.ask("POST", f"{path}/reveal", who=officer, purpose="dossier", json=reveal)
    own = tell.sign_in(role="resident", resident_id=registered["id"], level=2)
    wanted = {"fields": ["full_name", "phone", "permanent_address"], "purpose": "dossier"}
    tell.ask("POST", f"{path}/prefill", who=own, json=wanted)
    consent = {"purpose": "digital_signature", "grantee": "demo-telecom"}
    tell.ask("POST", f"{path}/consents", who=own, json=consent)
    tell.ask(
        "POST", f"{path}/corrections", who=own, json={"field": "full_name", "value": "Lê Văn Mẫn", "reason": "Sai tên."}
    )
    for part in ("facts", "access-log", "consents", "corrections", "export", "onboarding", "utility-accounts", ""):
        tell.ask("GET", f"{path}/{part}".rstrip("/"), who=own)
    done = {"status": "completed", "occurred_at": "2026-11-20T09:00:00+07:00", "evidence": {"kind": "volunteer"}}
    tell.ask("PUT", f"{path}/onboarding/vneid", who=officer, purpose="onboarding", json=done)
    shop = {
        "tax_code": "2803456788", "name": "Hộ kinh doanh Lê Văn Mẫu", "kind": "household_business", "unit_code": VILLAGE,
        "representative": {"resident_id": registered["id"]},
    }  # fmt: skip
    organization = tell.ask("POST", "/v1/organizations", who=officer, json=shop)
    if organization:
        tell.ask("GET", f"/v1/organizations/{organization['id']}", who=officer)
        tell.ask("PATCH", f"/v1/organizations/{organization['id']}", who=officer, json={"name": "Tạp hóa Mẫu"})


def the_father_files_a_dossier(tell: Teller) -> None:
    """A copy of a birth certificate: draft, fields, paper, submission, decisions."""
    own = tell.sign_in(role="resident", resident_id=tell.known["resident_id"], level=2)
    officer = tell.sign_in(role="officer", unit_code="15724")
    body = {"procedure_code": "2.000635", "resident_id": tell.known["resident_id"], "unit_code": "15724", "copies": 2}
    draft = tell.ask("POST", "/v1/dossiers", who=own, json=body)
    path = f"/v1/dossiers/{draft['id']}"
    tell.ask("POST", f"{path}/attachments", who=own, files={"file": ("giay-khai-sinh.pdf", PDF, "application/pdf")})
    fields = {"permanent_address": ADDRESS, "subject_permanent_address": ADDRESS, "extract_kind": "birth"}
    fields |= {"subject_ethnic_group": "Kinh", "subject_nationality": "Việt Nam"}
    tell.ask("PATCH", path, who=own, json={"fields": fields})
    tell.ask("POST", f"{path}/submit", who=own)
    tell.ask("GET", path, who=own)
    tell.ask("GET", f"{path}/attachments", who=own)
    accepted = {"action": "accept", "note": "Hồ sơ hợp lệ."}
    tell.ask("POST", f"{path}/actions", who=officer, purpose="dossier", json=accepted)
    feedback = {"unit_code": "15724", "category": "field", "text": "Đèn đường ở đầu Thôn 1 không sáng."}
    said = tell.ask("POST", "/v1/feedback", who=own, json=feedback)
    answer = {"action": "answer", "text": "Đã thay bóng đèn ngày 28/11."}
    tell.ask("POST", f"/v1/feedback/{said['id']}/actions", who=officer, purpose="feedback", json=answer)
    tell.ask("GET", f"/v1/feedback/{said['id']}", who=own)
    letter = {
        "unit_code": "15724",
        "kind": "proposal",
        "subject": "Đề nghị xác nhận",
        "body": "Kính đề nghị xã xác nhận nơi cư trú.",
    }
    tell.ask("POST", "/v1/documents", who=own, json=letter)
    incident = {
        "system": "portal", "unit_code": "15724", "title": "Không nộp được hồ sơ", "description": "Báo lỗi khi nộp.",
        "severity": "high", "occurred_at": "2026-11-20T09:00:00+07:00",
    }  # fmt: skip
    tell.ask("POST", "/v1/incidents", who=officer, json=incident)


def the_mother_sells_vegetables(tell: Teller) -> None:
    """A stall with a code, a bill, a payment that the bank announces."""
    officer = tell.sign_in(role="officer", unit_code="15724")
    checker = tell.sign_in(role="officer", unit_code="15724")
    stall = {
        "name": "Sạp rau cô Mẫu", "category": "market_stall", "unit_code": VILLAGE, "market": "Chợ Đồng Tiến",
        "owner": {"resident_id": tell.known["resident_id"]}, "provider": "demo-bank",
        "settlement": {"bin": "970436", "account_no": f"0011{random.randrange(10**9):09d}", "account_name": "LE THI MAU"},
    }  # fmt: skip
    merchant = tell.ask("POST", "/v1/merchants", who=officer, json=stall)
    if merchant is None:
        return
    path = f"/v1/merchants/{merchant['id']}"
    tell.known["merchant_id"] = merchant["id"]
    tell.ask("PATCH", path, who=checker, json={"status": "active"})
    tell.ask("GET", path, who=officer)
    code = tell.ask(
        "POST", f"{path}/qr-codes", who=officer, json={"kind": "dynamic", "amount": 50_000, "purpose": "Rau"}
    )
    if code:
        tell.ask("GET", f"/v1/qr-codes/{code['id']}", who=officer)
        tell.ask("POST", "/v1/qr-codes/decode", who=officer, json={"payload": code["payload"]})
    bill = {
        "merchant_id": merchant["id"],
        "customer_code": "KH001",
        "period": "2026-11",
        "amount": 120_000,
        "due_on": "2026-12-15",
    }
    tell.ask("POST", "/v1/bills", who=officer, json=bill)


def the_commune_carries_out_its_plan(tell: Teller) -> None:
    """A campaign with its task, team, session, communication, model."""
    officer = tell.sign_in(role="officer", unit_code="15724")
    plan = {"number": "52/KH-UBND", "issued_on": "2026-06-24", "issuer": "UBND xã Đồng Tiến"}
    body = {
        "template": "commune", "unit_code": "15724", "title": "Nhân rộng mô hình “3 KHÔNG”", "starts_on": "2026-11-01",
        "ends_on": "2027-06-30", "plan": plan, "targets": [{"indicator": "payment_account", "percent": 80}],
    }  # fmt: skip
    campaign = tell.ask("POST", "/v1/campaigns", who=officer, json=body)
    if campaign is None:
        return
    path = f"/v1/campaigns/{campaign['id']}"
    tell.known["campaign_id"] = campaign["id"]
    bodies: dict[str, dict[str, Any]] = {
        "tasks": {"body": "youth_union", "work": "Hỗ trợ cài VNeID", "due_on": "2026-12-20", "unit_code": "15724"},
        "teams": {"unit_code": VILLAGE, "members": [{"account": "le.van.mau", "body": "youth_union", "is_focal_point": True}]},
        "sessions": {
            "kind": "guidance", "topics": ["VNeID", "Thanh toán bằng mã QR"], "venue": "Nhà văn hóa Thôn 1", "unit_code": VILLAGE,
            "starts_at": "2026-12-05T08:00:00+07:00", "ends_at": "2026-12-05T11:00:00+07:00", "host": "UBND xã Đồng Tiến",
        },
        "communications": {
            "kind": "loudspeaker", "title": "Thông báo lịch hướng dẫn", "published_on": "2026-11-28", "unit_code": "15724",
        },
        "models": {"unit_code": "15724", "body": "youth_union", "title": "Thôn không tiền mặt", "started_on": "2026-11-10"},
        "filings": {"kind": "weekly", "period": "2026-W48", "to": "UBND tỉnh", "due_on": "2026-12-04", "unit_code": "15724"},
        "readiness-checks": {
            "unit_code": VILLAGE, "venue": "Nhà văn hóa Thôn 1", "items": [{"kind": "wifi", "needed": 1, "working": 0}],
        },
        "official-signatures": {"unit_code": "15724", "position": "Chủ tịch UBND xã", "requested_on": "2026-11-10"},
    }  # fmt: skip
    for kind, sent in bodies.items():
        made = tell.ask("POST", f"{path}/{kind}", who=officer, json=sent)
        if made and kind in ("tasks", "models", "communications"):
            tell.ask("PATCH", f"{path}/{kind}/{made['id']}", who=officer, json=CHANGES[kind])
    tell.ask("PATCH", path, who=officer, json={"title": "Nhân rộng mô hình “3 KHÔNG” năm 2027"})
    tell.ask("PATCH", f"{path}/steps/1", who=officer, json={"status": "done", "done_on": "2026-11-15"})


CHANGES: dict[str, dict[str, Any]] = {
    "tasks": {"note": "Đã hẹn lịch với thôn."},
    "models": {"title": "Thôn 1 không tiền mặt"},
    "communications": {"title": "Thông báo lịch hướng dẫn tuần này"},
}


def the_platform_is_run(tell: Teller) -> None:
    """An operator registers a partner with its secret, agreement and licence; a partner signs in."""
    operator = tell.sign_in(role="operator")
    name = f"vi-dien-tu-{uuid.uuid4().hex[:6]}"
    partner = {"id": name, "name": "Ví điện tử Hoa Lộc", "kind": "wallet"}
    tell.ask("POST", "/v1/partners", who=operator, json=partner)
    path = f"/v1/partners/{name}"
    tell.ask("GET", path, who=operator)
    tell.ask("POST", f"{path}/secrets", who=operator, json={"overlap_hours": 48})
    agreement = {
        "number": "12/TTHT", "signed_on": "2026-10-01", "unit_code": "15724", "scope": ["payment_account", "qr"],
        "valid_from": "2026-10-01", "valid_to": "2028-09-30",
    }  # fmt: skip
    tell.ask("POST", f"{path}/agreements", who=operator, json=agreement)
    licence = {
        "kind": "payment", "number": "21/GP-NHNN", "issuer": "Ngân hàng Nhà nước Việt Nam", "valid_from": "2026-01-01",
        "valid_to": "2030-12-31",
    }  # fmt: skip
    tell.ask("POST", f"{path}/licences", who=operator, json=licence)
    tell.ask("PATCH", path, who=operator, json={"messages_per_minute": 600})
    app = tell.sign_in(role="partner", partner_id="demo-app")
    for asked in ("/v1/events", "/v1/event-types", "/v1/subscriptions"):
        tell.ask("GET", asked, who=app, params={"limit": "2"})
    hook = {"url": "http://127.0.0.1:9/hooks", "types": ["dossier.status_changed", "bill.issued"]}
    tell.ask("POST", "/v1/subscriptions", who=app, json=hook)
    moment = datetime.now(UTC).isoformat()
    work = {
        "client_id": str(uuid.uuid4()),
        "kind": "visit",
        "resident_id": tell.known["resident_id"],
        "outcome": "done",
        "occurred_at": moment,
    }
    volunteer = tell.sign_in(role="volunteer", unit_code="15724")
    tell.ask("POST", "/v1/onboarding/batches", who=volunteer, json={"items": [work]})


STORY: tuple[Callable[[Teller], None], ...] = (
    the_family_is_registered,
    the_father_files_a_dossier,
    the_mother_sells_vegetables,
    the_commune_carries_out_its_plan,
    the_platform_is_run,
)
