from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.clock import today
from chassis.ids import new_id
from chassis.messaging.consumer import Transient
from chassis.storage.database import Database
from chassis.testing import as_json
from contracts.onboarding import PlanFiled, StepRevoked
from contracts.registry import ResidentDeceased, ResidentMerged, ResidentMoved, ResidentUnmerged, ResidentUpdated
from reporting.disclosure import suppressed_parts
from reporting.handlers import on_counted_events
from reporting.schemas.progress import ProgressView
from services.reporting.tests.conftest import OPENED_AT, again, completed, registered, unit_id

pytestmark = pytest.mark.usefixtures("units")


async def numbers(client: Any, unit_code: str, indicator: str = "payment_account", **query: str) -> tuple[Any, Any]:
    answer = await client.get("/v1/reports/progress", params={"unit_code": unit_code, **query})
    assert answer.status_code == 200, answer.text
    figure = next(each for each in answer.json()["indicators"] if each["code"] == indicator)
    return figure["numerator"], figure["denominator"]


async def test_an_opened_account_is_counted_in_the_village_the_commune_and_the_province(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    people = [registered() for _ in range(3)]
    await deliver(*people, completed(people[0]))

    officer = calling("officer", unit_code="38")
    for code in ("15727-01", "15724", "38"):
        assert await numbers(officer, code) == (1, 3)
        assert await numbers(officer, code, "payment_account_bank") == (1, 3)
        assert await numbers(officer, code, "payment_account_e_wallet") == (0, 3)


async def test_children_add_up_and_what_belongs_to_no_village_is_a_child_of_its_own(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    await deliver(registered(), registered(), registered("15721-01"), registered("15724"))

    body = (await calling("officer", unit_code="38").get("/v1/reports/progress?unit_code=15724")).json()
    by_child = {
        child["unit_code"]: next(each["numerator"] for each in child["indicators"] if each["code"] == "residents")
        for child in body["children"]
    }
    assert by_child == {"15721-01": 1, "15727-01": 2, "15727-02": 0, "15724": 1}
    assert next(each for each in body["indicators"] if each["code"] == "residents")["numerator"] == 4


async def test_a_village_is_its_own_only_part(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    await deliver(registered())

    body = (await calling("officer", unit_code="38").get("/v1/reports/progress?unit_code=15727-01")).json()
    assert [child["unit_code"] for child in body["children"]] == ["15727-01"]
    page = await calling("officer", unit_code="38").get("/dashboard/units/15727-01")
    assert "cạnh nhau" not in page.text


async def test_an_event_that_comes_twice_or_before_its_resident_counts_once(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    person = registered()
    step = completed(person)
    await deliver(step, step, person, person, step)

    assert await numbers(calling("officer", unit_code="38"), "15727-01") == (1, 1)


async def test_two_workers_with_the_first_events_of_one_resident_lose_nothing(
    database: Database, calling: Callable[..., Any]
) -> None:
    person = registered()

    async def apply_side_by_side() -> None:
        async with database.transaction() as slow:
            await on_counted_events(slow, [person])
            async with database.transaction() as fast:
                await on_counted_events(fast, [completed(person)])

    with pytest.raises(Transient):
        await apply_side_by_side()
    assert await numbers(calling("officer", unit_code="38"), "15727-01") == (0, 0)
    async with database.transaction() as again:  # as the consumer does after a moment
        await on_counted_events(again, [person])
    assert await numbers(calling("officer", unit_code="38"), "15727-01") == (1, 1)


async def test_a_late_event_changes_the_past(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    person = registered()
    early = OPENED_AT - timedelta(days=40)
    await deliver(person, completed(person, at=early, completed_at=early))

    officer = calling("officer", unit_code="38")
    day = early.date()
    assert await numbers(officer, "15724", as_of=str(day)) == (1, 1)
    assert await numbers(officer, "15724", as_of=str(day - timedelta(days=1))) == (0, 1)


async def test_a_resident_who_moves_counts_in_the_new_village_from_that_day(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    person = registered()
    moved_on = OPENED_AT.date() + timedelta(days=10)
    moved = again(
        person, ResidentMoved, unit_id=unit_id("15727-02"), unit_code="15727-02", moved_on=moved_on,
        from_unit_id=person.unit_id, from_unit_code=person.unit_code,
    )  # fmt: skip
    await deliver(person, completed(person), moved)

    officer = calling("officer", unit_code="38")
    assert await numbers(officer, "15727-01") == (0, 0)
    assert await numbers(officer, "15727-02") == (1, 1)
    assert await numbers(officer, "15727-01", as_of=str(moved_on - timedelta(days=1))) == (1, 1)


async def test_a_corrected_village_was_always_the_right_one(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    person = registered()
    await deliver(person, again(person, ResidentUpdated, unit_id=unit_id("15727-02"), unit_code="15727-02"))

    officer = calling("officer", unit_code="38")
    day = str(OPENED_AT.date())
    assert await numbers(officer, "15727-01", as_of=day) == (0, 0)
    assert await numbers(officer, "15727-02", as_of=day) == (0, 1)


async def test_a_duplicate_counts_with_its_survivor_until_the_merge_is_undone(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    person, duplicate = registered(), registered("15727-02")
    await deliver(person, duplicate, completed(duplicate))
    officer = calling("officer", unit_code="38")
    assert await numbers(officer, "15724") == (1, 2)

    merged = again(duplicate, ResidentMerged, life="merged", survivor_id=person.resident_id)
    await deliver(merged)
    assert await numbers(officer, "15724") == (1, 1)
    assert await numbers(officer, "15727-01") == (1, 1)

    await deliver(again(merged, ResidentUnmerged, life="alive", survivor_id=person.resident_id))
    assert await numbers(officer, "15727-01") == (0, 1)
    assert await numbers(officer, "15727-02") == (1, 1)


async def test_the_dead_are_counted_until_their_day(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    person = registered()
    died = OPENED_AT.date() + timedelta(days=3)
    await deliver(person, again(person, ResidentDeceased, life="deceased", deceased_on=died))

    officer = calling("officer", unit_code="38")
    assert await numbers(officer, "15724") == (0, 0)
    assert await numbers(officer, "15724", as_of=str(died - timedelta(days=1))) == (0, 1)


async def test_a_revoked_step_counts_no_more(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    person = registered()
    opened = completed(person)
    closed = StepRevoked.model_validate(
        opened.model_dump() | {"version": 2, "status": "revoked", "marks": [], "at": OPENED_AT + timedelta(days=5)}
    )
    await deliver(person, opened, closed)

    officer = calling("officer", unit_code="38")
    assert await numbers(officer, "15724") == (0, 1)
    assert await numbers(officer, "15724", as_of=str(OPENED_AT.date())) == (1, 1)


async def test_the_same_account_is_divided_by_other_people_under_other_codes(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    adult, pupil, child = registered(), registered(birth_month="2011-01"), registered(birth_month="2020-01")
    abroad = registered(residence_status="away")
    await deliver(adult, pupil, child, abroad, completed(adult), completed(abroad))

    officer = calling("officer", unit_code="38")
    assert await numbers(officer, "15724", "payment_account") == (2, 4)
    assert await numbers(officer, "15724", "payment_account@15_plus") == (2, 3)
    assert await numbers(officer, "15724", "payment_account@adults") == (2, 2)
    assert await numbers(officer, "15724", "payment_account@smartphone_users") == (1, 3)


async def test_in_june_2024_there_was_a_district_and_the_totals_agree(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    await deliver(registered(), registered("15721-01"), registered("15724"))

    officer = calling("officer", unit_code="38")
    june = {"as_of": "2024-06-30"}
    assert await numbers(officer, "397", "residents", **june) == (3, None)
    assert await numbers(officer, "15727", "residents", **june) == (1, None)
    assert await numbers(officer, "38", "residents", **june) == await numbers(officer, "38", "residents")
    today = await officer.get("/v1/reports/progress", params={"unit_code": "397"})
    assert today.status_code == 400


async def test_the_public_sees_no_cell_under_five(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    people = [registered() for _ in range(6)]
    await deliver(*people, *(completed(each) for each in people[:3]))

    assert await numbers(calling(), "15724") == (None, 6)
    assert await numbers(calling(), "15727-02", "residents") == (None, None)
    assert await numbers(calling("officer", unit_code="15727-02"), "15724") == (None, 6)
    assert await numbers(calling("officer", unit_code="15724"), "15724") == (3, 6)


async def test_the_public_cannot_subtract_its_way_to_a_hidden_cell(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    """Three, six and eight people: with the three the six are hidden, on every page that shows them, and not the eight."""
    villages = {"15727-01": 6, "15727-02": 8, "15721-01": 3}
    people = [registered(code) for code, count in villages.items() for _ in range(count)]
    filing = PlanFiled(
        campaign_id=new_id(), filing_id=new_id(), unit_id=unit_id("15724"), unit_code="15724", kind="weekly",
        due_on=today(), filed_on=today(), state="on_time", period="2026-W36",
    )  # fmt: skip
    await deliver(*people, filing)

    async def shown(path: str, part: str) -> dict[str, int | None]:
        body = (await calling().get(f"/v1/reports/{path}")).json()
        found = {}
        for each in body[part]:
            residents = [
                figure for figure in each.get("indicators", [each]) if figure.get("code") in (None, "residents")
            ]
            found[each.get("unit_code", each.get("day"))] = residents[0]["numerator"]
        return found

    listed = (await calling().get("/v1/reports/filed?unit_code=15724")).json()["items"]
    expected = {"15727-01": None, "15727-02": 8, "15721-01": None}
    assert await shown("progress?unit_code=15724", "children") == expected
    assert await shown("ranking?level=village&indicator=residents", "items") == expected
    assert await shown(f"filed/{listed[0]['id']}", "children") == expected
    assert {code: (await numbers(calling(), code, "residents"))[0] for code in villages} == expected
    assert set((await shown("trend?unit_code=15727-01&indicator=residents", "points")).values()) == {None}
    page = await calling().get("/dashboard/units/15727-01")
    assert page.status_code == 200
    assert await numbers(calling(), "15724", "residents") == (17, None)
    assert await numbers(calling("officer", unit_code="15724"), "15727-01", "residents") == (6, None)


Villages = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=5), min_size=1, max_size=5)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(Villages)
def test_sums_and_differences_of_public_cells_reveal_no_hidden_one(communes: list[list[int]]) -> None:
    """A province of communes of villages; the public even knows which villages are empty."""
    totals = {f"{n}": {"x": sum(villages)} for n, villages in enumerate(communes)}
    hidden = suppressed_parts(totals, set())
    equations, counts = [["38", *totals]], {"38": sum(each["x"] for each in totals.values())}
    for n, villages in enumerate(communes):
        parts = {f"{n}-{m}": {"x": count} for m, count in enumerate(villages)}
        hidden |= suppressed_parts(parts, hidden[f"{n}"])
        equations.append([f"{n}", *parts])
        counts |= {name: each["x"] for name, each in (totals | parts).items()}
    unknown = {name for name, count in counts.items() if count > 0 and (count < 5 or "x" in hidden.get(name, ()))}

    assert all(sum(name in unknown for name in equation) != 1 for equation in equations)
    for whole, *parts in equations:
        lacking = sum(counts[part] for part in parts if part in unknown)
        assert whole in unknown or lacking == 0 or lacking >= 5


async def test_wrong_questions_are_refused(calling: Callable[..., Any]) -> None:
    for query in ("unit_code=99999", "unit_code=15724&as_of=yesterday", "unit_code=15724&colour=red"):
        answer = await calling().get(f"/v1/reports/progress?{query}")
        assert answer.status_code == 400, query
        assert answer.headers["content-type"] == "application/problem+json"


async def test_titles_follow_the_language(calling: Callable[..., Any]) -> None:
    answer = await calling().get("/v1/reports/indicators", headers={"Accept-Language": "en"})
    titles = {each["code"]: each["title"] for each in answer.json()["items"]}
    assert titles["residents"] == "Residents"
    answer = await calling().get("/v1/reports/indicators")
    assert {each["code"]: each["title"] for each in answer.json()["items"]}["residents"] == "Nhân khẩu"


async def test_the_body_is_what_the_document_promises(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    await deliver(registered())
    answer = await calling("officer", unit_code="38").get("/v1/reports/progress?unit_code=15724")
    assert ProgressView.model_validate(answer.json()).model_dump(mode="json") == as_json(answer.json()) | {
        "fresh_at": ProgressView.model_validate(answer.json()).model_dump(mode="json")["fresh_at"]
    }
