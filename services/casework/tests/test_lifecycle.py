"""The table of a dossier's life, read and walked at random."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.model.lifecycle import (
    NATIONAL,
    OPEN,
    SETTLED,
    TRANSITIONS,
    Action,
    Actor,
    Illegal,
    NotYours,
    Status,
    legal_actions,
    next_status,
)


def test_every_state_but_the_draft_has_a_national_code() -> None:
    assert set(NATIONAL) == set(Status)
    assert NATIONAL[Status.DRAFT] is None
    assert {code for code in NATIONAL.values() if code} == set(range(1, 11))


def test_every_state_is_open_settled_or_a_draft() -> None:
    assert set(Status) == OPEN | SETTLED | {Status.DRAFT}
    assert not OPEN & SETTLED


def test_no_two_rows_answer_the_same_question() -> None:
    for one, other in product(TRANSITIONS, TRANSITIONS):
        same = one is not other and (one.status, one.action) == (other.status, other.action)
        assert not same or (one.received is not None and one.received != other.received)


def test_every_state_can_be_reached_from_the_draft() -> None:
    reached = {Status.DRAFT}
    for _ in Status:
        reached |= {row.next for row in TRANSITIONS if row.status in reached}

    assert reached == set(Status)


def test_what_is_settled_stays_settled() -> None:
    assert {row.status for row in TRANSITIONS if row.status in SETTLED} == {Status.APPROVED}
    assert {row.next for row in TRANSITIONS if row.status is Status.APPROVED} == {Status.RETURNED}


def test_an_illegal_action_names_the_legal_ones() -> None:
    with pytest.raises(Illegal) as refused:
        next_status(Status.SUBMITTED, Action.RETURN_RESULT, Actor.OFFICER, received=False)

    assert set(refused.value.legal) == {
        Action.ACCEPT,
        Action.REFUSE,
        Action.REQUEST_SUPPLEMENT,
        Action.TRANSFER,
        Action.WITHDRAW,
    }


def test_an_applicant_never_accepts_their_own_dossier() -> None:
    with pytest.raises(NotYours):
        next_status(Status.SUBMITTED, Action.ACCEPT, Actor.APPLICANT, received=False)


@pytest.mark.parametrize(("received", "leads_to"), [(False, Status.SUBMITTED), (True, Status.PROCESSING)])
def test_a_supplement_returns_to_the_status_of_its_request(received: bool, leads_to: Status) -> None:
    after = next_status(Status.SUPPLEMENT_REQUESTED, Action.SUPPLEMENT, Actor.APPLICANT, received=received)

    assert after is leads_to


@pytest.mark.parametrize(("received", "ending"), [(False, Action.REFUSE), (True, Action.REJECT)])
def test_without_its_supplement_a_dossier_is_refused_before_its_receipt_and_rejected_after(
    received: bool, ending: Action
) -> None:
    legal = legal_actions(Status.SUPPLEMENT_REQUESTED, Actor.OFFICER, received=received)

    assert {Action.REFUSE, Action.REJECT} & {*legal} == {ending}


STEPS = st.lists(st.tuples(st.sampled_from(Action), st.sampled_from(Actor)), max_size=40)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_random_actions_never_leave_the_table(steps: list[tuple[Action, Actor]]) -> None:
    status, received = Status.DRAFT, False
    for action, actor in steps:
        legal = legal_actions(status, actor, received=received)
        if action not in legal:
            with pytest.raises((Illegal, NotYours)):
                next_status(status, action, actor, received=received)
            continue
        after = next_status(status, action, actor, received=received)
        assert any((row.status, row.action, row.next) == (status, action, after) for row in TRANSITIONS)
        status, received = after, received or action is Action.ACCEPT
    assert received or status in {
        Status.DRAFT,
        Status.SUBMITTED,
        Status.SUPPLEMENT_REQUESTED,
        Status.REFUSED,
        Status.WITHDRAWN,
    }
