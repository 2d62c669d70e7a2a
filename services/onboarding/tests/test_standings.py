"""Which unit is behind on what, letters to it, public good practices, heads counted without records."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import now
from chassis.security.scope import store_units
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts.onboarding import SessionHeld
from contracts.registry import UnitChanged
from services.onboarding.tests.plans import on, read, send, session_on
from services.onboarding.tests.test_texts_and_teams import casework, casework_template
from services.onboarding.tests.world import Village, declared

__all__ = ["casework", "casework_template"]

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}


async def campaign_of(officer: Any, **more: Any) -> str:
    return f"/v1/campaigns/{(await send(officer, 'POST', '/v1/campaigns', CAMPAIGN | more, 201))['id']}"


async def test_villages_without_a_team_a_session_or_a_visit_are_shown(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    resident = village_1.resident()
    await deliver(resident)
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    await send(officer, "POST", f"{path}/teams", {"unit_code": "15727-01"}, 201)
    starts_at = (now() - timedelta(hours=1)).isoformat()
    body = {"kind": "guidance", "venue": "Nhà văn hóa", "unit_code": "15727-01", "starts_at": starts_at}
    held = await send(officer, "POST", f"{path}/sessions", body, 201)
    visit = {"kind": "visit", "client_id": "1", "resident_id": str(resident.resident_id), "outcome": "not_home",
             "occurred_at": starts_at}  # fmt: skip
    await send(officer, "POST", "/v1/onboarding/batches", {"items": [visit]}, 200)

    units = {each["unit_code"]: each for each in (await read(officer, f"{path}/units"))["items"]}

    assert (units["15727-01"]["teams"], units["15727-01"]["sessions_held"], units["15727-01"]["visits"]) == (1, 1, 1)
    assert not {"team", "session", "visit"} & set(units["15727-01"]["behind"])
    assert {"team", "session", "visit"} <= set(units["15727-02"]["behind"])
    assert "chưa thành lập tổ triển khai" in units["15727-02"]["behind_texts"]
    for without in ("team", "session", "visit"):
        lacking = (await read(officer, f"{path}/units?without={without}"))["items"]
        assert [each["unit_code"] for each in lacking] == ["15727-02"], without
    await send(officer, "PATCH", f"/v1/sessions/{held['id']}", {"status": "cancelled"}, 200)
    assert len((await read(officer, f"{path}/units?without=session"))["items"]) == 2
    assert (await officer.get(f"{path}/units?without=dreams")).status_code == 400
    assert (await calling("officer", unit_code="15061").get(f"{path}/units")).status_code == 404


async def test_a_district_sees_which_commune_is_behind_on_what(units: None, calling: Calling) -> None:
    with on("2024-05-02"):
        district = calling("officer", unit_code="389", subject="district")
        body = {"template": "district", "unit_code": "389", "title": "Mô hình huyện", "starts_on": "2024-04-20",
                "targets": [{"indicator": "sessions_held", "count": 1}]}  # fmt: skip
        path = f"/v1/campaigns/{(await send(district, 'POST', '/v1/campaigns', body, 201))['id']}"
        due = {"kind": "plan", "to": "UBND huyện", "due_on": "2024-04-30"}
        await send(district, "POST", f"{path}/filings", due, 201)
        town = calling("officer", unit_code="15061", subject="town")
        await send(town, "POST", f"{path}/filings", due | {"filed_on": "2024-04-29"}, 201)
        evening = session_on("guidance", "15061", "Nhà văn hóa", "2024-05-01")
        await send(town, "POST", f"{path}/sessions", evening, 201)

        standing = {each["unit_code"]: each for each in (await read(district, f"{path}/units"))["items"]}

    assert set(standing) == {"15061", "15073", "15085"}
    assert standing["15061"]["filings"] == {"plan": "on_time"}
    assert {"filing_plan", "session", "team", "target_sessions_held"} <= set(standing["15073"]["behind"])
    assert "filing_plan" not in standing["15061"]["behind"]
    assert "target_sessions_held" not in standing["15061"]["behind"]
    assert "chưa nộp kế hoạch hoặc nộp quá hạn" in standing["15073"]["behind_texts"]


async def test_reminders_are_documents_of_the_office_that_sends_them(
    world: None, casework: Database, calling: Calling, commune: UnitChanged
) -> None:
    async with casework.transaction() as session:
        await store_units(session, [unit_event("38", parents=(), name="Tỉnh Thanh Hóa"), commune])
    province = calling("officer", unit_code="38", subject="province")
    body = {"template": "custom", "unit_code": "38", "title": "Toàn tỉnh", "steps": [{"number": 1, "title": "Một"}]}
    path = f"/v1/campaigns/{(await send(province, 'POST', '/v1/campaigns', body, 201))['id']}"

    wrong = await province.post(f"{path}/reminders", json={"unit_codes": ["99999"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/unit_codes/0")
    assert (await calling("officer", unit_code="15724").post(f"{path}/reminders", json={})).status_code == 403
    sent = await province.post(f"{path}/reminders", json={"unit_codes": ["15724"], "text": "Đề nghị báo cáo."})

    assert sent.status_code == 201, sent.text
    [letter] = sent.json()["items"]
    assert (letter["unit_code"], "team" in letter["behind"]) == ("15724", True)
    kept = (await read(calling("officer", unit_code="15724"), f"{path}/reminders"))["items"]
    assert [each["document_id"] for each in kept] == [letter["document_id"]]


async def test_without_casework_no_reminder_is_kept(world: None, calling: Calling, runtime: Any) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    runtime.service_client.urls["casework"] = "http://127.0.0.1:9"

    assert (await officer.post(f"{path}/reminders", json={})).status_code == 503
    assert (await read(officer, f"{path}/reminders"))["items"] == []


async def test_good_practices_are_read_by_other_communes(world: None, calling: Calling) -> None:
    officer, neighbour = calling("officer", unit_code="15724"), calling("officer", unit_code="15061")
    path = await campaign_of(officer)
    for day, kind in ((1, "good_practice"), (2, "good_practice"), (3, "tv")):
        news = {"kind": kind, "title": f"Cách làm {day}", "published_on": f"2026-01-0{day}",
                "summary": "Mỗi tổ đến từng nhà vào buổi tối."}  # fmt: skip
        await send(officer, "POST", f"{path}/communications", news, 201)

    first = await read(neighbour, "/v1/good-practices?limit=1")
    second = await read(neighbour, f"/v1/good-practices?limit=1&cursor={first['next_cursor']}")

    assert [each["title"] for each in first["items"] + second["items"]] == ["Cách làm 2", "Cách làm 1"]
    assert first["items"][0]["summary"] == "Mỗi tổ đến từng nhà vào buổi tối."
    assert first["items"][0]["unit_name"] == "Xã Đồng Tiến"
    assert second["next_cursor"] is None
    assert (await read(neighbour, "/v1/good-practices?unit_code=15061"))["items"] == []
    await send(officer, "PATCH", path, {"status": "cancelled"}, 200)
    assert (await read(neighbour, "/v1/good-practices"))["items"] == []


async def test_guests_and_pupils_are_counted_by_head_from_the_start_of_a_session(
    world: None, calling: Calling, published: Deliver
) -> None:
    officer = calling("officer", unit_code="15724")
    path = await campaign_of(officer)
    begun, coming = (now() + timedelta(hours=hours) for hours in (-1, 24))
    body = {"kind": "training", "venue": "Hội trường", "unit_code": "15727-01", "starts_at": begun.isoformat()}
    held = await send(officer, "POST", f"{path}/sessions", body, 201)
    later = await send(officer, "POST", f"{path}/sessions", body | {"starts_at": coming.isoformat()}, 201)

    early = await officer.patch(f"/v1/sessions/{later['id']}", json={"pupils": 3})
    counted = await send(officer, "PATCH", f"/v1/sessions/{held['id']}", {"guests": 4, "pupils": 35}, 200)
    wrong = await officer.patch(f"/v1/sessions/{held['id']}", json={"pupils": -1})

    assert early.json()["type"] == "/problems/attendance-closed"
    assert (counted["guests"], counted["pupils"], counted["attendance"]["resident"]) == (4, 35, 0)
    assert wrong.status_code == 422
    newest = (await published(SessionHeld))[-1]
    assert (newest.guests, newest.pupils, newest.residents) == (4, 35, 0)
    await send(officer, "PATCH", f"/v1/sessions/{held['id']}", {"status": "cancelled"}, 200)
    assert (await published(SessionHeld))[-1].pupils == 0


async def test_a_target_of_a_part_of_the_residents_is_ranked_by_that_part(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    grown, away = village_1.resident(), village_1.resident(residence_status="away")
    child = village_1.resident(birth_month="2022", has_smartphone=False)
    await deliver(grown, away, child)
    officer = calling("officer", unit_code="15724", body="police")
    step = f"/v1/residents/{grown.resident_id}/onboarding/vneid"
    await send(officer, "PUT", step, declared(kind="officer", level=2), 200)
    parts = {"vneid": 1 / 3, "vneid@15_plus": 1 / 2, "vneid_level_2@adults": 1 / 2, "vneid@smartphone_users": 1}
    targets = [{"indicator": name, "percent": 100} for name in parts]
    path = await campaign_of(officer, targets=targets)

    ranking = await read(officer, f"{path}/ranking")

    first = next(each for each in ranking["items"] if each["unit_code"] == "15727-01")
    assert ranking["uncounted"] == []
    assert first["parts"] == {name: pytest.approx(part, abs=1e-3) for name, part in parts.items()}
