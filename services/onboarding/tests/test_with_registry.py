"""The calls of onboarding to the real registry: whom a list means, how a paper names a person, who consented."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import openpyxl
import pytest
from sqlalchemy import text

from chassis.app import create_app
from chassis.clock import frozen_at, now
from chassis.runtime import Runtime, Service
from chassis.security.identity import Caller, TokenSigner
from chassis.settings import Settings
from chassis.storage.database import Database, database_url
from chassis.storage.migrations import upgrade
from chassis.testing import _copy_of, _drop, serving
from contracts.access import AccessRecorded
from contracts.event import EVENT_TYPES
from contracts.gateway import PartnerChanged
from contracts.onboarding import StepCompleted
from contracts.registry import Attestation, ResidentAttested
from onboarding.commands.imports import run_next_rows
from registry.app import service as registry_service
from registry.commands.units import import_decree, load_units
from registry.decrees import Decree, read_units
from services.onboarding.tests.world import PURPOSE

VILLAGES = Path(__file__).parents[3] / "deploy/provinces/thanh-hoa/demo/villages.csv"
UNITS = {"38", "15724", "15727-01", "15727-02"}

Deliver = Callable[..., Any]
Calling = Callable[..., Any]


class Registry:
    """The real registry beside the service under test, on a separate database."""

    def __init__(self, app: Any, database: Database, signer: TokenSigner, deliver: Deliver, service: Service) -> None:
        self._app, self._database, self._signer, self._deliver, self._service = app, database, signer, deliver, service
        self._last = 0

    def client(self, role: Any, **who: Any) -> httpx.AsyncClient:
        token = self._signer.token(Caller(role, who.pop("subject", "tester"), **who))
        headers = {"Authorization": f"Bearer {token}", **PURPOSE}
        return httpx.AsyncClient(transport=self.transport, base_url="http://registry", headers=headers)

    @property
    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(self._app, raise_app_exceptions=False)

    async def replicate(self) -> None:
        """Delivers to onboarding what registry published since the last time."""
        async with self._database.reading() as session:
            query = text("SELECT id, type, value FROM outbox WHERE id > :last ORDER BY id")
            rows = list(await session.execute(query, {"last": self._last}))
        events = [EVENT_TYPES[row.type].model_validate_json(row.value) for row in rows if row.type in EVENT_TYPES]
        self._last = rows[-1].id if rows else self._last
        wanted = [each for each in events if type(each) in self._service.handlers]
        await self._deliver(*(each for each in wanted if getattr(each, "code", "38") in UNITS))

    async def register(self, number: int, **more: Any) -> str:
        officer = self.client("officer", unit_code="15724")
        body = {
            "personal_id": f"0380850{number:05d}", "id_document": "can_cuoc", "full_name": f"Người Thử {chr(64 + number)}",
            "date_of_birth": "1985-03-02", "sex": "male", "unit_code": "15727-01", "has_smartphone": True,
            "phone": f"09120{number:05d}", "phone_owner_verified": True, "social_insurance_no": f"38{number:08d}", **more,
        }  # fmt: skip
        answer = await officer.post("/v1/residents", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.fixture(scope="module")
def registry_template(postgres_url: str) -> Iterator[str]:
    """The name of a registry's database with the units of Thanh Hóa and the demo villages."""
    name = f"template_registry_{uuid4().hex[:8]}"
    url = database_url(postgres_url, name)
    upgrade(url, registry_service.migrations)
    asyncio.run(_load_units(url))
    yield name
    asyncio.run(_drop(postgres_url, name))


async def _load_units(url: str) -> None:
    database = Database(url, pool_size=2, application="test")
    async with database.transaction() as session:
        await load_units(session)
    async with database.transaction() as session:
        content = VILLAGES.read_bytes()
        await import_decree(session, Decree(read_units(content), []), content, "test")
    await database.close()


