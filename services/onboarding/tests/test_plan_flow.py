"""The two real plans, from their first step to the ranking, on the days of the plans."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.clock import frozen_at
from chassis.ids import new_id
from contracts.casework import DossierChanged
from contracts.onboarding import (
    CampaignStarted,
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    PlanFiled,
    SessionHeld,
)
from services.onboarding.tests.reform import Reform, the_two_plans
from services.onboarding.tests.world import Village

PLANS = Path(__file__).parents[3] / "deploy" / "demo" / "plans"

Hear = Callable[..., Any]
Calling = Callable[..., Any]


@pytest.fixture
def reform() -> Reform:
    return the_two_plans()


@pytest.fixture
async def units(hear: Hear, reform: Reform) -> None:
    await hear(*reform.units.values())


async def load(client: Any, name: str) -> dict[str, Any]:
    content = (PLANS / f"{name}.yaml").read_bytes()
    answer = await client.post("/v1/campaign-plans", files={"file": (f"{name}.yaml", content, "application/yaml")})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def on(day: str) -> Any:
    return frozen_at(datetime.fromisoformat(f"{day}T09:00:00+07:00").astimezone(UTC))


async def send(client: Any, method: str, path: str, body: Any, status: int) -> Any:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_plan_a_from_its_first_step_to_the_ranking(
    units: None, reform: Reform, hear: Hear, announced: Hear, calling: Calling
) -> None:
    village = Village(reform.units["15727-01"])
    one, two = village.resident(), Village(reform.units["15727-02"]).resident()
    await hear(one, two)

    with on("2024-07-08"):
        officer = calling("officer", unit_code="15727", subject="commune")
        campaign = await load(officer, "dong-thang-2024")
        path = f"/v1/campaigns/{campaign['id']}"

        assert [step["number"] for step in campaign["steps"]] == [1, 2, 3, 4, 5, 6]
        assert campaign["steps"][0]["due_on"] == "2024-06-30"
        assert campaign["steps"][4]["due_on"] is None
        assert campaign["minimum_procedures"] == 2
        [own] = (await officer.get(f"{path}/filings")).json()["items"]
        assert (own["state"], own["filed_on"], own["due_on"]) == ("late", "2024-07-08", "2024-06-30")
        overdue = (await officer.get(f"{path}/tasks?overdue=true")).json()["items"]
        assert [task["body"] for task in overdue] == ["culture"]
        step = await send(officer, "PATCH", f"{path}/steps/1", {"status": "done", "done_on": "2024-07-08"}, 200)
        assert step["is_late"] is True
        await send(officer, "PATCH", f"{path}/tasks/{overdue[0]['id']}", {"status": "done"}, 200)

    with on("2024-07-10"):
        officer = calling("officer", unit_code="15727", subject="commune")
        team = await send(
            officer, "POST", f"{path}/teams",
            {"unit_code": "15727-01", "members": [
                {"account": "anh-1", "body": "police", "is_focal_point": True, "from": "2024-07-10"},
                {"account": "anh-2", "body": "youth_union", "from": "2024-07-10"},
                {"body": "community_digital_team"},
            ], "equipment": [{"kind": "laptop", "count": 1}]}, 201,
        )  # fmt: skip
        assert team["missing_bodies"] == ["women_union", "veterans_association", "farmers_union"]
        check = await send(
            officer, "POST", f"{path}/readiness-checks",
            {"unit_code": "15727-01", "venue": "Nhà văn hóa thôn 1", "items": [
                {"kind": "computer", "needed": 2, "working": 1}, {"kind": "network", "needed": True, "working": False},
                {"kind": "seats", "needed": 30, "working": 30},
            ]}, 201,
        )  # fmt: skip
        assert [task["body"] for task in check["tasks"]] == ["office", "telecom"]
        training = await send(
            officer, "POST", f"{path}/sessions",
            {"kind": "training", "topics": ["Kỹ năng hỗ trợ người dân"], "venue": "Trung tâm Hội nghị trường",
             "unit_code": "15727", "starts_at": "2024-07-15T08:00:00+07:00", "ends_at": "2024-07-15T11:00:00+07:00",
             "host": "UBND xã", "coordinators": ["Sở Thông tin và Truyền thông"], "audience": ["lực lượng nòng cốt"]}, 201,
        )  # fmt: skip
        installing = await send(
            officer, "POST", f"{path}/sessions",
            {"kind": "installation", "topics": ["province_app"], "venue": "nhà văn hóa thôn 1", "unit_code": "15727-01",
             "starts_at": "2024-07-20T07:30:00+07:00", "ends_at": "2024-07-20T11:00:00+07:00"}, 201,
        )  # fmt: skip
        text = (await officer.get(f"{path}/announcement?unit_code=15727-01")).json()
        assert "Trung tâm Hội nghị trường" in text["text"]
        assert "Thủ tục cấp trích lục bản sao hộ tịch" in text["text"]

    with on("2024-07-15"):
        officer = calling("officer", unit_code="15727", subject="commune")
        members = [{"member_id": each["id"]} for each in team["members"]]
        noted = await send(officer, "POST", f"/v1/sessions/{training['id']}/attendance", {"items": members}, 200)
        assert noted["attendance"]["member"] == 3
        accounts = await send(
            officer, "POST", f"/v1/sessions/{training['id']}/training-accounts", {"count": 2, "role": "resident"}, 201
        )
        assert {each["valid_until"] for each in accounts["items"]} == {"2024-07-22T04:00:00Z"}

    with on("2024-07-20"):
        officer = calling("officer", unit_code="15727", subject="commune")
        volunteer = calling("volunteer", unit_code="15727-01", subject="anh-2")
        items = {"items": [{"resident_id": str(one.resident_id)}, {"resident_id": str(two.resident_id)}]}
        noted = await send(volunteer, "POST", f"/v1/sessions/{installing['id']}/attendance", items, 200)
        assert [each["result"] for each in noted["items"]] == ["applied", "refused"]
        await send(
            volunteer, "PUT", f"/v1/residents/{one.resident_id}/onboarding/province_app",
            {"status": "completed", "occurred_at": "2024-07-20T08:00:00+07:00", "evidence": {"kind": "volunteer"}}, 200,
        )  # fmt: skip
        await send(
            officer, "POST", f"{path}/communications",
            {"kind": "loudspeaker", "title": "Ngày cài đặt", "published_on": "2024-07-19", "unit_code": "15727",
             "evidence_for": "communications_published"}, 201,
        )  # fmt: skip
        signature = await send(
            officer, "POST", f"{path}/official-signatures", {"position": "one_stop", "requested_on": "2024-07-12"}, 201
        )
        await send(officer, "PATCH", f"{path}/official-signatures/{signature['id']}", {"issued_on": "2024-07-20"}, 200)

    with on("2024-08-30"):
        officer = calling("officer", unit_code="15727", subject="commune")
        await send(officer, "PATCH", f"{path}/steps/6", {"status": "done", "note": "Tổng kết"}, 200)
        evaluated = await send(
            officer, "PATCH", path,
            {"evaluation": {"results": "Đạt", "limits": "Ít", "causes": "Mới", "lessons": "Sớm", "proposals": "Tiếp"}}, 200,
        )  # fmt: skip
        assert evaluated["evaluation"]["lessons"] == "Sớm"
        ranking = (await officer.get(f"{path}/ranking")).json()["items"]
        assert [(each["place"], each["unit_code"]) for each in ranking][:2] == [(1, "15727-01"), (2, "15727-02")]
        assert ranking[0]["parts"]["province_app"] == 1.0

    [filed] = await announced(PlanFiled)
    assert filed.state == "late"
    assert len(await announced(CampaignStarted)) == 1
    assert (await announced(CampaignUpdated))[-1].steps[0].done_on.isoformat() == "2024-07-08"
    held = {each.session_id: each for each in await announced(SessionHeld)}
    assert {(each.kind, each.residents, each.members) for each in held.values()} == {
        ("training", 0, 3), ("installation", 1, 0),
    }  # fmt: skip
    assert len(await announced(CommunicationPublished)) == 1
    assert [each.held for each in await announced(OfficialSignatureIssued)] == [True]


async def test_plan_b_runs_in_the_old_district_and_is_read_by_its_successors(
    units: None, reform: Reform, hear: Hear, announced: Hear, calling: Calling
) -> None:
    with on("2024-04-10"):
        district = calling("officer", unit_code="389", subject="district")
        campaign = await load(district, "ngoc-lac-2024")
        path = f"/v1/campaigns/{campaign['id']}"
        assert [step["number"] for step in campaign["steps"]] == list(range(1, 9))
        assert all(step["due_on"] is None for step in campaign["steps"])
        assert (campaign["starts_on"], campaign["ends_on"]) == ("2024-04-20", "2024-06-30")
        assert campaign["minimum_procedures"] == 5

    due = {"kind": "plan", "to": "Ban Chỉ đạo chuyển đổi số huyện", "due_before": "2024-04-20"}
    with on("2024-04-19"):
        town = calling("officer", unit_code="15061", subject="town")
        filed = await send(town, "POST", f"{path}/filings", {**due, "filed_on": "2024-04-19"}, 201)
        assert (filed["unit_code"], filed["state"], filed["due_on"]) == ("15061", "on_time", "2024-04-19")
        other = await town.post(f"{path}/filings", json={**due, "filed_on": "2024-04-19", "unit_code": "15073"})
        assert other.status_code == 403
    with on("2024-04-20"):
        district = calling("officer", unit_code="389", subject="district")
        late = calling("officer", unit_code="15073", subject="commune")
        await send(late, "POST", f"{path}/filings", {**due, "filed_on": "2024-04-20"}, 201)
        states = (await district.get(f"{path}/filings")).json()["items"]
        assert {each["unit_code"]: each["state"] for each in states} == {
            "15061": "on_time", "15073": "late", "15085": "missing",
        }  # fmt: skip

    with on("2024-06-20"):
        town = calling("officer", unit_code="15061", subject="town")
        late = calling("officer", unit_code="15073", subject="commune")
        district = calling("officer", unit_code="389", subject="district")
        model = await send(
            town, "POST", f"{path}/models",
            {"unit_code": "15061", "body": "youth_union", "title": "Chợ không tiền mặt", "started_on": "2024-05-02"}, 201,
        )  # fmt: skip
        missing = (await district.get(f"{path}/models?body=youth_union&missing=true")).json()["items"]
        assert [each["unit_code"] for each in missing] == ["15073", "15085"]
        rival = await send(
            late, "POST", f"{path}/models", {"unit_code": "15073", "body": "culture", "title": "Thôn số"}, 201
        )
        nominations = [
            await send(district, "POST", f"{path}/nominations", {"model_id": each["id"], "category": "excellent"}, 201)
            for each in (model, rival)
        ]
        for voter in ("v1", "v1", "v2"):
            client = calling("officer", unit_code="389", subject=voter)
            await send(client, "POST", f"{path}/nominations/{nominations[0]['id']}/votes", None, 201)
        ranking = (await district.get(f"{path}/ranking")).json()
        assert [(each["place"], each["votes"]) for each in ranking["categories"]["excellent"]] == [(1, 2), (2, 0)]
        assert ranking["items"][0]["unit_code"] == "15061"
        assert [each["parts"]["filing_plan"] for each in ranking["items"]] == [1.0, 0.5, 0.0]

    with on("2026-03-02"):
        heir = calling("officer", unit_code="15085", subject="heir")
        assert (await heir.get(path)).json()["unit_code"] == "389"
        assert [each["id"] for each in (await heir.get("/v1/campaigns")).json()["items"]] == [campaign["id"]]
        assert (await heir.patch(path, json={"title": "Khác"})).status_code == 403
        stranger = calling("officer", unit_code="15724")
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.get("/v1/campaigns")).json()["items"] == []
        province = calling("officer", unit_code="38")
        assert (await send(province, "PATCH", path, {"title": "Đã kết thúc"}, 200))["title"] == "Đã kết thúc"


async def test_the_same_plan_file_is_one_campaign(units: None, calling: Calling) -> None:
    province = calling("officer", unit_code="38")

    first, second = await load(province, "dong-thang-2024"), await load(province, "dong-thang-2024")

    assert first["id"] == second["id"]
    assert first["unit_name"] == "Xã Đồng Thắng"


async def test_a_wrong_plan_file_is_told_what_is_wrong(units: None, calling: Calling) -> None:
    province = calling("officer", unit_code="38")
    content = (PLANS / "dong-thang-2024.yaml").read_text(encoding="utf-8").replace("mẫu: xã", "mẫu: thôn")

    answer = await province.post("/v1/campaign-plans", files={"file": ("a.yaml", content.encode())})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/mẫu"


async def test_a_template_gives_steps_and_bodies_and_no_days(units: None, announced: Hear, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    body = {"template": "commune", "unit_code": "15724", "title": "Mô hình 3 KHÔNG"}

    campaign = await send(officer, "POST", "/v1/campaigns", body, 201)

    assert len(campaign["steps"]) == 6
    assert all(step["responsible_bodies"] for step in campaign["steps"])
    assert {step["due_on"] for step in campaign["steps"]} == {None}
    [fact] = await announced(CampaignStarted)
    assert (fact.minimum_procedures, len(fact.steps)) == (2, 6)


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


async def test_who_leaves_the_team_loses_access_at_once(
    units: None, reform: Reform, hear: Hear, calling: Calling
) -> None:
    resident = Village(reform.units["15727-01"]).resident()
    await hear(resident)
    officer = calling("officer", unit_code="15724")
    campaign = await send(
        officer, "POST", "/v1/campaigns", {"template": "commune", "unit_code": "15724", "title": "Mô hình"}, 201
    )
    path = f"/v1/campaigns/{campaign['id']}/teams"
    listed = {"unit_code": "15727-01", "members": [{"account": "chi-1", "body": "women_union"}]}
    team = await send(officer, "POST", path, listed, 201)
    volunteer = calling("volunteer", unit_code="15727-01", subject="chi-1")
    assert (await volunteer.get("/v1/onboarding/worklist")).status_code == 200

    member = f"{path}/{team['id']}/members/{team['members'][0]['id']}"
    await send(officer, "PATCH", member, {"to": "2024-01-01"}, 200)

    refused = await volunteer.get("/v1/onboarding/worklist")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/no-longer-listed")


async def test_a_resident_checks_in_by_the_code_at_the_door(
    units: None, reform: Reform, hear: Hear, announced: Hear, calling: Calling
) -> None:
    resident = Village(reform.units["15727-01"]).resident()
    await hear(resident)
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

    assert [each.residents for each in await announced(SessionHeld)] == [1]
    public = (await calling().get("/v1/sessions?unit_code=15724&from=2026-03-01&to=2026-03-02")).json()["items"]
    assert [each["id"] for each in public] == [held["id"]]
    assert "check_in_code" not in public[0]


async def test_everybody_is_told_what_concerns_them(units: None, reform: Reform, hear: Hear, calling: Calling) -> None:
    village = reform.units["15727-01"]
    resident = Village(village).resident()
    dossier = DossierChanged(
        dossier_id=new_id(), version=3, unit_id=village.unit_id, unit_code="15724", procedure_code="2.000635",
        status="supplement_requested", national_status=5, channel=2, origin="here", at="2026-03-01T02:00:00Z",
        resident_id=resident.resident_id,
    )  # fmt: skip
    await hear(resident, dossier, dossier)
    with on("2026-03-02"):
        officer = calling("officer", unit_code="15724", subject="owner")
        campaign = await send(
            officer, "POST", "/v1/campaigns", {"template": "commune", "unit_code": "15724", "title": "Mô hình"}, 201
        )
        path = f"/v1/campaigns/{campaign['id']}"
        session_body = {
            "kind": "guidance",
            "venue": "Nhà văn hóa",
            "unit_code": "15727-01",
            "starts_at": "2026-03-04T08:00:00+07:00",
        }
        await send(officer, "POST", f"{path}/sessions", session_body, 201)
        work = {
            "body": "culture",
            "work": "In tờ rơi",
            "owner": "owner",
            "due": "2026-03-05",
            "reminders": ["2026-03-02"],
        }
        await send(officer, "POST", f"{path}/tasks", work, 201)

        client = calling("resident", resident_id=resident.resident_id)
        mine = (await client.get("/v1/notifications", headers={"Accept-Language": "en"})).json()["items"]
        later = (await client.get("/v1/notifications?since=2026-03-01T08:00:00Z")).json()["items"]
        theirs = (await officer.get("/v1/notifications")).json()["items"]

    assert {each["kind"] for each in mine} == {"session_near", "supplement_asked"}
    assert "supplement_asked" not in [each["kind"] for each in later]
    assert ("task_due", "Việc đến hạn: In tờ rơi") in [(each["kind"], each["text"]) for each in theirs]


async def test_a_commune_reads_the_campaign_of_its_province_and_leads_it_not(units: None, calling: Calling) -> None:
    body = {"template": "custom", "unit_code": "38", "title": "Toàn tỉnh", "steps": [{"number": 1, "title": "Một"}]}
    campaign = await send(calling("officer", unit_code="38"), "POST", "/v1/campaigns", body, 201)
    commune = calling("officer", unit_code="15061")

    assert (await commune.get(f"/v1/campaigns/{campaign['id']}")).status_code == 200
    assert len((await commune.get("/v1/campaigns")).json()["items"]) == 1
    assert (await commune.patch(f"/v1/campaigns/{campaign['id']}", json={"title": "Khác"})).status_code == 403
    volunteer = calling("volunteer", unit_code="15727-01")
    assert (await volunteer.get(f"/v1/campaigns/{campaign['id']}")).status_code == 200
