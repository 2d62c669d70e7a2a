"""Father and mother are registered, read, corrected, prefilled; their shop; the father's steps."""

from __future__ import annotations

import random
from typing import Any

from deploy.generate.story.teller import VILLAGE, Teller

CHECK_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def a_person(name: str, born: str, sex: str, **more: Any) -> dict[str, Any]:
    """The body that registers a synthetic person of the village."""
    digit = 1 if sex == "female" else 0
    return {
        "personal_id": f"038{digit}{born[2:4]}{random.randrange(10**6):06d}", "id_document": "can_cuoc", "full_name": name,
        "date_of_birth": born, "sex": sex, "unit_code": VILLAGE, "residence_status": "permanent", "address_line": "Thôn 1",
    } | more  # fmt: skip


def a_tax_code() -> str:
    """An invented tax code of ten digits with its check digit."""
    digits = [2, 8, *(random.randrange(10) for _ in range(7))]
    rest = sum(weight * digit for weight, digit in zip(CHECK_WEIGHTS, digits, strict=True)) % 11
    return a_tax_code() if rest == 0 else "".join(map(str, digits)) + str(10 - rest)


def the_family_is_registered(tell: Teller) -> None:
    """Father and mother are registered by an officer, who reads, looks up, corrects."""
    officer = tell.officer()
    phone = {"phone": "0912345601", "phone_owner_verified": True, "has_smartphone": True, "has_bank_account": False}
    father = a_person("Lê Văn Mẫu", "1975-03-12", "male", **phone)
    tell.known["resident_id"] = tell.must("POST", "/v1/residents", who=officer, json=father)["id"]
    tell.known["father's number"] = father["personal_id"]
    mother = a_person("Nguyễn Thị Mẫu", "1978-08-20", "female", phone="0912345602", phone_owner_verified=True)
    tell.known["mother"] = tell.must("POST", "/v1/residents", who=officer, json=mother)["id"]
    path = f"/v1/residents/{tell.known['resident_id']}"
    tell.ask("GET", path, who=officer, purpose="onboarding")
    tell.ask("PATCH", path, who=officer, purpose="correction", json={"address_line": "Số 5, Thôn 1"})
    number = {"personal_id": father["personal_id"]}
    tell.ask("POST", "/v1/residents/lookup", who=officer, purpose="support", json=number)
    reveal = {"fields": ["phone"], "reason": "Gọi hẹn trả kết quả."}
    tell.ask("POST", f"{path}/reveal", who=officer, purpose="dossier", json=reveal)


def the_father_reads_his_own(tell: Teller) -> None:
    """He prefills a form, gives a consent, asks for a correction and reads what is stored."""
    own, path = tell.resident(), f"/v1/residents/{tell.known['resident_id']}"
    wanted = {"fields": ["full_name", "phone", "permanent_address"], "purpose": "dossier"}
    tell.ask("POST", f"{path}/prefill", who=own, json=wanted)
    for grantee in ("demo-telecom", "demo-bank"):
        purpose = "digital_signature" if grantee == "demo-telecom" else "onboarding"
        tell.ask("POST", f"{path}/consents", who=own, json={"purpose": purpose, "grantee": grantee})
    wrong = {"field": "full_name", "value": "Lê Văn Mẫn", "reason": "Sai tên."}
    asked = tell.must("POST", f"{path}/corrections", who=own, json=wrong)
    for part in ("facts", "access-log", "consents", "corrections", "export", "onboarding", "utility-accounts", ""):
        tell.ask("GET", f"{path}/{part}".rstrip("/"), who=own)
    tell.ask("GET", f"{path}/facts/address_line/history", who=own)
    officer, asked_for = tell.officer(), f"/v1/corrections/{asked['id']}"
    tell.ask("GET", asked_for, who=officer, purpose="correction")
    refused = {"decision": "refuse", "note": "Giấy khai sinh ghi “Mẫu”."}
    tell.ask("POST", f"{asked_for}/decision", who=officer, purpose="correction", json=refused)
    tell.ask("POST", f"{path}/refresh", who=own, json={"sources": ["population"]})


def the_father_takes_the_steps(tell: Teller) -> None:
    """VNeID with the help of a volunteer; his commune checks and approves a list for digital signatures."""
    officer, checker = tell.officer(), tell.officer()
    path = f"/v1/residents/{tell.known['resident_id']}"
    done = {"status": "completed", "occurred_at": "2026-11-20T09:00:00+07:00", "evidence": {"kind": "volunteer"}}
    tell.ask("PUT", f"{path}/onboarding/vneid", who=officer, purpose="onboarding", json=done)
    tell.webhook("demo-identity", "ekyc.passed", {"resident": {"personal_id": tell.known["father's number"]}})
    preview = f"/v1/onboarding/signature-list?unit_code={VILLAGE}&provider=demo-telecom"
    tell.ask_when(preview, lambda answer: answer["items"], who=officer, purpose="onboarding")
    body = {"unit_code": VILLAGE, "provider": "demo-telecom"}
    listed = tell.must("POST", "/v1/onboarding/signature-lists", who=officer, purpose="onboarding", json=body)
    path = f"/v1/onboarding/signature-lists/{listed['id']}"
    tell.ask("GET", path, who=officer, purpose="onboarding")
    tell.ask("PATCH", path, who=checker, purpose="onboarding", json={"status": "checked"})
    tell.ask("POST", f"{path}/actions", who=checker, purpose="onboarding", json={"action": "approve"})


def the_shop_is_registered(tell: Teller) -> None:
    """The household business: claimed by the father, confirmed by an officer; the mother may act for it."""
    officer, own = tell.officer(), tell.resident()
    shop = {
        "tax_code": a_tax_code(), "name": "Hộ kinh doanh Lê Văn Mẫu", "kind": "household_business", "unit_code": VILLAGE,
        "representative": {"resident_id": tell.known["resident_id"]},
    }  # fmt: skip
    claimed = tell.must("POST", "/v1/organizations", who=own, json=shop)
    path = f"/v1/organizations/{claimed['id']}"
    tell.known["organization_id"] = claimed["id"]
    confirmed = {"resident_id": tell.known["resident_id"], "reason": "Đã xem giấy chứng nhận đăng ký."}
    tell.ask("POST", f"{path}/representative/confirmation", who=officer, json=confirmed)
    tell.ask("GET", path, who=officer)
    tell.ask("PATCH", path, who=officer, json={"name": "Tạp hóa Mẫu"})
    tell.ask("POST", "/v1/organizations/lookup", who=officer, json={"tax_code": shop["tax_code"]})
    until = {"representative_id": tell.known["mother"], "scope": ["dossiers", "payments"], "until": "2027-06-30"}
    owner = tell.sign_in(role="organization", organization_id=claimed["id"])
    tell.ask("POST", f"{path}/representatives", who=owner, json=until)
    done = {"status": "completed", "occurred_at": "2026-11-21T09:00:00+07:00", "evidence": {"kind": "officer"}}
    tell.ask("PUT", f"{path}/onboarding/province_app", who=officer, json=done)
    other = tell.must("POST", "/v1/organizations", who=own, json=shop | {"tax_code": a_tax_code(), "name": "Quán Mẫu"})
    refused = {"resident_id": tell.known["resident_id"], "reason": "Giấy đăng ký đứng tên người khác."}
    tell.ask("POST", f"/v1/organizations/{other['id']}/representative/refusal", who=officer, json=refused)


CHAPTERS = (the_family_is_registered, the_father_reads_his_own, the_father_takes_the_steps, the_shop_is_registered)
