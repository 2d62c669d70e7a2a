"""Drawing up campaigns, and what people do in them."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pydantic import ValidationError

from contracts.onboarding import CampaignStarted, SessionHeld, TaskChanged
from onboarding.schemas.campaigns import CampaignPatch, StepPatch, TaskPatch
from onboarding.schemas.sessions import SessionPatch
from onboarding.schemas.teams import MemberPatch
from services.onboarding.tests.plans import PLANS, load, on, send
from services.onboarding.tests.reform import Reform
from services.onboarding.tests.world import PURPOSE, Village

Deliver = Callable[..., Any]
Calling = Callable[..., Any]


async def test_the_same_plan_file_is_one_campaign(units: None, calling: Calling) -> None:
    province = calling("officer", unit_code="38")

    first, second = await load(province, "dong-thang-2024"), await load(province, "dong-thang-2024")

    assert first["id"] == second["id"]
    assert first["unit_name"] == "Xã Đồng Thắng"


async def test_the_errors_of_a_wrong_plan_file_are_named(units: None, calling: Calling) -> None:
    province = calling("officer", unit_code="38")
    content = (PLANS / "dong-thang-2024.yaml").read_text(encoding="utf-8").replace("mẫu: xã", "mẫu: thôn")

    answer = await province.post("/v1/campaign-plans", files={"file": ("a.yaml", content.encode())})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/mẫu"


async def test_a_template_gives_steps_and_bodies_and_no_days(units: None, published: Deliver, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    body = {"template": "commune", "unit_code": "15724", "title": "Mô hình 3 KHÔNG"}

    campaign = await send(officer, "POST", "/v1/campaigns", body, 201)

    assert len(campaign["steps"]) == 6
    assert all(step["responsible_bodies"] for step in campaign["steps"])
    assert {step["due_on"] for step in campaign["steps"]} == {None}
    [event] = await published(CampaignStarted)
    assert (event.minimum_procedures, len(event.steps)) == (2, 6)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"template": "village"}, "/template"),
        ({"unit_code": "99999"}, "/unit_code"),
        ({"targets": [{"indicator": "vneid"}]}, "/targets/0"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "/"),
    ],
)
async def test_a_wrong_campaign_is_422(units: None, calling: Calling, wrong: dict[str, Any], pointer: str) -> None:
    body = {"template": "commune", "unit_code": "15724", "title": "Mô hình", **wrong}

    answer = await calling("officer", unit_code="15724").post("/v1/campaigns", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_an_officer_draws_up_campaigns_only_for_own_units(units: None, calling: Calling) -> None:
    body = {"template": "commune", "unit_code": "15061", "title": "Mô hình"}

    assert (await calling("officer", unit_code="15724").post("/v1/campaigns", json=body)).status_code == 403
    assert (await calling("volunteer", unit_code="15061").post("/v1/campaigns", json=body)).status_code == 403


async def test_a_member_who_leaves_the_team_loses_access_at_once(
    units: None, reform: Reform, deliver: Deliver, calling: Calling
) -> None:
    resident = Village(reform.units["15727-01"]).resident()
    await deliver(resident)
    officer = calling("officer", unit_code="15724")
    campaign = await send(
        officer, "POST", "/v1/campaigns", {"template": "commune", "unit_code": "15724", "title": "Mô hình"}, 201
    )
    path = f"/v1/campaigns/{campaign['id']}/teams"
    listed = {"unit_code": "15727-01", "members": [{"account": "chi-1", "body": "women_union"}]}
    team = await send(officer, "POST", path, listed, 201)
    volunteer = calling("volunteer", unit_code="15727-01", subject="chi-1")
    assert (await volunteer.get("/v1/onboarding/worklist", headers=PURPOSE)).status_code == 200

    member = f"{path}/{team['id']}/members/{team['members'][0]['id']}"
    await send(officer, "PATCH", member, {"from": "2024-01-01"}, 200)
    wrong = await send(officer, "PATCH", member, {"to": "2023-12-31"}, 422)
    assert [(each["pointer"], each["code"]) for each in wrong["errors"]] == [("/to", "before-start")]
    await send(officer, "PATCH", member, {"to": "2024-01-01"}, 200)

    refused = await volunteer.get("/v1/onboarding/worklist", headers=PURPOSE)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/no-longer-listed")


async def test_a_resident_checks_in_by_the_printed_code(
    units: None, reform: Reform, deliver: Deliver, published: Deliver, calling: Calling
) -> None:
    resident = Village(reform.units["15727-01"]).resident()
    await deliver(resident)
    with on("2026-03-01"):
        officer = calling("officer", unit_code="15724")
        campaign = await send(
            officer, "POST", "/v1/campaigns", {"template": "commune", "unit_code": "15724", "title": "Mô hình"}, 201
        )
        body = {
            "kind": "guidance",
            "venue": "nhà văn hóa thôn 1",
            "unit_code": "15727-01",
            "starts_at": "2026-03-02T08:00:00+07:00",
        }
        held = await send(officer, "POST", f"/v1/campaigns/{campaign['id']}/sessions", body, 201)

    with on("2026-03-02"):
        client = calling("resident", resident_id=resident.resident_id)
        path = f"/v1/sessions/{held['id']}/check-in"
        assert (await client.post(path, json={"code": "guess"})).status_code == 403
        assert (await send(client, "POST", path, {"code": held["check_in_code"]}, 200))["result"] == "applied"
        assert (await send(client, "POST", path, {"code": held["check_in_code"]}, 200))["result"] == "unchanged"

        sheet = f"/v1/sessions/{held['id']}/check-in-code"
        assert (await officer_of_today(calling).get(sheet)).content.startswith(b"%PDF")
        drawn = await officer_of_today(calling).get(f"{sheet}?format=png")
        assert f"code={held['check_in_code']}" in zxingcpp.read_barcode(Image.open(io.BytesIO(drawn.content))).text
        assert (await officer_of_today(calling).get(f"{sheet}?format=svg")).text.startswith("<svg")
        assert (await client.get(sheet)).status_code == 403

    assert [each.residents for each in await published(SessionHeld)] == [1]
    public = (await calling().get("/v1/sessions?unit_code=15724&from=2026-03-01&to=2026-03-02")).json()["items"]
    assert [each["id"] for each in public] == [held["id"]]
    assert "check_in_code" not in public[0]


def officer_of_today(calling: Calling) -> Any:
    return calling("officer", unit_code="15724")


async def test_a_task_is_published_with_whom_it_reminds_and_when(
    units: None, calling: Calling, published: Deliver
) -> None:
    officer = officer_of_today(calling)
    campaign = await send(
        officer, "POST", "/v1/campaigns", {"template": "commune", "unit_code": "15724", "title": "A"}, 201
    )
    work = {
        "body": "culture", "work": "In tờ rơi", "owner": "owner", "due": "2026-12-05", "reminders": ["2026-12-02"],
    }  # fmt: skip
    made = await send(officer, "POST", f"/v1/campaigns/{campaign['id']}/tasks", work, 201)

    event = (await published(TaskChanged))[-1]
    assert (str(event.task_id), event.owner, event.body, event.status) == (made["id"], "owner", "culture", "open")
    assert [each.isoformat() for each in event.reminded_on] == ["2026-12-02", "2026-12-05"]


async def test_a_commune_reads_the_campaign_of_its_province_and_leads_it_not(units: None, calling: Calling) -> None:
    body = {"template": "custom", "unit_code": "38", "title": "Toàn tỉnh", "steps": [{"number": 1, "title": "Một"}]}
    campaign = await send(calling("officer", unit_code="38"), "POST", "/v1/campaigns", body, 201)
    commune = calling("officer", unit_code="15061")

    assert (await commune.get(f"/v1/campaigns/{campaign['id']}")).status_code == 200
    assert len((await commune.get("/v1/campaigns")).json()["items"]) == 1
    assert (await commune.patch(f"/v1/campaigns/{campaign['id']}", json={"title": "Khác"})).status_code == 403
    volunteer = calling("volunteer", unit_code="15727-01")
    assert (await volunteer.get(f"/v1/campaigns/{campaign['id']}")).status_code == 200


@pytest.mark.parametrize(
    ("patch", "never_empty", "clears", "changes"),
    [
        (TaskPatch, ("status", "reminders", "work", "body"), "owner", {"owner": None}),
        (StepPatch, ("status",), "note", {"note": None}),
        (MemberPatch, ("is_focal_point", "body"), "to", {"listed_to": None}),
        (CampaignPatch, ("title", "targets", "status"), "minimum_procedures", {"minimum_procedures": None}),
        (SessionPatch, ("venue", "starts_at", "topics", "is_cancelled"), "ends_at", {"ends_at": None}),
    ],
)
def test_null_clears_an_optional_field_and_is_refused_elsewhere(
    patch: Any, never_empty: tuple[str, ...], clears: str, changes: dict[str, Any]
) -> None:
    assert patch.model_validate({clears: None}).changes() == changes
    for name in never_empty:
        with pytest.raises(ValidationError, match="cannot be null"):
            patch.model_validate({name: None})
