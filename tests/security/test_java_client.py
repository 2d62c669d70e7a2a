"""A partner that posts with the HTTP client of the JDK, which offers HTTP/2 by `Upgrade: h2c`."""

import asyncio
import json
import shutil
from base64 import b64encode
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parent / "java/SignedWebhook.java"
SECRET = b64encode(b"demo-bank".ljust(32, b".")).decode()
"""Of the development partner."""
COUNT = 6


@pytest.fixture
def java() -> str:
    found = shutil.which("java")
    if found is None:
        pytest.skip("no java here: Debian's package openjdk-17-jdk-headless has it")
    return found


async def test_a_default_java_client_delivers_signed_webhooks(java: str, gateway_url: str) -> None:
    body = {
        "type": "payment_account.opened",
        "timestamp": "2026-11-21T08:00:00+07:00",
        "data": {
            "resident": {"personal_id": "038095000001"},
            "kind": "bank",
            "account_ref": "java",
            "unit_code": "15724",
        },
    }
    arguments = (f"{gateway_url}/webhooks/demo-bank", SECRET, json.dumps(body), str(COUNT))

    program = await asyncio.create_subprocess_exec(
        java, str(PROGRAM), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await program.communicate()

    assert printed.decode().splitlines() == ["202 HTTP_1_1"] * COUNT
