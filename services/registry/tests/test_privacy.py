"""Personal data is in no event, log line, error or metric."""

from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import text

from chassis.security.sign_in import Claims
from chassis.storage.database import Database
from registry.commands.imports import run_open_imports

from .conftest import PURPOSE, a_partner_event, a_resident

SECRETS = ("038085000001", "038085000002", "038085000077", "900000001", "912345678", "3800000001", "Đức", "Quỳnh",
           "Số 5 ngõ Bí Mật", "lý do riêng")  # fmt: skip


async def test_no_number_name_or_address_is_in_events_logs_or_metrics(
    calling: Any, register: Any, deliver: Any, database: Database, capfd: pytest.CaptureFixture[str], log_as: Any
) -> None:
    log_as("registry")
    officer = calling("officer", unit_code="15724")
    view = await register(a_resident(full_name="Lê Thị Quỳnh", address_line="Số 5 ngõ Bí Mật"))
    path = f"/v1/residents/{view['id']}"
    refusals = [
        await officer.post("/v1/residents", json=a_resident(full_name="Lê Thị Quỳnh")),
        await officer.post("/v1/residents", json=a_resident(2, phone="912345678x", full_name="Quỳnh 4")),
        await officer.patch(path, json={"personal_id": "0380850000771"}),
    ]
    await officer.post("/v1/residents/lookup", json={"personal_id": "038085000001"}, headers=PURPOSE)
    await officer.post(f"{path}/reveal", json={"fields": ["phone"], "reason": "lý do riêng"}, headers=PURPOSE)
    await officer.get("/v1/residents?q=quynh", headers=PURPOSE)
    await officer.post(f"{path}/prefill", json={"fields": ["full_name"], "purpose": "dossier"})
    await deliver(
        a_partner_event("sim.ownership_verified", {"resident": {"personal_id": "038085000001"}, "phone": "0912345678"}),
        a_partner_event("ekyc.passed", {"resident": {"personal_id": "038085000077"}}),
    )
    content = "so_dinh_danh;ho_ten;ngay_sinh;gioi_tinh;thon\n038085000002;Lê Văn Đức;1985;Nam;nơi khác\n".encode()
    await officer.post("/v1/resident-imports", files={"file": ("a.csv", content)}, data={"unit_code": "15724"})
    await run_open_imports(database, 100)

    await _sign_in_and_propose(calling, view["id"])

    async with database.reading() as session:
        published_text = [str(row) for row in await session.execute(text("SELECT key, value, headers FROM outbox"))]
        rejected = [str(row) for row in await session.execute(text("SELECT * FROM import_rejection"))]
    logged = capfd.readouterr()
    places = {
        "events": published_text, "rejections": rejected, "logs": [logged.out, logged.err],
        "refusals": [answer.text for answer in refusals], "metrics": [generate_latest().decode()],
    }  # fmt: skip
    found = [
        (place, secret) for place, texts in places.items() for secret in SECRETS if any(secret in t for t in texts)
    ]
    assert found == []
    assert len(published_text) > 8
    assert len(rejected) == 1


async def _sign_in_and_propose(calling: Any, resident_id: str) -> None:
    """A first sign-in, one that is refused, a proposal of an unknown person, and a representative with a paper."""
    known = Claims("https://id.example.vn", "account-1", "038085000001", "Lê Thị Quỳnh", "1985-09-05")
    unknown = Claims("https://id.example.vn", "account-2", "038085000077", "Lê Văn Đức", "1985-09-05")
    service = calling("service")
    for claims, refusal in (
        (known, None),
        (unknown, "unknown"),
        (replace(known, subject="account-3", full_name="Lê Văn Đức"), "mismatch"),
    ):
        answer = await service.post("/internal/sign-ins", json={"claims": claims.encrypted()})
        assert answer.json()["refusal"] == refusal, answer.text
    applicant = calling("unregistered", subject="applicant:2", sealed_claims=unknown.encrypted())
    proposal = {"unit_code": "15727-01", "address_line": "Số 5 ngõ Bí Mật", "phone": "0912345678"}
    assert (await applicant.post("/v1/registrations", json=proposal)).status_code == 202
    officer = calling("officer", unit_code="15724")
    link = (await officer.get(f"/v1/residents/{resident_id}/links", headers=PURPOSE)).json()["items"][0]
    await officer.delete(f"/v1/residents/{resident_id}/links/{link['id']}", params={"reason": "lý do riêng"})
