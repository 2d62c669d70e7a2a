"""The table of authority: complete, as the routes declare it, and held against those who try to take more."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.clock import today
from chassis.storage.database import Database
from chassis.web.routing import TransactionalRoute
from contracts.access import AccessRecorded
from contracts.onboarding import TeamChanged
from onboarding.model.authority import RIGHTS, right_of
from onboarding.routes import ROUTERS
from services.onboarding.tests.plans import send
from services.onboarding.tests.test_village_scope import ALL, SecondVillage, contents, village_two
from services.onboarding.tests.world import PURPOSE, Village, declared

__all__ = ["village_two"]

Calling = Callable[..., Any]
Deliver = Callable[..., Any]
ROUTES = {route.name: route for router in ROUTERS for route in router.routes if isinstance(route, TransactionalRoute)}
CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}


def test_every_operation_has_a_row_and_its_roles_are_those_that_the_route_declares() -> None:
    for right in RIGHTS:
        relations = ", ".join(f"{role}: {relation}" for role, relation in right.roles.items())
        personal = "personal data" if right.is_personal else ""
        print(f"{right.operation:34} {personal:14} {relations} {dict(right.second_person) or ''}")  # noqa: T201 pytest -s shows it
    assert {right.operation: set(right.roles) for right in RIGHTS} == {
        name: set(route.audience) for name, route in ROUTES.items()
    }


@pytest.mark.parametrize("is_in_token", [True, False])
async def test_pupils_read_and_write_no_personal_data_in_any_operation(
    village_two: SecondVillage, calling: Calling, database: Database, is_in_token: bool
) -> None:
    """By the body of the token, and by the team's list alone, before a token carries the body."""
    officer = calling("officer", unit_code="15724", subject="officer")
    path = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}/teams"
    if not is_in_token:
        member = {"account": "pupil", "body": "Học sinh lớp 9 trường THCS Đồng Thắng"}
        team = await send(officer, "POST", path, {"unit_code": "15724", "members": [member]}, 201)
        assert team["members"][0]["body"] == "school"
    pupil = calling("volunteer", unit_code="15727-02", subject="pupil", body="school" if is_in_token else None)
    before = await contents(database)

    for operation in ALL:
        route = next(each for each in ROUTES.values() if each.path == operation.path
                     and operation.method.upper() in (each.methods or ()))  # fmt: skip
        if "volunteer" not in operation.audience or not right_of(route.name).is_personal:
            continue
        answer = await pupil.request(
            operation.method.upper(), village_two.path_of(operation), headers=PURPOSE,
            json=village_two.bodies.get(operation.name),
        )  # fmt: skip
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), operation.name
    assert await contents(database) == before
    assert (await pupil.get("/v1/campaigns")).status_code == 200


def test_no_operation_of_volunteers_names_residents_without_being_marked_as_personal() -> None:
    """What is not marked: campaigns, their papers and sessions, which hold no resident's data."""
    unmarked = {right.operation for right in RIGHTS if "volunteer" in right.roles and not right.is_personal}
    assert unmarked == {
        "list_campaigns", "get_campaign", "list_campaign_tasks", "get_campaign_task",
        "update_campaign_task", "list_filings", "list_campaign_sessions", "get_session", "get_check_in_code",
        "list_communications", "get_communication", "get_announcement", "create_readiness_check",
        "list_readiness_checks", "get_readiness_check", "list_digital_models", "get_digital_model",
        "list_nominations", "get_nomination", "get_campaign_ranking", "list_official_signatures",
        "get_official_signature", "list_campaign_units", "list_campaign_reminders", "list_good_practices",
    }  # fmt: skip


