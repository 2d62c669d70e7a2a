"""What anonymous callers may cost: an answer is computed once for all, and streams have a limited number of places."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from chassis.runtime import Runtime
from reporting.routes.public_answers import MOST_ANSWERS, _Answers
from reporting.routes.stream import MOST_STREAMS, ChangeStream
from services.reporting.tests.conftest import completed, registered
from services.reporting.tests.test_progress import numbers

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
        assert (await calling().get(path)).status_code == 400
