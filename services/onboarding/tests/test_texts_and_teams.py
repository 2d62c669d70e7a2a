"""Texts to read and to read out, gaps of venues, teams of villages, plans as they were sent."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from casework.app import service as casework_service
from chassis.app import create_app
from chassis.runtime import Runtime, Service
from chassis.settings import Settings
from chassis.storage.database import Database
from chassis.testing import _copy_of, serving, unit_event
from contracts.casework import ProceduresChosen
from contracts.registry import ResidentConsentChanged, UnitChanged
from onboarding.model.announcement import announcement, hall_of
from onboarding.model.bodies import bodies, body_name
from onboarding.queries.territory import kind_in_sentence
from services.onboarding.tests.plans import PLANS, read, send
from services.onboarding.tests.world import NOW, PURPOSE, Village

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}


async def campaign_of(officer: Any, **more: Any) -> str:
    return f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN | more, 201))['id']}"


@pytest.fixture
def casework_template(template_of: Callable[[Service], str]) -> str:
    return template_of(casework_service)


@pytest.fixture
async def casework(
    postgres_url: str, casework_template: str, settings: Settings, runtime: Runtime
) -> AsyncIterator[Database]:
    """The real casework beside the service under test."""
    async with _copy_of(postgres_url, casework_template) as url:
        running = Runtime(casework_service, settings, database=Database(url, application="test"))
        await running.start()
        app = create_app(casework_service, runtime=running)
        async with serving(app) as runtime.service_client.urls["casework"]:
            yield running.database
        await running.stop()


async def test_the_loudspeaker_names_services_and_reads_no_code(
    world: None, casework: Database, deliver: Deliver, calling: Calling, commune: UnitChanged
) -> None:
    codes = ["2.000635", "9.999999"]
    await deliver(ProceduresChosen(unit_id=commune.unit_id, unit_code="15724", codes=codes, minimum=2, at=NOW))
    officer = calling("officer", unit_code="15724")

    answer = await read(officer, f"{await campaign_of(officer)}/announcement")

    assert "khai sinh" in answer["text"]
    assert not [code for code in codes if code in answer["text"]]
    assert answer["services"] == sorted(codes)
    assert "nhân dân xã Đồng Tiến" in answer["text"]


def test_without_names_the_text_has_no_services() -> None:
    assert "2.000635" not in announcement("xã Đồng Tiến", None, ["2.000635.000.00.00.H56", "1.001731"])
    assert "lựa chọn" not in announcement("xã Đồng Tiến", None, ["2.000635"])


@pytest.mark.parametrize(
    ("level", "kind", "name", "hall"),
    [
        ("village", "village", "Thôn 1", "nhà văn hóa thôn"),
        ("village", "residential_group", "Tổ dân phố 2", "nhà văn hóa tổ dân phố"),
        ("village", "residential_group", "Khu phố 3", "nhà văn hóa khu phố"),
        ("commune", "ward", "Phường Hạc Thành", "nhà văn hóa các thôn, tổ dân phố"),
    ],
)
def test_the_cultural_house_is_that_of_the_unit(level: str, kind: str, name: str, hall: str) -> None:
    assert hall_of(level, kind, name) == hall
    assert hall in announcement(name, None, [], hall)


async def test_a_residential_group_is_invited_to_its_own_hall(world: None, deliver: Deliver, calling: Calling) -> None:
    await deliver(unit_event("15724-09", parents=("38", "15724"), name="Tổ dân phố 9", kind="residential_group"))
    officer = calling("officer", unit_code="15724")

    answer = await read(officer, f"{await campaign_of(officer)}/announcement?unit_code=15724-09")

    assert "nhà văn hóa tổ dân phố" in answer["text"]
    assert "nhân dân tổ dân phố 9" in answer["text"]


@pytest.mark.parametrize(
    ("name", "inside"), [("Xã Ngọc Lặc", "xã Ngọc Lặc"), ("Ngọc Lặc", "Ngọc Lặc"), ("Thị trấn Nưa", "thị trấn Nưa")]
)
def test_a_name_keeps_its_capital_inside_a_sentence(name: str, inside: str) -> None:
    assert kind_in_sentence(name) == inside


async def test_every_body_of_a_template_and_of_a_team_has_a_name(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    codes = {each.body for each in bodies()}

    campaign = await read(officer, path)
    team = await send(officer, "POST", f"{path}/teams", {"unit_code": "15727-01", "members": [{"body": "bank"}]}, 201)

    named = [each["name"] for step in campaign["steps"] for each in step["responsible_bodies"]]
    assert not set(named) & codes
    assert "Tổ công nghệ số cộng đồng" in named
    assert team["members"][0]["body_name"] == "Ngân hàng"
    assert "Hội Phụ nữ" in team["missing_body_names"]
    assert not [code for code in codes if body_name(code, NOW.date()) == code]


async def test_a_task_of_an_unknown_body_is_422(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = f"{await campaign_of(officer)}/tasks"

    wrong = await officer.post(path, json={"body": "Hội Câu cá", "work": "Việc"})
    named = await send(officer, "POST", path, {"body": "Công an xã Đồng Tiến", "work": "Việc"}, 201)

    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "unknown-code")
    assert (named["body"], named["body_name"]) == ("police", "Công an xã Đồng Tiến")


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("", CAMPAIGN | {"targets": [{"indicator": "dreams", "percent": 9}]}, "/targets/0/indicator"),
        ("", CAMPAIGN | {"template": "custom", "steps": [
            {"number": 1, "title": "Một", "starts_on": "2026-02-01", "due_on": "2026-01-01"}]}, "/steps/0"),
        ("", CAMPAIGN | {"parent_id": "019aa000-0000-7000-8000-000000000001"}, "/parent_id"),
        ("/communications", {"kind": "tv", "title": "Tin", "published_on": "2026-01-01", "evidence_for": "dreams"},
         "/evidence_for"),
    ],
)  # fmt: skip
async def test_what_is_in_no_vocabulary_or_cannot_be_is_422(
    world: None, calling: Calling, path: str, body: dict[str, Any], pointer: str
) -> None:
    officer = calling("officer", unit_code="15724")
    target = f"{await campaign_of(officer)}{path}" if path else "/v1/campaigns"

    answer = await officer.post(target, json=body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_indicator_is_named_by_its_title_too(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    targets = [
        {"indicator": "Tài khoản thanh toán điện tử", "percent": 90}, {"indicator": "vneid@15_plus", "percent": 80},
    ]  # fmt: skip

    campaign = await read(officer, await campaign_of(officer, targets=targets))

    assert [each["indicator"] for each in campaign["targets"]] == ["payment_account", "vneid@15_plus"]


async def test_a_plan_keeps_its_purposes_and_where_it_is_filed(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    plan = {"number": "12/KH-UBND", "purposes": ["Đạt chỉ tiêu."], "filed_with": ["VT", "VHXH"]}

    campaign = await read(officer, await campaign_of(officer, plan=plan))

    assert (campaign["plan"]["purposes"], campaign["plan"]["filed_with"]) == (["Đạt chỉ tiêu."], ["VT", "VHXH"])


def test_the_recipients_of_plan_a_are_those_of_its_text() -> None:
    assert "BTV Đảng ủy xã" in (PLANS / "dong-thang-2024.yaml").read_text(encoding="utf-8")


async def test_a_good_recheck_closes_the_task_of_its_gap_and_a_lasting_gap_opens_no_second_one(
    world: None, calling: Calling
) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    checks = f"{path}/readiness-checks"

    def found(computers: int, network: bool) -> dict[str, Any]:
        items = [{"kind": "computer", "needed": 2, "working": computers}, {"kind": "network", "working": network}]
        return {"unit_code": "15727-01", "venue": "Nhà văn hóa thôn 1", "items": items}

    first = await send(officer, "POST", checks, found(0, False), 201)
    second = await send(officer, "POST", checks, found(1, True) | {"venue": "nhà văn hóa  Thôn 1"}, 201)

    assert [each["id"] for each in second["tasks"]] == [first["tasks"][0]["id"]]
    tasks = {each["body"]: each for each in (await read(officer, f"{path}/tasks"))["items"]}
    assert (tasks["telecom"]["status"], tasks["office"]["status"]) == ("done", "open")
    assert tasks["office"]["work"].startswith("Bổ sung 1 máy tính")
    await send(officer, "POST", checks, found(2, True), 201)
    assert (await read(officer, f"{path}/tasks?status=open"))["items"] == []
    other = await send(officer, "POST", checks, found(0, True) | {"venue": "Trường học"}, 201)
    assert len(other["tasks"]) == 1


async def test_a_village_has_one_team_in_a_campaign(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = f"{await campaign_of(officer)}/teams"
    first = await send(officer, "POST", path, {"unit_code": "15727-01"}, 201)

    second = await officer.post(path, json={"unit_code": "15727-01"})

    assert (second.status_code, second.json()["type"], second.json()["id"]) == (
        409,
        "/problems/team-exists",
        first["id"],
    )
    for _ in range(2):
        await send(officer, "POST", path, {"unit_code": "15724"}, 201)
    await send(officer, "POST", path, {"unit_code": "15727-02"}, 201)


async def test_a_signature_list_names_those_who_lack_ekyc(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    consented, silent = village_1.resident(), village_1.resident()
    await deliver(consented, silent, _consent(consented))
    maker, other = (calling("officer", unit_code="15724", subject=who) for who in ("maker", "other"))
    body = {"unit_code": "15727-01", "provider": "demo-telecom"}

    made = await maker.post("/v1/onboarding/signature-lists", json=body, headers=PURPOSE)

    assert made.status_code == 201
    assert made.json()["lacking"] == [
        {"resident_id": str(consented.resident_id), "unit_code": "15727-01", "missing": ["ekyc"]}
    ]
    path = f"/v1/onboarding/signature-lists/{made.json()['id']}"
    await other.patch(path, json={"status": "checked"}, headers=PURPOSE)
    refused = (await other.patch(path, json={"status": "approved"}, headers=PURPOSE)).json()
    assert (refused["type"], refused["missing"]) == ("/problems/empty-list", {"ekyc": 1})


def _consent(resident: Any) -> ResidentConsentChanged:
    return ResidentConsentChanged(
        resident_id=resident.resident_id, unit_id=resident.unit_id, unit_code=resident.unit_code,
        consent_id=resident.resident_id, partner_id="demo-telecom", purposes=["onboarding"], given=True, at=NOW,
    )  # fmt: skip
