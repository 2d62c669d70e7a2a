from collections.abc import Callable

import httpx
import pytest

from registry.sources import Databases
from registry.sources.xroad import xroad_headers

CLIENT = "VN/GOV/H56/registry"
ANSWER = {"timestamp": "2026-11-21T00:00:00Z", "registered": True, "deathDate": None}


def linked(answer: Callable[[httpx.Request], httpx.Response]) -> Databases:
    databases = Databases({"civil_status": "http://security-server/r1/VN/GOV/MOJ/hotich/tracuu"}, CLIENT)
    databases._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return databases


async def failure_of(answer: Callable[[httpx.Request], httpx.Response]) -> str | None:
    databases = linked(answer)
    [outcome] = await databases.query(["civil_status"], "038085000001", 1.0)
    await databases.close()
    return outcome.failure


async def test_a_question_names_its_client_and_brings_its_own_answer_back() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=ANSWER, headers={"X-Road-Id": request.headers["X-Road-Id"]})

    assert await failure_of(answer) is None
    assert seen[0].headers["X-Road-Client"] == CLIENT
    assert str(seen[0].url) == "http://security-server/r1/VN/GOV/MOJ/hotich/tracuu/query"


async def test_an_error_of_a_security_server_and_another_request_s_answer_are_no_answers() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500, json={}, headers={"X-Road-Error": "Server.ServerProxy.AccessDenied"})

    def mixed_up(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ANSWER, headers={"X-Road-Id": "another"})

    assert await failure_of(refused) == "down"
    assert await failure_of(mixed_up) == "wrong-schema"


def test_a_client_without_its_member_is_refused() -> None:
    with pytest.raises(ValueError):
        xroad_headers("VN/GOV")
