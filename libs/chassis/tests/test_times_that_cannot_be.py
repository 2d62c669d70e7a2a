"""What ends before it begins, or happened tomorrow, is refused in one way by every service."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest
from pydantic import ValidationError

from chassis.clock import frozen_at, local_date
from chassis.errors import InvalidBody, require_order
from chassis.testing import unit_event
from chassis.web.bodies import Instant, RequestBody
from chassis.web.past import ComingDay, PastDay, PastInstant, not_before

NOON = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)


class Period(RequestBody):
    first: Instant
    last: Annotated[Instant | None, not_before("first")] = None
    day: Annotated[Instant | None, not_before("first", by=local_date)] = None


class Told(RequestBody):
    day: PastDay | None = None
    at: PastInstant | None = None
    until: ComingDay | None = None


def codes_of(body, **sent):
    with frozen_at(NOON):
        try:
            body.model_validate(sent)
        except ValidationError as error:
            return [(one["loc"][0], one["type"]) for one in error.errors()]
    return []


def test_the_end_does_not_lie_before_the_beginning():
    first = "2026-11-02T09:00:00+07:00"

    assert codes_of(Period, first=first, last=first) == []
    assert codes_of(Period, first=first, last="2026-11-02T01:59:59Z") == [("last", "before-start")]
    assert codes_of(Period, first=first, day="2026-11-02T00:00:00+07:00") == []
    assert codes_of(Period, first=first, day="2026-11-01T23:59:00+07:00") == [("day", "before-start")]
    assert codes_of(Period, first="soon", last=first) == [("first", "datetime-parsing")]


def test_what_happened_has_come_and_what_is_due_has_not_passed():
    assert codes_of(Told, day="2026-12-01", at="2026-12-01T12:04:00+07:00", until="2026-12-01") == []
    assert codes_of(Told, day="2026-12-02") == [("day", "in-the-future")]
    assert codes_of(Told, at="2026-12-01T12:06:00+07:00") == [("at", "in-the-future")]
    assert codes_of(Told, until="2026-11-30") == [("until", "in-the-past")]


def test_the_order_of_stored_days_is_checked_where_both_are_known():
    require_order(None, NOON, "/to")
    require_order(NOON, None, "/to")
    require_order(NOON, NOON, "/to")
    with pytest.raises(InvalidBody) as refused:
        require_order(NOON, NOON - timedelta(days=1), "/to")
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/to", "before-start")]


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        ("2026-11-02", "2026-11-01", True),
        ("2026-11-01", "2026-11-01", False),
        ("2026-11-02T09:00:00+07:00", "2026-11-02", False),
        ("2026-11-02T09:00:00Z", "2026-11-02T09:00:00+07:00", True),
        ("2026-11-03T00:00:00+07:00", "2026-11-02", True),
        ("2026-11-02T09:00:00", "2026-11-01", False),
        ("soon", "2026-11-01", False),
    ],
)
async def test_a_period_of_a_query_that_ends_before_it_begins_is_refused(calling, deliver, first, last, is_refused):
    await deliver(unit_event("38", parents=()), unit_event("15724"))
    officer = calling("officer", unit_code="15724")

    answer = await officer.get("/v1/tags", params={"from": first, "to": last})

    assert answer.status_code == (400 if is_refused else 200)
    if is_refused:
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/from", "after-to")]
