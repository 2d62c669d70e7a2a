"""Every act of an officer can be taken back or corrected, and what followed from it too."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chassis.clock import frozen_at, now
from chassis.storage.database import Database
from contracts.onboarding import (
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    PlanFiled,
    SessionHeld,
    TaskChanged,
    TeamChanged,
)
from onboarding.commands.counting import take_counts
from services.onboarding.tests.plans import send
from services.onboarding.tests.world import Village

Calling = Callable[..., Any]
Deliver = Callable[..., Any]

CAMPAIGN = {
    "template": "commune", "unit_code": "15724", "title": "Mô hình", "minimum_procedures": 400,
    "targets": [{"indicator": "vneid", "percent": 90}],
}  # fmt: skip


async def campaign_of(officer: Any) -> str:
    return f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN, 201))['id']}"


async def test_a_cancelled_campaign_binds_no_unit_and_reminds_no_one(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724", subject="owner")
    path = await campaign_of(officer)
    task = {"body": "office", "work": "Việc", "owner": "owner", "due_on": "2026-01-01"}
    await send(officer, "POST", f"{path}/tasks", task, 201)
    assert (await published(TaskChanged))[-1].status == "open"

    cancelled = await send(officer, "PATCH", path, {"status": "cancelled"}, 200)

    event = (await published(CampaignUpdated))[-1]
    assert (cancelled["status"], event.status, event.minimum_procedures, event.targets) == (
        "cancelled", "cancelled", None, [],
    )  # fmt: skip
    assert (await published(TaskChanged))[-1].status == "cancelled"
    assert (await officer.post(f"{path}/tasks", json=task)).json()["type"] == "/problems/campaign-cancelled"
    await send(officer, "PATCH", path, {"status": "active"}, 200)
    assert (await published(CampaignUpdated))[-1].minimum_procedures == 400
    assert (await published(TaskChanged))[-1].status == "open"


async def test_a_cancelled_or_deleted_task_reminds_no_one_and_is_not_overdue(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724", subject="owner")
    path = await campaign_of(officer)
    task = {"body": "office", "work": "Việc", "owner": "owner", "due_on": "2026-01-01"}
    made = await send(officer, "POST", f"{path}/tasks", task, 201)

    cancelled = await send(officer, "PATCH", f"{path}/tasks/{made['id']}", {"status": "cancelled"}, 200)

    assert cancelled["is_overdue"] is False
    assert (await officer.get(f"{path}/tasks?overdue=true")).json()["items"] == []
    await send(officer, "PATCH", f"{path}/tasks/{made['id']}", {"status": "open"}, 200)
    assert (await officer.delete(f"{path}/tasks/{made['id']}")).status_code == 204
    assert [each.status for each in await published(TaskChanged)] == ["open", "cancelled", "open", "cancelled"]


async def test_one_member_of_the_evaluation_leaves_the_others(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    await send(officer, "PATCH", path, {"evaluation": {"results": "Đạt", "lessons": "Theo thôn"}}, 200)

    changed = await send(officer, "PATCH", path, {"evaluation": {"limits": "Thiếu máy", "lessons": None}}, 200)

    assert changed["evaluation"] == {"results": "Đạt", "lessons": None, "limits": "Thiếu máy"}
    assert (await send(officer, "PATCH", path, {"evaluation": None}, 200))["evaluation"] is None


async def test_one_member_of_the_plan_leaves_the_others(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    plan = {"issuer": "UBND xã", "purposes": ["Thử"], "filed_with": ["VT"]}
    await send(officer, "PATCH", path, {"plan": plan}, 200)

    signed = await send(officer, "PATCH", path, {"plan": {"number": "25/KH-UBND", "filed_with": []}}, 200)

    assert {name: signed["plan"][name] for name in ("number", "issuer", "purposes", "filed_with")} == {
        "number": "25/KH-UBND", "issuer": "UBND xã", "purposes": ["Thử"], "filed_with": [],
    }  # fmt: skip
    assert (await send(officer, "PATCH", path, {"plan": None}, 200))["plan"] == {}


async def test_a_filing_is_corrected_and_the_same_period_again_is_409(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724")
    path = f"{await campaign_of(officer)}/filings"
    body = {"kind": "weekly", "period": "tuần 1", "to": "UBND", "due_on": "2026-01-10", "filed_on": "2026-01-12"}
    filed = await send(officer, "POST", path, body, 201)
    assert filed["state"] == "late"

    again = await officer.post(path, json=body | {"filed_on": "2026-01-09"})
    assert (again.status_code, again.json()["type"], again.json()["id"]) == (
        409, "/problems/filing-exists", filed["id"],
    )  # fmt: skip
    one = f"{path}/{filed['id']}"
    assert (await send(officer, "PATCH", one, {"filed_on": "2026-01-09"}, 200))["state"] == "on_time"
    assert (await send(officer, "PATCH", one, {"due_on": "2026-01-08", "to": "UBND xã"}, 200))["state"] == "late"
    assert (await send(officer, "PATCH", one, {"filed_on": None}, 200))["state"] == "missing"
    assert [each.state for each in await published(PlanFiled)] == ["late", "on_time", "late", "missing"]
    assert (await send(officer, "POST", path, body | {"due_on": "2026-01-08"}, 201))["state"] == "late"


async def test_the_counts_of_a_cancelled_session_and_of_a_removed_attendance_fall_again(
    world: None, deliver: Deliver, calling: Calling, published: Deliver, database: Database, village_1: Village
) -> None:
    came, mistaken = village_1.resident(), village_1.resident()
    await deliver(came, mistaken)
    officer = calling("officer", unit_code="15724")
    starts_at = (now() - timedelta(hours=2)).isoformat()
    body = {"kind": "training", "venue": "Hội trường", "unit_code": "15727-01", "starts_at": starts_at}
    held = await send(officer, "POST", f"{await campaign_of(officer)}/sessions", body, 201)
    path = f"/v1/sessions/{held['id']}"
    items = {"items": [{"resident_id": str(each.resident_id)} for each in (came, mistaken)]}
    assert (await send(officer, "POST", f"{path}/attendance", items, 200))["attendance"]["resident"] == 2

    one = f"{path}/attendance/{mistaken.resident_id}"
    assert (await send(officer, "DELETE", one, None, 200))["attendance"]["resident"] == 1
    assert (await officer.delete(one)).status_code == 404
    assert await counted(database, "sessions_held") == 1
    assert (await send(officer, "PATCH", path, {"status": "cancelled"}, 200))["status"] == "cancelled"

    newest = (await published(SessionHeld))[-1]
    assert (newest.held, newest.residents) == (False, 0)
    assert await counted(database, "sessions_held") == 0
    assert (await officer.post(f"{path}/attendance", json=items)).json()["type"] == "/problems/attendance-closed"
    await send(officer, "PATCH", path, {"status": "planned"}, 200)
    newest = (await published(SessionHeld))[-1]
    assert (newest.held, newest.residents) == (True, 1)


async def counted(database: Database, indicator: str) -> int:
    async with database.reading() as session:
        return sum(each.count for each in await take_counts(session) if each.indicator == indicator)


async def test_attendance_is_recorded_from_the_start_to_7_days_after_the_end(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    starts_at = now()
    ends_at = starts_at + timedelta(hours=2)
    body = {
        "kind": "training", "venue": "Hội trường", "unit_code": "15727-01", "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }  # fmt: skip
    with frozen_at(starts_at - timedelta(days=1)):
        officer = calling("officer", unit_code="15724")
        held = await send(officer, "POST", f"{await campaign_of(officer)}/sessions", body, 201)
    path = f"/v1/sessions/{held['id']}/attendance"
    items = {"items": [{"resident_id": str(resident.resident_id)}]}

    answers = []
    for moment in (starts_at - timedelta(minutes=1), ends_at + timedelta(days=7, minutes=1), ends_at):
        with frozen_at(moment):
            who = calling("officer", unit_code="15724")
            answers.append((await who.post(path, json=items)).status_code)

    assert answers == [409, 409, 200]


async def test_members_of_a_team_keep_their_ids_and_a_team_is_dissolved(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724")
    path = f"{await campaign_of(officer)}/teams"
    members = [{"account": "a", "body": "police"}, {"body": "women_union"}, {"account": "gone", "body": "culture"}]
    team = await send(officer, "POST", path, {"unit_code": "15727-01", "members": members}, 201)
    ids = {each["body"]: each["id"] for each in team["members"]}

    put = {"members": [{"body": "Hội Phụ nữ"}, {"account": "a", "body": "police", "is_focal_point": True}]}
    changed = await send(officer, "PUT", f"{path}/{team['id']}", put, 200)

    assert {each["body"]: each["id"] for each in changed["members"]} == {
        body: ids[body] for body in ("police", "women_union")
    }
    assert [each.account for each in (await published(TeamChanged))[-1].members] == ["a"]
    assert (await officer.delete(f"{path}/{team['id']}")).status_code == 204
    assert (await published(TeamChanged))[-1].members == []
    assert (await officer.get(f"{path}/{team['id']}")).status_code == 404


async def test_a_communication_and_a_signature_are_corrected_and_taken_back(
    world: None, calling: Calling, published: Deliver, database: Database
) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    body = {"kind": "tv", "title": "Tin", "published_on": "2026-01-02"}
    item = f"{path}/communications/{(await send(officer, 'POST', f'{path}/communications', body, 201))['id']}"
    assert (await send(officer, "PATCH", item, {"published_on": "2026-01-01"}, 200))["published_on"] == "2026-01-01"
    assert (await officer.delete(item)).status_code == 204
    assert [each.published for each in await published(CommunicationPublished)] == [True, True, False]
    assert await counted(database, "communications_published") == 0

    signature = {"position": "leader", "issued_on": "2026-01-02"}
    made = await send(officer, "POST", f"{path}/official-signatures", signature, 201)
    assert (await officer.delete(f"{path}/official-signatures/{made['id']}")).status_code == 204
    assert [each.held for each in await published(OfficialSignatureIssued)] == [True, False]


async def test_a_step_does_not_end_before_it_starts(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)

    answer = await officer.patch(f"{path}/steps/1", json={"starts_on": "2026-02-01", "due_on": "2026-01-01"})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/due_on")


async def test_an_empty_signature_list_is_not_approved_and_a_check_is_taken_back(world: None, calling: Calling) -> None:
    maker, other = (calling("officer", unit_code="15724", subject=who) for who in ("maker", "other"))
    body = {"unit_code": "15727-01", "provider": "demo-telecom"}
    listed = await send(maker, "POST", "/v1/onboarding/signature-lists", body, 201)
    path = f"/v1/onboarding/signature-lists/{listed['id']}"
    await send(other, "PATCH", path, {"status": "checked"}, 200)

    assert (await other.patch(path, json={"status": "approved"})).json()["type"] == "/problems/empty-list"
    returned = await send(maker, "POST", f"{path}/actions", {"action": "return"}, 200)

    assert (returned["status"], returned["checked_by"], returned["legal"]) == ("draft", None, ["check"])
    assert (await other.patch(path, json={"status": "checked", "action": "check"})).status_code == 422


async def test_a_campaign_drawn_up_by_mistake_is_deleted_while_nothing_hangs_on_it(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724")
    mistaken, begun = await campaign_of(officer), await campaign_of(officer)
    await send(officer, "POST", f"{begun}/teams", {"unit_code": "15727-01"}, 201)

    assert (await officer.delete(begun)).json()["type"] == "/problems/still-in-use"
    assert (await calling("officer", unit_code="15061").delete(mistaken)).status_code == 404
    assert (await officer.delete(mistaken)).status_code == 204

    assert (await officer.get(mistaken)).status_code == 404
    newest = (await published(CampaignUpdated))[-1]
    assert (newest.status, newest.minimum_procedures, newest.targets) == ("cancelled", None, [])


async def test_a_step_of_a_custom_campaign_is_deleted_before_it_begins(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724")
    steps = [{"number": number, "title": f"Bước {number}"} for number in (1, 2, 3)]
    body = {"template": "custom", "unit_code": "15724", "title": "Riêng", "steps": steps}
    path = f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', body, 201))['id']}"
    await send(officer, "POST", f"{path}/tasks", {"body": "office", "work": "Việc", "step": 2}, 201)

    answers = [(await officer.delete(f"{path}/steps/{number}")).status_code for number in (1, 2, 9)]

    assert answers == [204, 409, 404]
    assert [each["number"] for each in (await officer.get(path)).json()["steps"]] == [2, 3]
    assert (await officer.delete(f"{await campaign_of(officer)}/steps/1")).status_code == 409


async def test_the_acts_log_shows_who_changed_or_deleted_what_and_what_was_before(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    officer = calling("officer", unit_code="15724", subject="one", body="culture")
    path = await campaign_of(officer)
    team = await send(officer, "POST", f"{path}/teams", {"unit_code": "15727-01", "members": [{"body": "police"}]}, 201)
    starts_at = (now() - timedelta(hours=1)).isoformat()
    evening = {"kind": "guidance", "venue": "Nhà văn hóa", "unit_code": "15727-01", "starts_at": starts_at}
    held = await send(officer, "POST", f"{path}/sessions", evening, 201)
    attended = {"items": [{"resident_id": str(resident.resident_id)}]}
    await send(officer, "POST", f"/v1/sessions/{held['id']}/attendance", attended, 200)
    assert (await officer.get("/v1/campaign-acts")).json()["items"] == []

    other = calling("officer", unit_code="15724", subject="two")
    await send(other, "DELETE", f"/v1/sessions/{held['id']}/attendance/{resident.resident_id}", None, 200)
    await send(other, "PATCH", f"/v1/sessions/{held['id']}", {"status": "cancelled", "venue": "Trường học"}, 200)
    await send(other, "PATCH", f"{path}/steps/1", {"status": "done"}, 200)
    await send(officer, "PATCH", path, {"status": "cancelled", "reason": "Lập nhầm năm"}, 200)
    short = await officer.delete(f"{path}/teams/{team['id']}?reason=x")
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (400, "/reason")
    assert (await officer.delete(f"{path}/teams/{team['id']}?reason=L%E1%BA%ADp+tr%C3%B9ng")).status_code == 204

    acts = (await officer.get(f"/v1/campaign-acts?campaign_id={path.rpartition('/')[2]}")).json()["items"]
    said = [(each["account"].rpartition(":")[2], each["act"], each["about"], each["before"]) for each in acts]
    session = next(before for _, _, about, before in said if about == "session")
    assert (session["is_cancelled"], session["venue"]) == (False, "Nhà văn hóa")
    assert ("one", "changed", "campaign", {"status": "active"}) in said
    assert [(who, act) for who, act, about, _ in said if about in ("attendance", "step")] == [
        ("two", "deleted"), ("two", "changed")
    ]  # fmt: skip
    assert {about for _, act, about, _ in said if act == "deleted"} == {"attendance", "team", "member"}
    assert [each["reason"] for each in acts if each["about"] == "campaign"] == ["Lập nhầm năm"]
    assert [each["reason"] for each in acts if each["about"] == "team"] == ["Lập trùng"]
    assert acts[-1]["by"] == {"role": "officer", "body": "culture", "unit_code": "15724"}
    assert "check_in_code" not in str(acts)
    assert (await calling("officer", unit_code="15061").get("/v1/campaign-acts")).json()["items"] == []
    assert (await calling("volunteer", unit_code="15727-01").get("/v1/campaign-acts")).status_code == 403


async def test_a_team_and_a_nomination_are_corrected_in_part(world: None, calling: Calling) -> None:
    officer = calling("officer", unit_code="15724", subject="own")
    path = await campaign_of(officer)
    made = {"unit_code": "15727-01", "members": [{"body": "police"}], "equipment": [{"kind": "computer"}]}
    team = await send(officer, "POST", f"{path}/teams", made, 201)
    changed = await send(officer, "PATCH", f"{path}/teams/{team['id']}", {"equipment": []}, 200)
    assert (changed["equipment"], changed["members"]) == ([], team["members"])
    null = await officer.patch(f"{path}/teams/{team['id']}", json={"members": None})
    assert null.json()["errors"][0]["code"] == "not-nullable"

    model = await send(officer, "POST", f"{path}/models", {"body": "Hội Phụ nữ", "title": "Chợ"}, 201)
    retitled = await send(officer, "PATCH", f"{path}/models/{model['id']}", {"title": "Chợ số"}, 200)
    assert (retitled["title"], retitled["body"]) == ("Chợ số", "women_union")
    put_up = await send(officer, "POST", f"{path}/nominations", {"model_id": model["id"], "category": "advanced"}, 201)
    one = f"{path}/nominations/{put_up['id']}"
    assert (await send(officer, "PATCH", one, {"category": "effective"}, 200))["category"] == "effective"
    province = calling("officer", unit_code="38", subject="province")
    assert (await send(province, "POST", f"{one}/votes", None, 201))["votes"] == 1
    assert (await officer.patch(one, json={"category": "advanced"})).json()["type"] == "/problems/still-in-use"
