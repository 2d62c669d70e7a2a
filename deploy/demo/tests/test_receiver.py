"""The played backend of the app verifies what arrives, keeps each event once, and shows it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from deploy.demo.receiver import Received, subscribe
from deploy.demo.sources.app import create_app

SECRET = "whsec_ZGVtby1hcHAuLi4uLi4uLi4uLi4uLi4uLi4uLi4uLi4="
BODY = json.dumps({"type": "step.completed", "timestamp": "2026-11-30T08:30:00+07:00", "data": {"step": "vneid"}})


def signed(secret: str = SECRET, body: str = BODY) -> dict[str, str]:
    moment = datetime.now(UTC)
    return {
        "webhook-id": "01936f2e", "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": "v1,AAAA " + Webhook(secret).sign("01936f2e", moment, body),
    }  # fmt: skip


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = create_app()
    app.state.received = Received()
    app.state.received.secret = SECRET
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo-app")


async def test_what_is_signed_is_taken_once_and_shown(client: httpx.AsyncClient) -> None:
    answers = [await client.post("/demo-app/hook", content=BODY, headers=signed()) for _ in range(2)]

    assert [one.json()["status"] for one in answers] == ["accepted", "duplicate"]
    assert [one["type"] for one in (await client.get("/demo-app")).json()["items"]] == ["step.completed"]
    assert "vneid" in (await client.get("/demo-app", headers={"accept": "text/html"})).text


@pytest.mark.parametrize("headers", [{}, signed("whsec_" + "A" * 43 + "="), signed() | {"webhook-timestamp": "1"}])
async def test_what_is_not_signed_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.post("/demo-app/hook", content=BODY, headers=headers)).status_code == 401
    assert (await client.get("/demo-app")).json()["items"] == []


async def test_a_later_start_keeps_the_subscription_and_gives_it_the_new_address(tmp_path: Path) -> None:
    seen: list[tuple[str, str, str]] = []

    def platform(request: httpx.Request) -> httpx.Response:
        seen.append((request.method, request.url.path, request.content.decode()))
        answers = {
            "/dev/token": {"access_token": "t"}, "/v1/event-types": {"items": [{"type": "step.completed"}]},
            "/v1/subscriptions": {"id": "1", "secret": SECRET},
        }  # fmt: skip
        return httpx.Response(200, json=answers.get(request.url.path, {}))

    for port in (1, 2):
        async with httpx.AsyncClient(transport=httpx.MockTransport(platform), base_url="http://platform") as client:
            assert await subscribe(client, f"http://127.0.0.1:{port}/hook", tmp_path / "demo-app.json") == SECRET
    assert [one[:2] for one in seen if "subscriptions" in one[1]] == [
        ("POST", "/v1/subscriptions"), ("PATCH", "/v1/subscriptions/1"),
    ]  # fmt: skip
    assert (tmp_path / "demo-app.json").stat().st_mode & 0o777 == 0o600