async def test_a_team_of_another_unit_neither_excludes_nor_readmits_a_volunteer(
    world: None, calling: Calling, published: Deliver
) -> None:
    own, other = calling("officer", unit_code="15724"), calling("officer", unit_code="15061")
    mine = f"/v1/campaigns/{(await send(own, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}/teams"
    body = {**CAMPAIGN, "unit_code": "15061"}
    theirs = f"/v1/campaigns/{(await send(other, 'POST', '/v1/campaigns', body, 201))['id']}/teams"
    ended = str(today().replace(year=today().year - 1))
    volunteer = calling("volunteer", unit_code="15727-01", subject="volunteer")

    struck = {"unit_code": "15061", "members": [{"account": "volunteer", "body": "women_union", "to": ended}]}
    await send(other, "POST", theirs, struck, 201)
    assert (await volunteer.get("/v1/onboarding/worklist", headers=PURPOSE)).status_code == 200

    left = {"unit_code": "15724", "members": [{"account": "volunteer", "body": "women_union", "to": ended}]}
    await send(own, "POST", mine, left, 201)
    listed = {"unit_code": "15061-01", "members": [{"account": "volunteer", "body": "women_union"}]}
    await send(other, "POST", theirs, listed, 201)
    assert (await volunteer.get("/v1/onboarding/worklist", headers=PURPOSE)).status_code == 403
    assert {each.members[0].body for each in await published(TeamChanged)} == {"women_union"}


