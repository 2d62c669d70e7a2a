"""A merchant's lifecycle: the later decision holds, the maker never checks, and the office's block stays."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_qr.model.lifecycle import (
    Lifecycle,
    ProviderStatus,
    TransitionRefused,
    approved_by_officer,
    blocked,
    closed,
    rejected_by_officer,
    to_be_verified_again,
    with_provider_status,
)

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
PROVIDER_STATUSES: list[ProviderStatus] = ["verified", "rejected", "suspended"]


def test_a_merchant_begins_submitted_and_may_not_issue_codes() -> None:
    assert Lifecycle().status == "submitted"
    assert not Lifecycle().may_issue_codes


def test_the_maker_of_a_merchant_cannot_verify_it() -> None:
    submitted = Lifecycle(makers=frozenset("a"))
    with pytest.raises(TransitionRefused) as refused:
        approved_by_officer(submitted, NOON, checker="a")

    assert refused.value.reason == "maker-is-checker"
    assert approved_by_officer(submitted, NOON, checker="b").may_issue_codes


def test_a_block_ends_issuing_at_once_and_the_provider_cannot_lift_it() -> None:
    lifecycle = blocked(with_provider_status(Lifecycle(), "verified", NOON, "w1"))
    later = with_provider_status(lifecycle, "verified", NOON + timedelta(days=1), "w2")

    assert lifecycle.status == later.status == "suspended"
    assert approved_by_officer(later, NOON, checker="a").status == "active"


@given(st.lists(st.tuples(st.sampled_from(PROVIDER_STATUSES), st.integers(0, 3)), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_repeated_events_in_any_order_end_in_the_same_lifecycle(decisions: list[tuple[ProviderStatus, int]]) -> None:
    messages = [(status, NOON + timedelta(hours=hour), f"w{number}") for number, (status, hour) in enumerate(decisions)]

    ends = {after([*order, *order]) for order in permutations(messages)}

    assert len(ends) == 1


def after(messages: list[tuple[ProviderStatus, datetime, str]]) -> Lifecycle:
    lifecycle = Lifecycle()
    for status, at, message_id in messages:
        lifecycle = with_provider_status(lifecycle, status, at, message_id)
    return lifecycle


def test_a_closed_merchant_is_reopened_by_another_officer_only() -> None:
    gone = closed(with_provider_status(Lifecycle(), "verified", NOON, "w"), by="a")

    assert with_provider_status(gone, "verified", NOON + timedelta(days=1), "w2").status == "closed"
    for change in (lambda: blocked(gone), lambda: closed(gone, "b"), lambda: approved_by_officer(gone, NOON, "a")):
        with pytest.raises(TransitionRefused):
            change()
    assert approved_by_officer(gone, NOON, "b").status == "active"


def test_a_suspension_by_the_provider_is_lifted_by_the_provider_only() -> None:
    suspended = with_provider_status(Lifecycle(makers=frozenset("a")), "suspended", NOON, "w")

    with pytest.raises(TransitionRefused) as refused:
        approved_by_officer(suspended, NOON, "b")
    assert refused.value.reason == "suspended-by-provider"


def test_every_officer_who_changed_the_details_since_they_were_verified_is_a_maker() -> None:
    changed = to_be_verified_again(Lifecycle(verification="active", makers=frozenset("x")), NOON, "a")
    twice = to_be_verified_again(changed, NOON, "b")

    assert twice.makers == {"a", "b"}
    for maker in "ab":
        with pytest.raises(TransitionRefused):
            approved_by_officer(twice, NOON, maker)
    assert approved_by_officer(twice, NOON, "x").status == "active"


def test_another_account_must_be_verified_again() -> None:
    active = with_provider_status(Lifecycle(), "verified", NOON, "w1")

    assert to_be_verified_again(active, NOON + timedelta(hours=1), maker="a").status == "submitted"


def test_a_rejected_merchant_may_be_approved_later() -> None:
    rejected = rejected_by_officer(Lifecycle(), NOON, checker="b")

    assert rejected.status == "rejected"
    assert approved_by_officer(rejected, NOON, checker="b").status == "active"


def test_a_second_status_under_the_id_and_time_of_the_last_decision_changes_nothing() -> None:
    verified = with_provider_status(Lifecycle(), "verified", NOON, "w1")

    assert with_provider_status(verified, "rejected", NOON, "w1") == verified


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Lifecycle(), "active"),
        (with_provider_status(Lifecycle(), "suspended", NOON, "w"), "suspended"),
        (blocked(Lifecycle()), "suspended"),
    ],
    ids=["submitted", "suspended by the provider", "blocked by the office"],
)
def test_reopening_verifies_a_waiting_merchant_and_lifts_no_suspension(before: Lifecycle, after: str) -> None:
    reopened = approved_by_officer(closed(before, by="a"), NOON, "b")

    assert (reopened.status, reopened.is_blocked) == (after, before.is_blocked)


def test_an_approval_of_an_active_merchant_changes_nothing() -> None:
    active = with_provider_status(Lifecycle(), "verified", NOON, "w")

    assert approved_by_officer(active, NOON + timedelta(days=1), "b") == active
