"""Guesses of secrets are limited over all gateways together, since they share a database."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from chassis.security.key_check import check_keys
from chassis.storage.retention import delete_expired
from gateway.asgi import Gateway
from gateway.commands.development import development_secret
from gateway.commands.housekeeping import RETENTION
from gateway.settings import GatewaySettings

Ask = Callable[[Gateway, str], Awaitable[int]]
WRONG, RIGHT = "guess", development_secret("demo-bank")


@pytest.fixture
async def two_gateways(open_gateway: Any, settings: GatewaySettings) -> Any:
    calm = settings.model_copy(update={"misses_per_minute": 3})
    async with AsyncExitStack() as opened:
        yield [await opened.enter_async_context(open_gateway(calm)) for _ in range(2)]


async def ask(gateway: Gateway, client_secret: str, address: str = "203.0.113.9") -> httpx.Response:
    transport = httpx.ASGITransport(gateway, client=(address, 4000))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        form = {"grant_type": "client_credentials", "client_id": "demo-bank", "client_secret": client_secret}
        return await client.post("/oauth/token", data=form)


async def test_a_second_gateway_gives_no_further_guesses(two_gateways: list[Gateway]) -> None:
    first, second = two_gateways

    statuses = [(await ask(gateway, WRONG)).status_code for gateway in (first, second, first, second)]

    assert statuses == [401, 401, 401, 429]


async def test_the_refusal_has_the_time_to_come_back_and_other_addresses_go_on(two_gateways: list[Gateway]) -> None:
    first, second = two_gateways
    for _ in range(3):
        await ask(first, WRONG)

    refused = await ask(second, WRONG)

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert (await ask(second, WRONG, "203.0.113.10")).status_code == 401


async def test_right_secrets_are_no_guesses(two_gateways: list[Gateway]) -> None:
    statuses = [(await ask(gateway, RIGHT)).status_code for gateway in two_gateways * 3]

    assert statuses == [200] * 6


async def test_no_address_is_stored_and_old_guesses_are_deleted(
    two_gateways: list[Gateway], runtime: Any, database: Any
) -> None:
    await ask(two_gateways[0], WRONG)
    (kept,) = await database.fetch("SELECT guesser FROM guess")
    await database.fetch("UPDATE guess SET at = at - interval '2 hours'")

    await delete_expired(database, "gateway", RETENTION)

    assert b"203.0.113.9" not in kept["guesser"]
    assert await database.fetch("SELECT 1 FROM guess") == []


async def test_a_wrong_guess_keeps_no_gateway_from_starting(
    two_gateways: list[Gateway], database: Any, runtime: Any
) -> None:
    """The check of keys at the start took the blind index of an address for a value under an unknown key."""
    await ask(two_gateways[0], WRONG)

    assert await check_keys(database.url, runtime.service.metadata, runtime.settings)


async def test_while_the_database_is_away_no_guess_is_answered(two_gateways: list[Gateway], database: Any) -> None:
    await database.fetch("ALTER TABLE guess RENAME TO elsewhere")

    refused = await ask(two_gateways[0], WRONG)

    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