async def test_an_officer_who_declares_a_partners_document_is_bound_by_the_conditions(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident(citizen_id_card=False)
    await deliver(resident)
    path = f"/v1/residents/{resident.resident_id}/onboarding/vneid"

    answer = await calling("officer", unit_code="15724").put(path, json=declared(kind="partner", provider="x"))

    assert (answer.status_code, answer.json().get("missing")) == (409, ["citizen_id_card"])


async def test_level_2_is_taken_back_only_by_a_body_that_may_confirm_it(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    path = f"/v1/residents/{resident.resident_id}/onboarding/vneid"
    police = calling("officer", unit_code="15724", body="police")
    assert (await police.put(path, json=declared(kind="officer", level=2))).status_code == 200
    revoked = declared("revoked", kind="self") | {"occurred_at": "2026-02-02T08:00:00+07:00"}

    for who in (calling("volunteer", unit_code="15727-01"), calling("officer", unit_code="15724", body="culture")):
        answer = await who.put(path, json=revoked)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-yours-to-confirm")
    assert (await police.put(path, json=revoked)).json()["status"] == "revoked"


async def test_models_get_votes_of_officers_of_other_units_only(world: None, calling: Calling) -> None:
    province = calling("officer", unit_code="38", subject="province")
    body = {"template": "custom", "unit_code": "38", "title": "Tỉnh", "steps": [{"number": 1, "title": "Một"}]}
    path = f"/v1/campaigns/{(await send(province, 'POST', '/v1/campaigns', body, 201))['id']}"
    own = calling("officer", unit_code="15724", subject="own")
    model = await send(own, "POST", f"{path}/models", {"unit_code": "15724", "body": "Hội Phụ nữ", "title": "Chợ"}, 201)
    assert model["body"] == "women_union"
    nomination = await send(own, "POST", f"{path}/nominations", {"model_id": model["id"], "category": "advanced"}, 201)
    votes = f"{path}/nominations/{nomination['id']}/votes"

    for who in (own, calling("officer", unit_code="15727-01", subject="village")):
        assert (await who.post(votes)).json()["type"] == "/problems/own-model"
    assert (await calling("volunteer", unit_code="15061-01").post(votes)).status_code == 403
    other = calling("officer", unit_code="15061", subject="other")
    assert (await send(other, "POST", votes, None, 201))["votes"] == 1
    assert (await send(other, "POST", votes, None, 201))["votes"] == 1
    assert (await other.delete(votes)).status_code == 204
    assert (await other.delete(votes)).status_code == 404
    assert (await other.get(f"{path}/nominations/{nomination['id']}")).json()["votes"] == 0
    assert (await own.delete(f"{path}/models/{model['id']}")).json()["type"] == "/problems/still-in-use"
    assert (await own.delete(f"{path}/nominations/{nomination['id']}")).status_code == 204
    assert (await own.delete(f"{path}/models/{model['id']}")).status_code == 204


async def test_a_filing_is_demanded_only_by_who_leads_the_campaign(world: None, calling: Calling) -> None:
    province, commune = calling("officer", unit_code="38"), calling("officer", unit_code="15724")
    body = {"template": "custom", "unit_code": "38", "title": "Tỉnh", "steps": [{"number": 1, "title": "Một"}]}
    path = f"/v1/campaigns/{(await send(province, 'POST', '/v1/campaigns', body, 201))['id']}/filings"
    filing = {"kind": "weekly", "period": "tuần 1", "to": "UBND tỉnh", "due_on": "2026-01-01", "unit_code": "15724"}

    assert (await commune.post(path, json=filing)).status_code == 403
    await send(province, "POST", path, filing, 201)
    assert (await send(commune, "POST", path, {**filing, "filed_on": "2026-01-01"}, 201))["state"] == "on_time"


@pytest.mark.parametrize("field", ["work", "body", "due_on", "owner", "reminders"])
async def test_the_owner_of_a_task_records_progress_and_does_not_change_the_task(
    world: None, calling: Calling, field: str
) -> None:
    officer = calling("officer", unit_code="15724", subject="officer")
    path = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}/tasks"
    task = await send(officer, "POST", path, {"body": "office", "work": "Việc", "owner": "owner"}, 201)
    owner = calling("volunteer", unit_code="15727-01", subject="owner")
    value = {"due_on": "2027-01-01", "reminders": []}.get(field, "office")

    assert (await owner.patch(f"{path}/{task['id']}", json={field: value})).status_code == 403
    assert (await owner.patch(f"{path}/{task['id']}", json={"status": "done"})).status_code == 200
    changed = await send(officer, "PATCH", f"{path}/{task['id']}", {field: value}, 200)
    assert changed[field] == value


async def test_every_read_of_residents_needs_a_purpose_or_is_logged_with_one(
    village_two: SecondVillage, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724", subject="reader")
    quiet = {"get_organization_step", "get_onboarding_summary"}  # an organization; counts
    for operation in ALL:
        route = next(each for each in ROUTES.values() if each.path == operation.path
                     and operation.method.upper() in (each.methods or ()))  # fmt: skip
        right = right_of(route.name)
        if operation.method != "get" or "officer" not in right.roles or not right.is_personal or route.name in quiet:
            continue
        before = len(await published(AccessRecorded))
        query = {"unit_code": "15727-02"} if operation.path.endswith(("signature-list", ".pdf")) else {}
        answer = await officer.get(village_two.path_of(operation), params=query)
        if answer.status_code == 428:
            continue
        assert answer.status_code == 200, (operation.name, answer.text)
        has_rows = len(await published(AccessRecorded)) > before
        assert has_rows or answer.json().get("items") == [], operation.name
        assert (await officer.get(village_two.path_of(operation), headers={"X-Purpose": "x"})).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/v1/onboarding/worklist", "/v1/onboarding/visits", "/v1/onboarding/charges", "{held}/attendance", "{list}"],
)
async def test_a_list_that_names_residents_by_id_needs_a_purpose(
    village_two: SecondVillage, calling: Calling, path: str
) -> None:
    officer = calling("officer", unit_code="15724", subject="reader")
    held, listed = (
        f"/v1/sessions/{village_two.ids['session_id']}",
        "/v1/onboarding/signature-lists/" + village_two.ids["list_id"],
    )
    asked = path.format(held=held, list=listed)

    assert (await officer.get(asked)).status_code == 428
    assert (await officer.get(asked, headers=PURPOSE)).status_code == 200


async def test_what_a_declaration_shows_is_in_the_access_log(
    world: None, deliver: Deliver, calling: Calling, published: Deliver, village_1: Village
) -> None:
    resident, without_card = village_1.resident(), village_1.resident(citizen_id_card=False)
    await deliver(resident, without_card)
    volunteer = calling("volunteer", unit_code="15727-01")
    path = f"/v1/residents/{resident.resident_id}/onboarding/province_app"

    await volunteer.put(path, json=declared())
    await calling("resident", resident_id=resident.resident_id).put(path, json=declared(kind="self"))
    item = {"client_id": "1", "resident_id": str(without_card.resident_id), "step": "vneid", **declared()}
    await volunteer.post("/v1/onboarding/batches", json={"items": [item]})

    rows = await published(AccessRecorded)
    assert [(each.resident_id, each.action, each.purpose, each.role) for each in rows] == [
        (resident.resident_id, "declare", "onboarding", "volunteer"),
        (without_card.resident_id, "declare", "onboarding", "volunteer"),
    ]
