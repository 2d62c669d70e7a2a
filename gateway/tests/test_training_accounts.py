"""Training accounts sign in with what they were given, and end with their session."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.clock import frozen_at, now
from chassis.ids import new_id
from contracts.onboarding import TrainingAccount, TrainingOpened

SECRET = "made-up-secret"
CAMPAIGN, SESSION, RESIDENT_ID = new_id(), new_id(), new_id()
ROLES = {"officer": "tap-huan-1", "volunteer": "tap-huan-2", "resident": "tap-huan-3"}


def opened(*, version: int = 1, days: int = 7, accounts: bool = True) -> TrainingOpened:
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    logins = [
        TrainingAccount(
            login=login, role=role, secret_digest=digest, resident_id=RESIDENT_ID if role == "resident" else None
        )
        for role, login in ROLES.items()
    ]
    return TrainingOpened(
        campaign_id=CAMPAIGN, session_id=SESSION, version=version, unit_id=CAMPAIGN, unit_code="tap-huan-c",
        village_id=SESSION, village_code="tap-huan-c-01", people=[RESIDENT_ID], accounts=logins if accounts else [],
        valid_until=now() + timedelta(days=days), at=now(),
    )  # fmt: skip


async def sign_in_for_training(client: httpx.AsyncClient, login: str, secret: str = SECRET) -> httpx.Response:
    form = {"grant_type": "password", "username": login, "password": secret}
    return await client.post("/oauth/token", data=form)


async def status_of(client: httpx.AsyncClient, token: str) -> int:
    answer = await client.get("/v1/onboarding/worklist", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code


@pytest.mark.parametrize("login", ROLES.values())
async def test_a_login_for_practice_signs_in_with_its_secret_and_no_other(
    client: httpx.AsyncClient, deliver: Any, login: str
) -> None:
    await deliver(opened())

    given = await sign_in_for_training(client, login)
    wrong = await sign_in_for_training(client, login, "guess")

    assert given.status_code == 200, given.text
    assert given.json()["expires_in"] <= 3600
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert (await sign_in_for_training(client, "tap-huan-unknown")).status_code == 400
    assert await status_of(client, given.json()["access_token"]) != 401


async def test_a_training_sign_in_ends_with_the_session_within_a_minute(
    client: httpx.AsyncClient, deliver: Any
) -> None:
    await deliver(opened())
    token = (await sign_in_for_training(client, "tap-huan-2")).json()["access_token"]
    assert await status_of(client, token) != 401

    await deliver(opened(version=2, days=0), opened(version=1))

    with frozen_at(now() + timedelta(seconds=59)):
        assert await status_of(client, token) == 401
        assert (await sign_in_for_training(client, "tap-huan-2")).status_code == 400


async def test_a_login_ends_after_its_last_day_by_itself(client: httpx.AsyncClient, deliver: Any) -> None:
    await deliver(opened())

    with frozen_at(now() + timedelta(days=7, seconds=1)):
        assert (await sign_in_for_training(client, "tap-huan-1")).status_code == 400
