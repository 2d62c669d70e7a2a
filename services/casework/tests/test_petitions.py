"""The table of feedback's life and its deadlines."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.calendar import VIETNAM, load_calendar
from casework.model.petitions import (
    FEEDBACK_TRANSITIONS,
    FeedbackAction,
    FeedbackActor,
    FeedbackCategory,
    FeedbackIllegal,
    FeedbackNotYours,
    FeedbackStatus,
    answer_due_at,
    legal_feedback_actions,
    next_feedback_status,
    publish_due_at,
)
from province import get_pack

CALENDAR = load_calendar(get_pack().calendar)


def test_an_illegal_action_names_the_legal_ones() -> None:
    with pytest.raises(FeedbackIllegal) as refused:
        next_feedback_status(FeedbackStatus.CLOSED, FeedbackAction.ANSWER, FeedbackActor.OFFICER)

    assert refused.value.legal == (FeedbackAction.REOPEN,)


def test_only_the_author_rates() -> None:
    with pytest.raises(FeedbackNotYours):
        next_feedback_status(FeedbackStatus.ANSWERED, FeedbackAction.RATE, FeedbackActor.OFFICER)


def test_every_state_can_be_reached() -> None:
    reached = {FeedbackStatus.RECEIVED}
    for _ in FeedbackStatus:
        reached |= {row.next for row in FEEDBACK_TRANSITIONS if row.status in reached}

    assert reached == set(FeedbackStatus)


def test_no_state_is_a_dead_end() -> None:
    assert {row.status for row in FEEDBACK_TRANSITIONS} == set(FeedbackStatus)


def test_the_answer_is_due_after_fifteen_working_days_and_published_within_two() -> None:
    sent = datetime(2026, 11, 13, 9, tzinfo=VIETNAM)  # Friday; Tuesday the 24th is a holiday

    assert answer_due_at(CALENDAR, FeedbackCategory.CONDUCT, sent) == datetime(2026, 12, 7, 17, tzinfo=VIETNAM)
    assert publish_due_at(CALENDAR, FeedbackCategory.FIELD, sent) == datetime(2026, 11, 17, 17, tzinfo=VIETNAM)


STEPS = st.lists(st.tuples(st.sampled_from(FeedbackAction), st.sampled_from(FeedbackActor)), max_size=40)


@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_random_actions_never_leave_the_table(steps: list[tuple[FeedbackAction, FeedbackActor]]) -> None:
    status = FeedbackStatus.RECEIVED
    for action, actor in steps:
        if action not in legal_feedback_actions(status, actor):
            with pytest.raises((FeedbackIllegal, FeedbackNotYours)):
                next_feedback_status(status, action, actor)
            continue
        after = next_feedback_status(status, action, actor)
        assert any(row[:3] == (status, action, after) for row in FEEDBACK_TRANSITIONS)
        status = after
