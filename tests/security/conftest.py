"""The running platform with its demo, and one caller of every role at its door."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

INSIDE, OUTSIDE = "15724", "15061"
"""Two communes of the demo, neither above the other."""


@pytest.fixture
async def client(demo_platform_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=demo_platform_url, timeout=30, limits=httpx.Limits(max_connections=16)
    ) as client:
        yield client


@pytest.fixture(scope="session")
def document(demo_platform_url: str) -> dict[str, Any]:
    """The merged OpenAPI document."""
    found: dict[str, Any] = httpx.get(f"{demo_platform_url}/openapi.json", timeout=30).json()
    return found


@pytest.fixture(scope="session")
def callers(demo_platform_url: str) -> dict[str, dict[str, str]]:
    """The headers of a caller of each role; `anonymous` has none. Persons and organizations are unknown ones."""
    nobody = "01890000-0000-7000-8000-00000000dead"
    who: dict[str, dict[str, str]] = {
        "resident": {"resident_id": nobody},
        "organization": {"organization_id": nobody},
        "volunteer": {"unit_code": INSIDE},
        "officer": {"unit_code": INSIDE},
        "auditor": {"unit_code": INSIDE},
        "operator": {},
        "partner": {"partner_id": "demo-bank"},
    }
    return {"anonymous": {}} | {role: sign_in(demo_platform_url, role, **fields) for role, fields in who.items()}


@pytest.fixture(scope="session")
def other_officer(demo_platform_url: str) -> dict[str, str]:
    """The headers of an officer of the other commune."""
    return sign_in(demo_platform_url, "officer", unit_code=OUTSIDE)


def sign_in(url: str, role: str, **fields: str) -> dict[str, str]:
    answer = httpx.post(f"{url}/dev/token", json={"role": role, **fields}, timeout=30)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}", "X-Purpose": "support"}


async def ask(client: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """One request; of a stream only the head is waited for."""
    async with client.stream(method, path, **request) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        return answer


async def together(asked: list[Any], at_once: int = 12) -> list[Any]:
    """Await all, a few at a time, in their order."""
    room = asyncio.Semaphore(at_once)

    async def one(awaitable: Any) -> Any:
        async with room:
            return await awaitable

    return await asyncio.gather(*(one(awaitable) for awaitable in asked))


@pytest.fixture(scope="session")
def tools() -> Any:
    """`ask` and `together`, for the tests beside this file."""

    class Tools:
        ask = staticmethod(ask)
        together = staticmethod(together)

    return Tools
