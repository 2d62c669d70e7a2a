"""Ages and devices are conditions of steps, as data with their source; stored steps follow the rules and the calendar."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import frozen_at
from chassis.storage.database import Database
from onboarding.commands.rules import apply_rules_to_next, recompute_of_age
from onboarding.model.journey import KnownAttributes, journey, missing_conditions
from onboarding.model.steps import ConditionRule, catalogue
from services.onboarding.tests.world import PURPOSE, Village, declared

Deliver = Callable[..., Any]
Calling = Callable[..., Any]

EVERYTHING = frozenset(
    {"citizen_id_card", "personal_id_card", "smartphone", "social_insurance_no", "owner_verified_phone", "ekyc"}
)
NOON = datetime(2026, 5, 10, 5, tzinfo=UTC)


def blocked_for(birth_month: str | None, held: frozenset[str] = EVERYTHING) -> dict[str, tuple[str, ...]]:
    states = journey(KnownAttributes(1, held, birth_month=birth_month), [], NOON)
    return {each.step: each.missing for each in states if each.status == "blocked"}


def test_a_baby_of_six_months_is_ready_for_no_account() -> None:
    blocked = blocked_for("2025-11")

    assert {step for step, missing in blocked.items() if "age" in missing} == {
        "vneid", "portal_account", "digital_signature", "payment_account",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("birth_month", "steps"),
    [
        ("2012-06", {"vneid", "portal_account", "digital_signature", "payment_account"}),
        ("2012-05", {"digital_signature", "payment_account"}),
        ("2011-06", {"digital_signature", "payment_account"}),
        ("2011-05", set()),
        ("2011", set()),
        ("2012", {"digital_signature", "payment_account"}),
        (None, set()),
        ("1950", set()),
    ],
)
def test_the_age_is_reached_with_the_month_of_birth(birth_month: str | None, steps: set[str]) -> None:
    assert {step for step, missing in blocked_for(birth_month).items() if "age" in missing} == steps


def test_without_a_smartphone_the_cyber_app_lacks_its_device() -> None:
    assert blocked_for("1980-05", EVERYTHING - {"smartphone"})["cyber_protection"] == ("smartphone",)


def test_a_declaration_is_judged_by_the_age_on_its_day() -> None:
    attributes = KnownAttributes(1, EVERYTHING, birth_month="2011-05")

    assert missing_conditions("payment_account", attributes, [], date(2026, 5, 1), NOON) == []
    assert missing_conditions("payment_account", attributes, [], date(2026, 4, 30), NOON) == ["age"]


def test_every_age_names_its_source() -> None:
    rules = [rule for step in catalogue().steps for rule in step.conditions if rule.condition == "age"]

    assert len(rules) == 4
    assert all(rule.least_age and rule.source and "/NĐ-CP" in rule.source.vi + "/NĐ-CP" for rule in rules)
    assert ConditionRule(condition="smartphone").is_of_age("2026-01", date(2026, 1, 1))


async def test_the_steps_show_ages_and_sources(world: None, calling: Calling) -> None:
    steps = (await calling().get("/v1/onboarding/steps")).json()["items"]

    age = next(each for each in steps[4]["conditions"] if each["condition"] == "age")
    assert (age["least_age"], age["title"]) == (15, "Đủ 15 tuổi")
    assert "17/2024/TT-NHNN" in age["source"]


async def test_a_child_is_refused_with_the_age_named_and_a_partners_fact_is_not(
    world: None, deliver: Deliver, calling: Calling, village_1: Village
) -> None:
    child = village_1.resident(birth_month="2020-01")
    await deliver(child)
    volunteer = calling("volunteer", unit_code="15727-01")
    path = f"/v1/residents/{child.resident_id}/onboarding"

    refused = await volunteer.put(f"{path}/payment_account", json=declared(account_kind="bank"))
    assert (refused.status_code, refused.json()["missing"]) == (409, ["age"])
    assert "Đủ 15 tuổi" in refused.json()["detail"]
    without = village_1.resident(has_smartphone=False)
    await deliver(
        without,
        village_1.attested(child.resident_id, "payment_account.opened", account_kind="bank", account_index="1"),
        village_1.attested(without.resident_id, "app.installed", app="cyber_protection", partner_id="demo-telecom"),
    )
    answer = await volunteer.put(
        f"/v1/residents/{village_1.resident().resident_id}/onboarding/cyber_protection", json=declared()
    )
    assert answer.status_code in (404, 422)
    steps = (await volunteer.get(path, headers=PURPOSE)).json()["steps"]
    assert steps[4]["status"] == "completed"


async def test_a_step_becomes_ready_in_the_month_in_which_the_resident_comes_of_age(
    world: None, deliver: Deliver, calling: Calling, database: Database, village_1: Village
) -> None:
    with frozen_at(NOON):
        await deliver(village_1.resident(birth_month="2011-06"))

    async def ready() -> int:
        officer = calling("officer", unit_code="15724")
        query = "/v1/onboarding/worklist?step=payment_account&status=ready"
        return len((await officer.get(query, headers=PURPOSE)).json()["items"])

    with frozen_at(NOON):
        async with database.transaction() as session:
            assert await recompute_of_age(session) == 0
        assert await ready() == 0
    with frozen_at(datetime(2026, 6, 1, 5, tzinfo=UTC)):
        async with database.transaction() as session:
            assert await recompute_of_age(session) == 1
        assert await ready() == 1
        async with database.transaction() as session:
            assert await recompute_of_age(session) == 0


async def test_stored_steps_are_computed_anew_once_after_the_rules_changed(
    world: None, deliver: Deliver, calling: Calling, database: Database, village_1: Village
) -> None:
    child = village_1.resident(birth_month="2025-11")
    await deliver(child)
    async with database.transaction() as session:
        await session.execute(text("UPDATE resident_step SET status = 'ready', missing = '{}'"))
    async with database.transaction() as session:
        assert not await apply_rules_to_next(session)

    summary = (await calling("officer", unit_code="15724").get("/v1/onboarding/summary")).json()

    payment = next(each for each in summary["steps"] if each["step"] == "payment_account")
    assert (payment["blocked"], payment["ready"]) == (1, 0)
    async with database.transaction() as session:
        await session.execute(text("UPDATE resident_step SET status = 'ready'"))
    async with database.transaction() as session:
        assert not await apply_rules_to_next(session)
    later = (await calling("officer", unit_code="15724").get("/v1/onboarding/summary")).json()
    assert later["steps"][0]["ready"] == 1, "once only"
