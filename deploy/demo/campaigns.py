"""The demo's two campaigns, from the plans of its province, with what was done in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from deploy.demo.api_client import ApiClient, success
from deploy.demo.people import demo_files

PROVINCE = "38"


@dataclass(frozen=True)
class Scene:
    """What was done in one campaign; units by the codes of today."""

    plan: str
    commune: str
    villages: tuple[str, ...]
    month: str


SCENES = (
    Scene("dong-thang-2024.yaml", "15724", ("15727-01", "15727-02", "15727-03", "15727-04", "15727-05"), "2024-07"),
    Scene("ngoc-lac-2024.yaml", "15061", ("15061-01", "15061-02", "15061-03", "15061-04", "15061-05"), "2024-05"),
)
TEAM_BODIES = (
    "police",
    "youth_union",
    "women_union",
    "veterans_association",
    "farmers_union",
    "community_digital_team",
)


def load(api: ApiClient) -> None:
    """Both plans; in each a training class, an evening in every village with its team, and the news about it."""
    officer = api.officer(PROVINCE)
    for scene in SCENES:
        plan = (demo_files() / "plans" / scene.plan).read_bytes()
        files = {"file": (scene.plan, plan, "application/yaml")}
        campaign = success(api.request("POST", "/v1/campaign-plans", who=officer, files=files)).json()["id"]
        for index, body in enumerate(_sessions(scene)):
            _post(api, officer, f"/v1/campaigns/{campaign}/sessions", body, f"{scene.commune}-session-{index}")
        for index, body in enumerate(_teams(scene)):
            _post(api, officer, f"/v1/campaigns/{campaign}/teams", body, f"{scene.commune}-team-{index}")
        for index, body in enumerate(_news(scene)):
            _post(api, officer, f"/v1/campaigns/{campaign}/communications", body, f"{scene.commune}-news-{index}")


def _post(api: ApiClient, officer: dict[str, str], path: str, body: dict[str, Any], key: str) -> None:
    api.post(path, body, who=officer, headers={"Idempotency-Key": f"demo-{key}"})


def _sessions(scene: Scene) -> list[dict[str, Any]]:
    topics = ["vneid", "portal_account", "payment_account", "cyber_protection"]
    training = {
        "kind": "training", "topics": topics, "venue": "Trung tâm Hội nghị", "unit_code": scene.commune,
        "starts_at": f"{scene.month}-03T08:00:00+07:00", "ends_at": f"{scene.month}-03T11:00:00+07:00",
        "host": "people_committee", "coordinators": ["telecom", "bank"], "audience": "Tổ công nghệ số cộng đồng",
    }  # fmt: skip
    evenings = [
        {
            "kind": "guidance", "topics": topics, "venue": "Nhà văn hóa", "unit_code": village,
            "starts_at": f"{scene.month}-{10 + day:02d}T19:00:00+07:00",
            "ends_at": f"{scene.month}-{10 + day:02d}T21:00:00+07:00",
            "host": "people_committee", "coordinators": ["police", "youth_union"], "audience": "Người dân trong thôn",
        }
        for day, village in enumerate(scene.villages)
    ]  # fmt: skip
    return [training, *evenings]


def _teams(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "unit_code": village,
            "members": [
                {"account": f"demo-{village}-{body}", "body": body, "is_focal_point": body == "police",
                 "from": f"{scene.month}-01", "to": None}
                for body in TEAM_BODIES
            ],
            "equipment": ["Máy tính xách tay", "Máy in", "Đường truyền của nhà văn hóa"],
        }
        for village in scene.villages
    ]  # fmt: skip


def _news(scene: Scene) -> list[dict[str, Any]]:
    pieces = (
        ("loudspeaker", "Mỗi nhà cùng làm 3 KHÔNG", "05"),
        ("website", "Ra quân cài đặt ứng dụng tại các thôn", "12"),
        ("good_practice", "Tổ công nghệ số đến từng nhà người cao tuổi", "20"),
    )
    return [
        {"kind": kind, "title": title, "published_on": f"{scene.month}-{day}", "unit_code": scene.commune}
        for kind, title, day in pieces
    ]
