"""Training accounts touch nothing outside their training unit, whatever a body names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import now
from chassis.testing import unit_event
from contracts.onboarding import SessionHeld
from services.onboarding.tests.plans import send
from services.onboarding.tests.world import Village

Calling = Callable[..., Any]
Deliver = Callable[..., Any]

UNIT, VILLAGE = "tap-huan-1", "tap-huan-1-01"
CAMPAIGN = {"template": "commune", "unit_code": "15724", "title": "Mô hình"}


@pytest.fixture
async def training_village(world: None, deliver: Deliver) -> Village:
    unit = unit_event(UNIT, parents=(), name="Xã tập huấn", level="commune", kind="training")
    village = Village(unit_event(VILLAGE, parents=(UNIT,), name="Thôn tập huấn", kind="training"))
    await deliver(unit, village.unit)
    return village


def trainee(calling: Calling, role: str, **more: Any) -> Any:
    units = {"officer": UNIT, "volunteer": VILLAGE}
    return calling(role, subject=f"training:{role}", unit_code=units.get(role), training_units=(UNIT, VILLAGE), **more)


def session(unit_code: str) -> dict[str, Any]:
    return {
        "kind": "training", "venue": "Hội trường", "unit_code": unit_code,
        "starts_at": (now() - timedelta(hours=1)).isoformat(),
    }  # fmt: skip


async def test_a_trainee_opens_no_training_accounts_and_their_sessions_are_not_public(
    training_village: Village, calling: Calling
) -> None:
    officer = trainee(calling, "officer")
    campaign = await send(officer, "POST", "/v1/campaigns", {**CAMPAIGN, "unit_code": UNIT}, 201)
    held = await send(officer, "POST", f"/v1/campaigns/{campaign['id']}/sessions", session(VILLAGE), 201)

    answer = await officer.post(f"/v1/sessions/{held['id']}/training-accounts", json={"count": 1, "role": "officer"})

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/only-for-practice")
    assert (await calling().get("/v1/sessions")).json()["items"] == []
    assert len((await officer.get("/v1/sessions")).json()["items"]) == 1


async def test_a_trainees_campaign_does_not_stand_under_a_real_one(training_village: Village, calling: Calling) -> None:
    real = await send(calling("officer", unit_code="15724"), "POST", "/v1/campaigns", CAMPAIGN, 201)
    body = {**CAMPAIGN, "unit_code": UNIT, "parent_id": real["id"]}

    answer = await trainee(calling, "officer").post("/v1/campaigns", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/parent_id")


async def test_a_trainee_does_not_check_in_at_a_real_session(
    training_village: Village, deliver: Deliver, calling: Calling, published: Deliver
) -> None:
    person = training_village.resident()
    await deliver(person)
    officer = calling("officer", unit_code="15724")
    campaign = await send(officer, "POST", "/v1/campaigns", CAMPAIGN, 201)
    held = await send(officer, "POST", f"/v1/campaigns/{campaign['id']}/sessions", session("15727-01"), 201)
    resident = trainee(calling, "resident", resident_id=person.resident_id)

    answer = await resident.post(f"/v1/sessions/{held['id']}/check-in", json={"code": held["check_in_code"]})

    assert answer.json()["type"] == "/problems/only-for-practice"
    assert sum(each.residents for each in await published(SessionHeld)) == 0