@pytest.fixture
async def registry(
    postgres_url: str, registry_template: str, settings: Settings, runtime: Runtime, keys: Path, deliver: Deliver,
    service: Service,
) -> AsyncIterator[Registry]:  # fmt: skip
    async with _copy_of(postgres_url, registry_template) as url:
        running = Runtime(registry_service, settings, database=Database(url, application="test"))
        await running.start()
        app = create_app(registry_service, runtime=running)
        beside = Registry(app, running.database, TokenSigner.read(keys / "gateway.pem"), deliver, service)
        await beside.replicate()
        async with serving(app) as runtime.service_client.urls["registry"]:
            yield beside
        await running.stop()


async def test_a_list_of_the_police_finds_people_by_number_and_names_the_rows_it_cannot_use(
    registry: Registry, runtime: Runtime, published: Deliver, calling: Calling
) -> None:
    await registry.register(1)
    await registry.register(2, unit_code="15727-02")
    await registry.replicate()
    book = openpyxl.Workbook()
    for row in (
        ["CÔNG AN XÃ"], ["STT", "Số CCCD", "Ngày kích hoạt", "Mức độ"], [1, "038085000001", "15/02/2026", 2],
        [2, "12345", "15/02/2026", 2], [3, "038085099999", "15/02/2026", 2], [4, "038085000002", "15/02/2026", 2],
    ):  # fmt: skip
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    content = io.BytesIO()
    book.save(content)
    officer = calling("officer", unit_code="15724", body="police")
    form = {"step": "vneid", "unit_code": "15727-01", "source_body": "police"}
    files = {"file": ("ds.xlsx", content.getvalue())}

    sent = await officer.post("/v1/onboarding/imports", data=form, files=files)
    while await run_next_rows(runtime.database, runtime.service_client):
        pass
    again = await officer.post("/v1/onboarding/imports", data=form, files=files)

    assert sent.status_code == 202
    done = (await officer.get(f"/v1/onboarding/imports/{sent.json()['id']}")).json()
    assert {name: done[name] for name in ("status", "total_rows", "applied", "unchanged", "rejected")} == {
        "status": "completed", "total_rows": 4, "applied": 1, "unchanged": 0, "rejected": 3,
    }  # fmt: skip
    assert again.json()["id"] == sent.json()["id"]
    rejections = (await officer.get(f"/v1/onboarding/imports/{done['id']}/rejections")).json()["items"]
    assert [(each["row"], each["code"]) for each in rejections] == [
        (4, "not-a-number"), (5, "unknown-person"), (6, "other-unit"),
    ]  # fmt: skip
    table = await officer.get(f"/v1/onboarding/imports/{done['id']}/rejections", headers={"Accept": "text/csv"})
    assert table.text.count("\n") == 4
    [event] = await published(StepCompleted)
    assert (event.step, event.evidence_kind, event.marks) == (
        "vneid",
        "officer",
        ["assisted", "issued", "level_1", "level_2"],
    )
    async with runtime.database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM import_row"))).scalar_one() == 0


async def test_a_household_gets_its_checklist_as_a_document(
    registry: Registry, published: Deliver, calling: Calling
) -> None:
    await registry.register(1, household_code="H1")
    await registry.register(2, household_code="H1", has_smartphone=False)
    await registry.replicate()
    path = "/v1/households/H1/checklist.pdf?unit_code=15727-01"

    volunteer = calling("volunteer", unit_code="15727-01")
    paper = await volunteer.get(path, headers=PURPOSE)

    assert paper.status_code == 200, paper.text
    assert paper.content.startswith(b"%PDF")
    assert {each.action for each in await published(AccessRecorded)} == {"checklist"}
    assert len(await published(AccessRecorded)) == 2
    assert (await volunteer.get(path)).status_code == 428
    assert (await calling("volunteer", unit_code="15727-02").get(path, headers=PURPOSE)).status_code == 403
    unknown = await volunteer.get("/v1/households/none/checklist.pdf?unit_code=15727-01", headers=PURPOSE)
    assert unknown.status_code == 404


