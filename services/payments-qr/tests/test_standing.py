"""A merchant's standing: the later word holds, the maker never checks, and the office's block stays."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_qr.model.standing import (
    MayNot,
    Standing,
    Word,
    approved_by_officer,
    blocked,
    closed,
    rejected_by_officer,
    to_be_verified_again,
    told_by_provider,
)

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
WORDS: list[Word] = ["verified", "rejected", "suspended"]


def test_a_merchant_begins_submitted_and_may_not_issue_codes() -> None:
    assert Standing().status == "submitted"
    assert not Standing().may_issue_codes


def test_who_registered_a_merchant_cannot_verify_it() -> None:
    with pytest.raises(MayNot) as refused:
        approved_by_officer(Standing(), NOON, maker="a", checker="a")

    assert refused.value.reason == "maker-is-checker"
    assert approved_by_officer(Standing(), NOON, maker="a", checker="b").may_issue_codes


def test_a_block_ends_issuing_at_once_and_the_provider_cannot_lift_it() -> None:
    standing = blocked(told_by_provider(Standing(), "verified", NOON, "w1"))
    later = told_by_provider(standing, "verified", NOON + timedelta(days=1), "w2")

    assert standing.status == later.status == "suspended"
    assert approved_by_officer(later, NOON, maker="a", checker="a").status == "active"


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 3)), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_messages_in_any_order_and_twice_end_in_the_same_standing(words: list[tuple[Word, int]]) -> None:
    messages = [(word, NOON + timedelta(hours=hour), f"w{number}") for number, (word, hour) in enumerate(words)]

    ends = {after([*order, *order]) for order in permutations(messages)}

    assert len(ends) == 1


def after(messages: list[tuple[Word, datetime, str]]) -> Standing:
    standing = Standing()
    for word, at, message_id in messages:
        standing = told_by_provider(standing, word, at, message_id)
    return standing


def test_a_closed_merchant_stays_closed() -> None:
    gone = closed(Standing())

    assert told_by_provider(gone, "verified", NOON, "w").status == "closed"
    for change in (blocked, closed):
        with pytest.raises(MayNot):
            change(gone)


def test_another_account_must_be_verified_again() -> None:
    active = told_by_provider(Standing(), "verified", NOON, "w1")

    assert to_be_verified_again(active, NOON + timedelta(hours=1)).status == "submitted"


def test_a_rejected_merchant_may_be_approved_later() -> None:
    rejected = rejected_by_officer(Standing(), NOON, checker="b")

    assert rejected.status == "rejected"
    assert approved_by_officer(rejected, NOON, maker="a", checker="b").status == "active"
