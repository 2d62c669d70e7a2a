"""The Python client for partners calls the real asgi_app."""

import asyncio
import json
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2] / "clients" / "python"
sys.path.insert(0, str(ROOT))

from bakhong_client import sandbox, sign_webhook  # noqa: E402

from gateway.webhooks.signatures import parse_secret, verify  # noqa: E402


@pytest.fixture
async def box(asgi_app: Any, serve: Any) -> sandbox.Sandbox:
    address = await serve(asgi_app)
    http = httpx.Client(base_url=address, timeout=30)
    secret = sandbox.development_secret("demo-bank")
    return sandbox.Sandbox(http, "demo-bank", secret, "038095000001", "15724")


@pytest.fixture
def unused_address() -> str:
    """Where nothing listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_every_scenario_of_the_sandbox_meets_what_it_expects(box: sandbox.Sandbox) -> None:
    assert await asyncio.to_thread(sandbox.play, box, list(sandbox.SCENARIOS))
    assert len(box.results) > len(sandbox.SCENARIOS)
    box.http.close()


def test_the_client_signs_as_the_gateway_verifies() -> None:
    secret = sandbox.development_secret("demo-bank")
    body = json.dumps({"type": "x"}).encode()
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    headers = sign_webhook(secret, body, message_id="msg_1", sent_at=moment.timestamp())

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert verify(raw, body, [parse_secret(secret)], now=moment).id == "msg_1"


def test_the_sandbox_lists_its_scenarios(capsys: pytest.CaptureFixture[str]) -> None:
    assert sandbox.main(["--list"]) == 0
    assert set(sandbox.SCENARIOS) == {line.split()[0] for line in capsys.readouterr().out.splitlines()}


def test_without_a_platform_the_sandbox_says_so_in_one_line(
    capsys: pytest.CaptureFixture[str], unused_address: str
) -> None:
    assert sandbox.main(["--url", unused_address]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"There is no platform at {unused_address}")


def test_a_sender_may_copy_the_signing_file_alone() -> None:
    source = (ROOT / "bakhong_client" / "webhooks.py").read_text()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}

    assert imported <= set(sys.stdlib_module_names)
