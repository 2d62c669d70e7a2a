"""A volunteer of village 1 neither sees nor changes village 2: tried at every operation of the API document.

The operations come from the document itself, so a new route is tried automatically, and one that takes a
body fails here until it is given one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import now, today
from chassis.ids import new_id
from chassis.storage.database import Database
from contracts.registry import OrganizationRegistered
from onboarding.app import app
from onboarding.model.schema import OnboardingTable
from services.onboarding.tests.plans import send
from services.onboarding.tests.world import NOW, PURPOSE, Village, declared

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

OPEN_TO_ALL = {"get /v1/onboarding/steps", "get /v1/sessions", "get /v1/good-practices"}
ONE, TWO = "15727-01", "15727-02"


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    audience: frozenset[str]
    queries: frozenset[str]
    has_body: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> Iterator[Operation]:
    for path, methods in app.openapi()["paths"].items():
        for method, spec in methods.items():
            queries = {each["name"] for each in spec.get("parameters", []) if each["in"] == "query"}
            yield Operation(method, path, frozenset(spec["x-audience"]), frozenset(queries), "requestBody" in spec)


ALL = [each for each in operations() if each.name not in OPEN_TO_ALL]


@dataclass
class SecondVillage:
    """What there is in village 2: ids by the names of path parameters, and bodies that would change it."""

    ids: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)

    def path_of(self, operation: Operation) -> str:
        parts = operation.path.split("/")
        return "/".join(self.ids[part[1:-1]] if part.startswith("{") else part for part in parts)


@pytest.fixture
async def village_two(
    world: None, deliver: Deliver, calling: Calling, village_1: Village, village_2: Village
) -> SecondVillage:
    """Village 2 with people, a campaign and everything in it; village 1 has one resident."""
    resident, neighbour, organization = village_2.resident(household_id=new_id()), village_1.resident(), new_id()
    registered = OrganizationRegistered(
        organization_id=organization, unit_id=village_2.unit.unit_id, unit_code=TWO, version=1, at=NOW,
        kind="household_business", representative_id=resident.resident_id, owner_has_smartphone=True,
    )  # fmt: skip
    await deliver(resident, neighbour, registered)
    village = SecondVillage(
        ids={
            "resident_id": str(resident.resident_id), "organization_id": str(organization), "step": "province_app",
            "number": "1", "partner_id": "demo-bank", "code": "H2", "attendee_id": str(resident.resident_id),
        }
    )  # fmt: skip
    officer = calling("officer", unit_code="15724", subject="officer")
    village.bodies = _bodies(village.ids)
    await _fill(officer, village)
    village.bodies = _bodies(village.ids)
    return village


def _bodies(ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """A body for each operation that takes one: good but for its village."""
    resident = ids["resident_id"]
    item = {"client_id": "1", "resident_id": resident, "step": "province_app", **declared()}
    visit = {"client_id": "2", "resident_id": resident, "kind": "visit", "outcome": "done",
             "occurred_at": "2026-02-01T08:00:00+07:00"}  # fmt: skip
    campaign = {"template": "custom", "unit_code": TWO, "title": "Thôn 2", "steps": [{"number": 1, "title": "Một"}]}
    starts_at = (now() - timedelta(hours=1)).isoformat()
    member = {"account": "member-account", "body": "women_union"}
    of_campaign = "/v1/campaigns/{campaign_id}"
    return {
        "put /v1/residents/{resident_id}/onboarding/{step}": declared(),
        "put /v1/organizations/{organization_id}/onboarding/province_app": declared(),
        "post /v1/onboarding/batches": {"items": [item, visit]},
        "post /v1/campaigns": campaign,
        f"patch {of_campaign}": {"title": "Khác"},
        f"patch {of_campaign}/steps/{{number}}": {"status": "done"},
        f"post {of_campaign}/tasks": {"body": "office", "work": "Việc"},
        f"patch {of_campaign}/tasks/{{task_id}}": {"status": "done"},
        f"post {of_campaign}/filings": {"kind": "plan", "to": "UBND", "due_on": "2026-01-01", "filed_on": "2026-01-01"},
        f"patch {of_campaign}/filings/{{filing_id}}": {"filed_on": "2026-01-02"},
        f"patch {of_campaign}/communications/{{communication_id}}": {"title": "Khác"},
        f"patch {of_campaign}/models/{{model_id}}": {"title": "Khác"},
        f"post {of_campaign}/sessions": {
            "kind": "training",
            "venue": "Nhà văn hóa",
            "unit_code": TWO,
            "starts_at": starts_at,
        },
        "patch /v1/sessions/{session_id}": {"venue": "Khác"},
        "post /v1/sessions/{session_id}/attendance": {"items": [{"resident_id": resident}]},
        "post /v1/sessions/{session_id}/check-in": {"code": "guess"},
        "post /v1/sessions/{session_id}/training-accounts": {"count": 1, "role": "volunteer"},
        f"post {of_campaign}/teams": {"unit_code": TWO, "members": [member]},
        f"put {of_campaign}/teams/{{team_id}}": {"members": [member]},
        f"patch {of_campaign}/teams/{{team_id}}": {"equipment": []},
        f"patch {of_campaign}/nominations/{{nomination_id}}": {"category": "excellent"},
        f"patch {of_campaign}/teams/{{team_id}}/members/{{member_id}}": {"to": "2026-01-01"},
        f"post {of_campaign}/communications": {"kind": "tv", "title": "Tin", "published_on": "2026-01-01"},
        f"post {of_campaign}/readiness-checks": {
            "venue": "Nhà văn hóa",
            "unit_code": TWO,
            "items": [{"kind": "seats"}],
        },
        f"post {of_campaign}/models": {"body": "youth_union", "title": "Mô hình"},
        f"post {of_campaign}/nominations": {"model_id": ids.get("model_id"), "category": "advanced"},
        f"post {of_campaign}/official-signatures": {"position": "leader"},
        f"patch {of_campaign}/official-signatures/{{signature_id}}": {"issued_on": "2026-01-01"},
        f"post {of_campaign}/reminders": {"text": "Khác"},
        "post /v1/onboarding/signature-lists": {"unit_code": TWO, "provider": "demo-telecom"},
        "patch /v1/onboarding/signature-lists/{list_id}": {"status": "checked"},
        "post /v1/onboarding/signature-lists/{list_id}/actions": {"action": "check"},
        "post /v1/campaign-plans": {},
        "post /v1/onboarding/imports": {},
    }


async def _fill(officer: Any, village: SecondVillage) -> None:
    """The officer makes one thing of each kind; its id is known by the name of its path parameter."""

    async def make(name: str, operation: str, status: int = 201) -> Any:
        method, path = operation.split()
        body = _bodies(village.ids)[operation]
        made = await send(officer, method, "/".join(_filled(path, village.ids)), body, status)
        village.ids[name] = made["id"]
        return made

    of_campaign = "post /v1/campaigns/{campaign_id}"
    await make("campaign_id", "post /v1/campaigns")
    await make("task_id", f"{of_campaign}/tasks")
    await make("session_id", f"{of_campaign}/sessions")
    await make("filing_id", f"{of_campaign}/filings")
    team = await make("team_id", f"{of_campaign}/teams")
    village.ids["member_id"] = team["members"][0]["id"]
    await make("communication_id", f"{of_campaign}/communications")
    await make("check_id", f"{of_campaign}/readiness-checks")
    await make("model_id", f"{of_campaign}/models")
    await make("nomination_id", f"{of_campaign}/nominations")
    await make("signature_id", f"{of_campaign}/official-signatures")
    await make("list_id", "post /v1/onboarding/signature-lists")
    form = {"step": "vneid", "unit_code": TWO, "source_body": "police"}
    files = {"file": ("ds.csv", "Số CCCD\n038085000001\n".encode())}
    village.ids["import_id"] = (await officer.post("/v1/onboarding/imports", data=form, files=files)).json()["id"]
    attended = {"items": [{"resident_id": village.ids["resident_id"]}]}
    await send(officer, "POST", f"/v1/sessions/{village.ids['session_id']}/attendance", attended, 200)
    await send(officer, "POST", "/v1/onboarding/batches", village.bodies["post /v1/onboarding/batches"], 200)


def _filled(path: str, ids: dict[str, str]) -> list[str]:
    return [ids[part[1:-1]] if part.startswith("{") else part for part in path.split("/")]


async def contents(database: Database) -> dict[str, str]:
    """A fingerprint of every table of this service."""
    tables = [table.name for table in OnboardingTable.metadata.sorted_tables]
    spec = {}
    async with database.reading() as session:
        for name in tables:
            rows = await session.execute(
                text(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t")
            )
            spec[name] = str(rows.scalar())
    return spec


def test_every_operation_that_takes_a_body_is_tried_with_one() -> None:
    assert set(_bodies({"resident_id": ""})) == {each.name for each in ALL if each.has_body}


async def test_a_volunteer_of_village_1_sees_and_changes_nothing_of_village_2(
    village_two: SecondVillage, calling: Calling, database: Database
) -> None:
    volunteer = calling("volunteer", unit_code=ONE, subject="of village 1")
    before = await contents(database)

    for operation in ALL:
        for query in [{}, *([{"unit_code": TWO}] if "unit_code" in operation.queries else [])]:
            body = village_two.bodies.get(operation.name)
            answer = await volunteer.request(
                operation.method.upper(), village_two.path_of(operation), json=body, params=query, headers=PURPOSE
            )
            names_it = "{" in operation.path or query
            assert answer.status_code in ((403, 404, 400) if names_it else (200, 400, 403, 422)), (
                operation.name, answer.status_code, answer.text,
            )  # fmt: skip
            if answer.status_code == 200:
                seen = [name for name, id in village_two.ids.items() if len(id) == 36 and id in answer.text]
                assert seen == [], (operation.name, seen)
    assert await contents(database) == before


async def test_the_same_operations_show_village_2_to_its_own_officer(
    village_two: SecondVillage, calling: Calling
) -> None:
    """So the scope hides it, not wrong ids."""
    officer = calling("officer", unit_code="15724", subject="officer")
    for operation in ALL:
        if (
            operation.method != "get"
            or "officer" not in operation.audience
            or operation.path.endswith((".pdf", ".xlsx"))
        ):
            continue
        if operation.name in ("get /v1/onboarding/signature-list",):  # calls registry, which is not here
            continue
        answer = await officer.get(village_two.path_of(operation), headers=PURPOSE)
        assert answer.status_code == 200, (operation.name, answer.text)


async def test_a_volunteer_who_left_the_team_is_refused_at_every_operation(
    village_two: SecondVillage, calling: Calling
) -> None:
    officer = calling("officer", unit_code="15724", subject="officer")
    campaign = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}
    path = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', campaign, 201))['id']}/teams"
    left = {"account": "who left", "body": "women_union", "to": str(today().replace(year=today().year - 1))}
    await send(officer, "POST", path, {"unit_code": ONE, "members": [left]}, 201)
    volunteer = calling("volunteer", unit_code=ONE, subject="who left")

    for operation in ALL:
        if "volunteer" not in operation.audience:
            continue
        answer = await volunteer.request(operation.method.upper(), village_two.path_of(operation), headers=PURPOSE)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/no-longer-listed"), operation.name
