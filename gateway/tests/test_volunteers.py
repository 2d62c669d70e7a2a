"""Volunteers are let in while a team lists them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.clock import frozen_at, now, today
from chassis.ids import new_id
from chassis.testing import unit_event
from contracts.onboarding import TeamChanged, TeamMember
from gateway.identity.school import PERMITTED

TEAM, OTHER_TEAM = new_id(), new_id()
WHO = {"role": "volunteer", "unit_code": "15727-01", "subject": "v-1"}


def team(*members: TeamMember, team_id: Any = TEAM) -> TeamChanged:
    return TeamChanged(
        campaign_id=TEAM, team_id=team_id, unit_id=TEAM, unit_code="15727", members=list(members), at=now()
    )


LISTED = TeamMember(account="v-1", body="youth_union")


async def answer_to(client: httpx.AsyncClient, headers: dict[str, str]) -> tuple[int, str]:
    answer = await client.get("/v1/onboarding/worklist?unit_code=15727-01", headers=headers)
    return answer.status_code, answer.json()["type"]


@pytest.fixture
async def volunteer(client: httpx.AsyncClient, sign_in: Any) -> dict[str, str]:
    return await sign_in(**WHO)


STRUCK_OFF = (403, "/problems/no-longer-listed")


async def test_who_was_never_on_a_list_and_who_is_on_one_come_in(client, volunteer, deliver) -> None:
    assert (await answer_to(client, volunteer))[0] != 403
    await deliver(team(LISTED))

    with frozen_at(now() + timedelta(seconds=40)):
        assert (await answer_to(client, volunteer))[0] != 403


async def test_who_leaves_the_team_is_refused_everywhere_within_a_minute(client, volunteer, deliver) -> None:
    await deliver(team(LISTED))
    assert (await answer_to(client, volunteer))[0] != 403
    await deliver(team())

    with frozen_at(now() + timedelta(seconds=59)):
        assert await answer_to(client, volunteer) == STRUCK_OFF


async def test_a_team_of_another_commune_neither_excludes_nor_readmits(client, sign_in, deliver) -> None:
    home, elsewhere = unit_event("15724"), unit_event("15061")
    await deliver(unit_event("38", parents=()), home, elsewhere, unit_event("15727-01", parents=("38", "15724")))
    foreign = team(LISTED, team_id=OTHER_TEAM).model_copy(update={"unit_id": elsewhere.unit_id})
    own = team(LISTED).model_copy(update={"unit_id": home.unit_id})
    await deliver(foreign, foreign.model_copy(update={"members": []}))
    assert (await answer_to(client, await sign_in(**WHO)))[0] != 403

    await deliver(own, own.model_copy(update={"members": []}), foreign)

    with frozen_at(now() + timedelta(seconds=59)):
        assert await answer_to(client, await sign_in(**WHO)) == STRUCK_OFF


async def test_whom_another_team_lists_stays(client, sign_in, deliver) -> None:
    await deliver(team(LISTED), team(LISTED, team_id=OTHER_TEAM), team())

    assert (await answer_to(client, await sign_in(**WHO)))[0] != 403


@pytest.mark.parametrize(("until", "is_refused"), [(-1, True), (0, False)])
async def test_a_listing_ends_with_its_last_day(client, sign_in, deliver, until: int, is_refused: bool) -> None:
    last_day = today() + timedelta(days=until)
    await deliver(team(LISTED.model_copy(update={"listed_to": last_day})))

    assert ((await answer_to(client, await sign_in(**WHO))) == STRUCK_OFF) is is_refused


async def test_a_pupil_of_a_team_reads_and_writes_no_personal_data(client, sign_in, deliver) -> None:
    pupil = LISTED.model_copy(update={"body": "school"})
    await deliver(team(LISTED, team_id=OTHER_TEAM), team(pupil))
    headers = await sign_in(**WHO)

    assert await answer_to(client, headers) == (403, "/problems/forbidden")
    refused = await client.post("/v1/onboarding/batches", json={}, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert (await client.get("/v1/campaigns", headers=headers)).status_code == 503, "let in; no service in this test"
    assert (await client.get("/v1/units", headers=headers)).status_code == 503


async def test_the_body_of_the_team_is_in_the_internal_token(asgi_app, client, sign_in, deliver) -> None:
    await deliver(team(LISTED))
    token = (await sign_in(**WHO))["Authorization"].removeprefix("Bearer ")

    assert (await asgi_app.credentials.admit(token)).caller.body == "youth_union"


def test_what_pupils_may_call_exists_and_shows_no_personal_data() -> None:
    paths = json.loads((Path(__file__).parents[2] / "docs/api/openapi.json").read_text())["paths"]
    for method, template in PERMITTED:
        operation = paths[template][method.lower()]
        assert {"volunteer", "public"} & set(operation["x-audience"]), template
        assert not any(one.get("name", "").lower() == "x-purpose" for one in operation.get("parameters", ())), template
