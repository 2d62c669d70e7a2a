"""Carrying out a plan through the REST API, on its days."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis.clock import frozen_at
from services.onboarding.tests.world import PURPOSE

PLANS = Path(__file__).parents[3] / "deploy/provinces/thanh-hoa/demo/plans"


def on(day: str, hour: str = "09:00") -> Any:
    """The clock stands at this hour of Vietnam."""
    return frozen_at(datetime.fromisoformat(f"{day}T{hour}:00+07:00").astimezone(UTC))


async def load(client: Any, name: str) -> dict[str, Any]:
    content = (PLANS / f"{name}.yaml").read_bytes()
    answer = await client.post("/v1/campaign-plans", files={"file": (f"{name}.yaml", content, "application/yaml")})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def send(client: Any, method: str, path: str, body: Any, status: int) -> Any:
    answer = await client.request(method, path, json=body, headers=PURPOSE)
    assert answer.status_code == status, answer.text
    return answer.json()


async def read(client: Any, path: str) -> Any:
    return await send(client, "GET", path, None, 200)


async def finish(client: Any, campaign: str, number: int, **more: Any) -> dict[str, Any]:
    """The step is done today, and no step before it is open."""
    step = await send(client, "PATCH", f"{campaign}/steps/{number}", {"status": "done", **more}, 200)
    steps = (await read(client, campaign))["steps"]
    assert [each["status"] for each in steps] == ["done"] * number + ["planned"] * (len(steps) - number)
    return dict(step)


async def finish_tasks(client: Any, campaign: str, step: int) -> list[str]:
    """Everything that the plan asks for in a step is done; the works, in its text."""
    tasks = (await read(client, f"{campaign}/tasks?limit=200"))["items"]
    mine = [each for each in tasks if each["step"] == step and each["done_on"] is None]
    for each in mine:
        await send(client, "PATCH", f"{campaign}/tasks/{each['id']}", {"status": "done"}, 200)
    return [each["work"] for each in mine]


def session_on(kind: str, unit_code: str, venue: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "unit_code": unit_code, "venue": venue, "starts_at": f"{day}T08:00:00+07:00",
        "ends_at": f"{day}T11:00:00+07:00", **more,
    }  # fmt: skip
