"""Plays the backend of the province's app: it subscribes as demo-app, verifies what arrives, and shows it.

`POST /demo-app/hook` takes events (Standard Webhooks 1.0), `GET /demo-app` shows the last ones as a page, or as JSON. The
secret is given once, when the subscription is made, and kept in `DATA_DIR`/demo-app.json.
"""

import asyncio
import base64
import hashlib
import hmac
import html
import json
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

PARTNER = "demo-app"
SHOWN = 200
SECONDS_OFF = 300
SECONDS_BEFORE_NEXT_TRY = 2.0


class Received:
    """The last events, each once by its id, and the secrets that they are verified with."""

    def __init__(self) -> None:
        self.events: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self.secret = ""

    def add(self, message_id: str, event: dict[str, Any]) -> bool:
        """Keeps an event; False for one that was there before."""
        is_new = message_id not in self.events
        self.events.setdefault(message_id, event)
        if len(self.events) > SHOWN:
            self.events.popitem(last=False)
        return is_new


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a message is signed with the secret and not older than five minutes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    is_signed = any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())
    return is_signed and abs(time.time() - int(headers["webhook-timestamp"])) <= SECONDS_OFF


async def take(request: Request) -> Response:
    """Verifies a message and keeps it; repetitions are answered like the first."""
    received: Received = request.app.state.received
    body = await request.body()
    try:
        is_verified = verify(received.secret, request.headers, body)
    except (KeyError, ValueError):
        is_verified = False
    if not is_verified:
        return JSONResponse({"error": "the signature does not fit"}, 401)
    is_new = received.add(request.headers["webhook-id"], json.loads(body))
    return JSONResponse({"status": "accepted" if is_new else "duplicate"})


async def show(request: Request) -> Response:
    """What arrived, newest first."""
    received: Received = request.app.state.received
    items = [{"id": id_, **event} for id_, event in reversed(received.events.items())]
    if "html" not in request.headers.get("accept", ""):
        return JSONResponse({"items": items})
    rows = "".join(
        f"<tr><td>{html.escape(one['timestamp'])}</td><td>{html.escape(one['type'])}</td>"
        f"<td><code>{html.escape(json.dumps(one['data'], ensure_ascii=False))}</code></td></tr>"
        for one in items
    )
    return HTMLResponse(f"<!doctype html><meta charset=utf-8><title>demo-app</title><table>{rows}</table>")


ROUTES = [Route("/demo-app/hook", take, methods=["POST"]), Route("/demo-app", show)]


@asynccontextmanager
async def subscribing(app: Starlette) -> AsyncIterator[None]:
    """While the app runs, it is subscribed to every type of event, where the environment names the platform."""
    app.state.received = Received()
    task = None
    if (platform := os.environ.get("RECEIVES_FROM_URL")) and (hook := os.environ.get("RECEIVER_URL")):
        kept = Path(os.environ.get("DATA_DIR", ".data")) / "demo-app.json"
        task = asyncio.create_task(_subscribe_until_done(platform, f"{hook}/hook", app.state.received, kept))
    yield
    if task is not None:
        task.cancel()


async def _subscribe_until_done(platform: str, hook: str, received: Received, kept: Path) -> None:
    while True:
        try:
            async with httpx.AsyncClient(base_url=platform, timeout=10) as client:
                received.secret = await subscribe(client, hook, kept)
                return
        except (httpx.HTTPError, OSError, KeyError, ValueError):
            await asyncio.sleep(SECONDS_BEFORE_NEXT_TRY)


async def subscribe(client: httpx.AsyncClient, hook: str, kept: Path) -> str:
    """Subscribes, or updates the address of the existing subscription; returns the secret."""
    token = (await client.post("/dev/token", json={"role": "partner", "partner_id": PARTNER})).raise_for_status().json()
    client.headers["Authorization"] = f"Bearer {token['access_token']}"
    if known := _read(kept):
        changed = await client.patch(f"/v1/subscriptions/{known['id']}", json={"url": hook, "status": "active"})
        if changed.status_code != 404:
            changed.raise_for_status()
            return known["secret"]
    types = (await client.get("/v1/event-types")).raise_for_status().json()["items"]
    body = {"url": hook, "types": [one["type"] for one in types], "description": "the receiver of the demo"}
    made = (await client.post("/v1/subscriptions", json=body)).raise_for_status().json()
    return _keep(kept, {"id": made["id"], "secret": made["secret"]})["secret"]


def _read(kept: Path) -> dict[str, str]:
    return dict(json.loads(kept.read_text())) if kept.exists() else {}


def _keep(kept: Path, known: dict[str, str]) -> dict[str, str]:
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(known))
    return known
