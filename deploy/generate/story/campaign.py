"""A commune carries out the model: plan, tasks, teams, sessions with attendance, filings, votes, reminders."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.generate.story.neighbours import NEIGHBOUR
from deploy.generate.story.teller import COMMUNE, VILLAGE, Teller

PROVINCE = "38"
PLAN = Path(__file__).parents[2] / "demo" / "plans/ngoc-lac-2024.yaml"
TEAM = {"account": "le.van.mau", "body": "youth_union", "is_focal_point": True}
BODIES: dict[str, dict[str, Any]] = {
    "tasks": {"body": "youth_union", "work": "Hỗ trợ cài VNeID", "due_on": "2026-12-20", "unit_code": COMMUNE},
    "teams": {"unit_code": VILLAGE, "members": [TEAM]},
    "sessions": {
        "kind": "training", "topics": ["VNeID", "Thanh toán bằng mã QR"], "venue": "Nhà văn hóa Thôn 1", "unit_code": COMMUNE,
        "host": "UBND xã Đồng Tiến",
    },
    "communications": {
        "kind": "loudspeaker", "title": "Thông báo lịch hướng dẫn", "published_on": "2026-11-28", "unit_code": COMMUNE,
    },
    "models": {"unit_code": COMMUNE, "body": "youth_union", "title": "Thôn không tiền mặt", "started_on": "2026-11-10"},
    "filings": {"kind": "weekly", "period": "2026-W48", "to": "UBND tỉnh", "due_on": "2026-12-04", "unit_code": COMMUNE},
    "readiness-checks": {
        "unit_code": VILLAGE, "venue": "Nhà văn hóa Thôn 1", "items": [{"kind": "wifi", "needed": 1, "working": 0}],
    },
    "official-signatures": {"unit_code": COMMUNE, "position": "Chủ tịch UBND xã", "requested_on": "2026-11-10"},
}  # fmt: skip
CHANGES: dict[str, dict[str, Any]] = {
    "tasks": {"note": "Đã hẹn lịch với thôn."},
    "models": {"title": "Thôn 1 không tiền mặt"},
    "communications": {"title": "Thông báo lịch hướng dẫn tuần này"},
    "official-signatures": {"issued_on": "2026-11-20", "certificate_serial": "5404000000012345"},
}


def the_commune_plans(tell: Teller) -> None:
    """A campaign of the commune with each of its parts, and a plan that the province imports."""
    officer = tell.officer()
    plan = {"number": "52/KH-UBND", "issued_on": "2026-06-24", "issuer": "UBND xã Đồng Tiến"}
    body = {
        "template": "commune", "unit_code": COMMUNE, "title": "Nhân rộng mô hình “3 KHÔNG”", "starts_on": "2026-11-01",
        "ends_on": "2027-06-30", "plan": plan, "targets": [{"indicator": "payment_account", "percent": 80}],
    }  # fmt: skip
    path = tell.known["campaign"] = f"/v1/campaigns/{tell.must('POST', '/v1/campaigns', who=officer, json=body)['id']}"
    tell.known["campaign_id"] = path.rpartition("/")[2]
    began = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = {"starts_at": began.isoformat(), "ends_at": (began + timedelta(hours=3)).isoformat()}
    for kind, sent in (BODIES | {"sessions": BODIES["sessions"] | hours}).items():
        made = tell.must("POST", f"{path}/{kind}", who=officer, json=sent)
        tell.known[kind] = made.get("id") or made.get("demand_id")
        if kind in CHANGES:
            tell.ask("PATCH", f"{path}/{kind}/{made['id']}", who=officer, json=CHANGES[kind])
    tell.ask("PATCH", path, who=officer, json={"title": "Nhân rộng mô hình “3 KHÔNG” năm 2027"})
    tell.ask("PATCH", f"{path}/steps/1", who=officer, json={"status": "done", "done_on": "2026-11-15"})
    plan_of_today = PLAN.read_text(encoding="utf-8").replace("3 KHÔNG", f"3 KHÔNG {uuid.uuid4().hex[:4]}", 1)
    file = {"file": (PLAN.name, plan_of_today.encode(), "application/yaml")}
    tell.ask("POST", "/v1/campaign-plans", who=tell.officer(PROVINCE), files=file)


def the_team_changes(tell: Teller) -> None:
    """A member more, another body, a member less."""
    officer, path = tell.officer(), f"{tell.known['campaign']}/teams/{tell.known['teams']}"
    second = {"account": "nguyen.thi.mau", "body": "women_union", "from": "2026-11-10"}
    team = tell.must("PUT", path, who=officer, json={"members": [TEAM, second], "equipment": ["Máy tính xách tay"]})
    member = team["members"][-1]["id"]
    tell.ask("PATCH", path, who=officer, json={"equipment": ["Máy tính xách tay", "Máy in"]})
    tell.ask("PATCH", f"{path}/members/{member}", who=officer, json={"body": "farmers_union"})
    tell.ask("DELETE", f"{path}/members/{member}", who=officer)


def a_session_is_held(tell: Teller) -> None:
    """Moved to another room, with training accounts; who came is recorded, or checks in by the code of the sheet."""
    officer, path = tell.officer(), f"/v1/sessions/{tell.known['sessions']}"
    tell.ask("PATCH", path, who=officer, json={"venue": "Hội trường UBND xã", "guests": 3})
    come = {"items": [{"resident_id": tell.known["mother"]}]}
    tell.ask("POST", f"{path}/attendance", who=officer, json=come)
    held = tell.must("GET", path, who=officer)
    if code := held.get("check_in_code"):
        tell.ask("POST", f"{path}/check-in", who=tell.resident(), json={"code": code})
    tell.ask("GET", f"{path}/attendance", who=officer, purpose="onboarding")
    tell.ask("DELETE", f"{path}/attendance/{tell.known['mother']}", who=officer)
    accounts = {"count": 2, "role": "resident"}
    tell.ask("POST", f"{path}/training-accounts", who=officer, json=accounts)


def the_commune_reports(tell: Teller) -> None:
    """The weekly report is handed in and kept as it was on that day; the villages are reminded."""
    officer, path = tell.officer(), tell.known["campaign"]
    filed = {"kind": "monthly", "period": "2026-11", "to": "UBND tỉnh", "due_on": "2026-12-05", "unit_code": COMMUNE}
    made = tell.must("POST", f"{path}/filings", who=officer, json=filed | {"filed_on": "2026-11-28"})
    tell.ask("PATCH", f"{path}/filings/{made['id']}", who=officer, json={"filed_on": "2026-11-29"})
    listed = tell.ask_when(f"/v1/reports/filed?unit_code={COMMUNE}", lambda answer: answer["items"], who=officer)
    tell.ask("GET", f"/v1/reports/filed/{listed['items'][0]['id']}")
    tell.ask("POST", f"{path}/reminders", who=officer, json={"text": "Đề nghị các thôn nộp báo cáo trước ngày 04/12."})


def models_are_nominated(tell: Teller) -> None:
    """In a campaign of the province a commune puts its model up; an officer of another commune votes for it."""
    province, own = tell.officer(PROVINCE), tell.officer()
    body: dict[str, Any] = {"template": "custom", "unit_code": PROVINCE, "title": "Bình chọn mô hình “3 KHÔNG”"}
    body |= {"steps": [{"number": 1, "title": "Bình chọn"}]}
    path = f"/v1/campaigns/{tell.must('POST', '/v1/campaigns', who=province, json=body)['id']}"
    model = tell.must("POST", f"{path}/models", who=own, json=BODIES["models"])
    nominated = {"model_id": model["id"], "category": "effective"}
    made = tell.must("POST", f"{path}/nominations", who=own, json=nominated)
    tell.ask("GET", f"{path}/nominations/{made['id']}", who=province)
    tell.ask("PATCH", f"{path}/nominations/{made['id']}", who=own, json={"category": "excellent"})
    tell.ask("POST", f"{path}/nominations/{made['id']}/votes", who=tell.officer(NEIGHBOUR))


CHAPTERS = (the_commune_plans, the_team_changes, a_session_is_held, the_commune_reports, models_are_nominated)
