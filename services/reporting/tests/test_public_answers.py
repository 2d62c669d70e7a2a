"""What anonymous callers may cost: an answer is computed once for all, and streams have a limited number of places."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from chassis.clock import frozen_at
from chassis.runtime import Runtime
from reporting.routes.public_answers import MOST_ANSWERS, _Answers
from reporting.routes.stream import MOST_STREAMS, ChangeStream
from services.reporting.tests.conftest import completed, registered
from services.reporting.tests.test_progress import numbers
from services.reporting.tests.test_reports import campaign

pytestmark = pytest.mark.usefixtures("units")


async def test_many_requests_for_one_page_cost_one_computation(
    deliver: Callable[..., Any], calling: Callable[..., Any], runtime: Runtime
) -> None:
    await deliver(*(registered() for _ in range(6)))
    statements: list[str] = []
    event.listen(
        runtime.database.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    client = calling()

    pages = await asyncio.gather(*(client.get("/dashboard/units/15724") for _ in range(40)))
    assert {page.status_code for page in pages} == {200}
    once = [statement for statement in statements if "count_at_base" in statement]
    more = await client.get("/dashboard/units/15724")
    assert more.text == pages[0].text
    assert [statement for statement in statements if "count_at_base" in statement] == once
    assert len(once) < 40


async def test_a_public_answer_follows_every_change(deliver: Callable[..., Any], calling: Callable[..., Any]) -> None:
    people = [registered() for _ in range(12)]
    client = calling()
    await deliver(*people)
    for opened in (5, 6, 7):
        await deliver(*(completed(person) for person in people[:opened]))
        assert await numbers(client, "15724") == (opened, 12)
        assert await numbers(calling("officer", unit_code="15724"), "15724") == (opened, 12)


async def test_a_ranking_reads_the_counters_that_it_compares_and_no_others(
    deliver: Callable[..., Any], calling: Callable[..., Any], runtime: Runtime
) -> None:
    people = [registered() for _ in range(6)]
    await deliver(campaign(), *people, *(completed(person) for person in people))
    read = counters_read(runtime)
    await calling().get("/v1/reports/ranking?indicator=province_app&level=village")
    assert read
    assert set().union(*read) == {"province_app", "payment_account", "residents", "procedures_chosen"}, (
        "the indicator, and what has a target"
    )


async def test_a_day_of_a_public_trend_costs_the_counters_that_it_depends_on(
    deliver: Callable[..., Any], calling: Callable[..., Any], runtime: Runtime
) -> None:
    await deliver(*(registered() for _ in range(6)))
    read = counters_read(runtime)
    await calling().get("/v1/reports/trend?indicator=payment_account@adults&unit_code=15727-01")
    known = {"payment_account", "residents"}
    assert set().union(*read) == {f"{name}{of}" for name in known for of in ("", "@15_plus", "@adults")}
    assert len(read) <= 8, "one statement each for the unit and the tables around it, however many days there are"


def counters_read(runtime: Runtime) -> list[set[str]]:
    """The counters that each statement asks for, as they are sent; None of all of them fails the test."""
    read: list[set[str]] = []

    def keep(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "count_at_base" in statement or "count_on_day" in statement or "total_" in statement:
            named = [each for each in parameters if isinstance(each, list) and each and isinstance(each[0], str)]
            assert named, f"asks for all counters: {statement}"
            read.extend({*each} for each in named)

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", keep)
    return read


async def test_a_change_is_seen_although_the_clock_stood_still(
    deliver: Callable[..., Any], calling: Callable[..., Any]
) -> None:
    """Of two workers, the one whose transaction began first may commit last."""
    people = [registered() for _ in range(7)]
    await deliver(*people)
    client = calling()
    for opened, second in ((5, 9), (6, 5)):
        with frozen_at(datetime(2026, 11, 30, 3, 0, second, tzinfo=UTC)):
            await deliver(*(completed(person) for person in people[:opened]))
        assert await numbers(client, "15724") == (opened, 7)


async def test_a_failed_computation_is_tried_again_and_old_answers_are_dropped() -> None:
    answers, calls = _Answers(), []

    async def compute() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        return len(calls)

    with pytest.raises(ConnectionError):
        await answers.get("key", 1, compute)
    assert await answers.get("key", 1, compute) == 2
    assert await answers.get("key", 1, compute) == 2
    for number in range(MOST_ANSWERS):
        await answers.get(number, 1, compute)
    assert len(answers._answers) == MOST_ANSWERS


async def test_streams_have_a_limited_number_of_places(calling: Callable[..., Any]) -> None:
    ChangeStream.open_streams += MOST_STREAMS
    try:
        answer = await calling().get("/v1/reports/stream?unit_code=15724")
    finally:
        ChangeStream.open_streams -= MOST_STREAMS
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert ChangeStream.open_streams == 0


async def test_an_indicator_that_does_not_exist_is_refused_on_pages_too(calling: Callable[..., Any]) -> None:
    for path in ("/dashboard?indicator=beauty", "/dashboard/units/15724?indicator=beauty&sort=name"):
        page = await calling().get(path)
        assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
        assert "chỉ số không có trong danh mục" in page.text