async def test_without_registry_no_document_is_printed(registry: Registry, runtime: Runtime, calling: Calling) -> None:
    runtime.service_client.urls["registry"] = "http://127.0.0.1:9"

    answer = await calling("officer", unit_code="15724").get(
        "/v1/households/H1/checklist.pdf?unit_code=15727-01", headers=PURPOSE
    )

    assert answer.status_code == 503


async def consent(registry: Registry, resident_id: str, provider: str) -> str:
    client = registry.client("resident", resident_id=resident_id)
    body = {"grantee": provider, "purpose": "onboarding"}
    answer = await client.post(f"/v1/residents/{resident_id}/consents", json=body)
    assert answer.status_code == 201, answer.text
    await registry.replicate()
    return str(answer.json()["id"])


async def test_a_signature_list_is_checked_approved_and_sent_with_those_who_consented(
    registry: Registry, deliver: Deliver, published: Deliver, calling: Calling
) -> None:
    ready, silent = await registry.register(1), await registry.register(2)
    await registry.replicate()
    for each in (ready, silent):
        await deliver(_passed_ekyc(each))
    given = await consent(registry, ready, "demo-telecom")
    maker = calling("officer", unit_code="15724", subject="maker")
    other = calling("officer", unit_code="15724", subject="other")
    body = {"unit_code": "15727-01", "provider": "demo-telecom"}

    path = "/v1/onboarding/signature-list?unit_code=15727-01&provider=demo-telecom"
    assert (await maker.get(path)).status_code == 428
    preview = (await maker.get(path, headers=PURPOSE)).json()
    assert [each["resident_id"] for each in preview["items"]] == [ready]
    assert "*" in preview["items"][0]["personal_id"]
    listed = (await maker.post("/v1/onboarding/signature-lists", json=body)).json()
    path = f"/v1/onboarding/signature-lists/{listed['id']}"
    assert (listed["status"], listed["count"], listed["legal"]) == ("draft", 1, ["check"])
    assert (await maker.post(f"{path}/actions", json={"action": "check"})).json()[
        "type"
    ] == "/problems/maker-is-checker"
    assert (await other.get(f"{path}/file.xlsx", headers=PURPOSE)).status_code == 409
    assert (await other.get(f"{path}/file.xlsx")).status_code == 428
    assert (await other.patch(path, json={"status": "checked"})).json()["status"] == "checked"
    assert (await other.post(f"{path}/actions", json={"action": "approve"})).json()["status"] == "approved"

    book = openpyxl.load_workbook(io.BytesIO((await other.get(f"{path}/file.xlsx", headers=PURPOSE)).content))
    rows = list(book.worksheets[0].iter_rows(min_row=4, values_only=True))
    assert [row[3] for row in rows] == ["038085000001"]
    assert "signature-list" in {each.action for each in await published(AccessRecorded)}
    assert (await other.post(f"{path}/actions", json={"action": "send"})).json()["status"] == "sent"

    resident = registry.client("resident", resident_id=ready)
    assert (await resident.delete(f"/v1/residents/{ready}/consents/{given}")).status_code in (200, 204)
    await registry.replicate()
    assert (await other.get(path, headers=PURPOSE)).json()["count"] == 0
    assert (await calling("officer", unit_code="15061").get(path)).status_code == 404


async def test_serials_come_back_in_the_very_workbook_that_was_sent(
    registry: Registry,
    runtime: Runtime,
    deliver: Deliver,
    published: Deliver,
    calling: Calling,
    telecom: PartnerChanged,
) -> None:
    await deliver(telecom)
    issued, waiting = await registry.register(1), await registry.register(2)
    await registry.replicate()
    for each in (issued, waiting):
        await deliver(_passed_ekyc(each))
        await consent(registry, each, "demo-telecom")
    maker = calling("officer", unit_code="15724", subject="maker")
    other = calling("officer", unit_code="15724", subject="other")
    body = {"unit_code": "15727-01", "provider": "demo-telecom"}
    path = (
        f"/v1/onboarding/signature-lists/{(await maker.post('/v1/onboarding/signature-lists', json=body)).json()['id']}"
    )
    for action in ("check", "approve"):
        await other.post(f"{path}/actions", json={"action": action})
    book = openpyxl.load_workbook(io.BytesIO((await other.get(f"{path}/file.xlsx", headers=PURPOSE)).content))
    await other.post(f"{path}/actions", json={"action": "send"})
    for row in book.worksheets[0].iter_rows(min_row=4):
        if row[3].value == "038085000001":
            row[6].value = "54010101ABCDEF"
    filled = io.BytesIO()
    book.save(filled)

    form = {"step": "digital_signature", "unit_code": "15727-01", "source_body": "demo-telecom"}
    files = {"file": ("tra-ve.xlsx", filled.getvalue())}
    sent = await other.post("/v1/onboarding/imports", data=form, files=files)
    while await run_next_rows(runtime.database, runtime.service_client):
        pass

    rejections = (await other.get(f"/v1/onboarding/imports/{sent.json()['id']}/rejections")).json()["items"]
    assert [each["code"] for each in rejections] == ["not-issued"]
    entries = (await other.get(path, headers=PURPOSE)).json()["items"]
    assert {each["resident_id"]: each["certificate_serial"] for each in entries} == {
        issued: "54010101ABCDEF", waiting: None,
    }  # fmt: skip
    [event] = await published(StepCompleted)
    assert (str(event.resident_id), event.step, event.evidence_kind) == (issued, "digital_signature", "officer")
    assert (await other.post(f"{path}/actions", json={"action": "close"})).json()["status"] == "closed"


async def test_a_partner_sees_referrals_only_while_consent_lasts(
    registry: Registry, published: Deliver, calling: Calling
) -> None:
    resident_id = await registry.register(1)
    await registry.register(2)
    await registry.replicate()
    given = await consent(registry, resident_id, "demo-bank")
    bank = calling("partner", partner_id="demo-bank")
    path = "/v1/partners/demo-bank/referrals?step=payment_account&unit_code=15724"

    found = (await bank.get(path)).json()["items"]
    await registry.client("resident", resident_id=resident_id).delete(f"/v1/residents/{resident_id}/consents/{given}")
    await registry.replicate()

    assert [each["resident_id"] for each in found] == [resident_id]
    assert found[0]["steps"][0]["route"] == "open_account"
    assert (await bank.get(path)).json()["items"] == []
    assert (await bank.get("/v1/partners/demo-telecom/referrals")).status_code == 404
    assert [each.action for each in await published(AccessRecorded)] == ["referral"]


async def test_a_consent_with_an_end_ends_without_an_event(registry: Registry, calling: Calling) -> None:
    resident_id = await registry.register(1)
    await registry.replicate()
    client = registry.client("resident", resident_id=resident_id)
    until = now() + timedelta(days=3)
    body = {"grantee": "demo-bank", "purpose": "onboarding", "expires_at": until.isoformat()}
    assert (await client.post(f"/v1/residents/{resident_id}/consents", json=body)).status_code == 201
    await registry.replicate()
    path = "/v1/partners/demo-bank/referrals"

    assert len((await calling("partner", partner_id="demo-bank").get(path)).json()["items"]) == 1
    with frozen_at(until):
        assert (await calling("partner", partner_id="demo-bank").get(path)).json()["items"] == []


def _passed_ekyc(resident_id: str) -> Any:
    sent = Attestation(
        event="ekyc.passed",
        partner_id="demo-identity",
        webhook_id=f"m-{resident_id}",
        occurred_at="2026-01-05T00:00:00Z",
    )
    return ResidentAttested(
        resident_id=resident_id, unit_id=uuid4(), unit_code="15727-01", attestation=sent, has_bank_account=False,
        has_smartphone=True,
    )  # fmt: skip
