"""Every mismatch of a payment has its own outcome; only a payment that fits counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments_qr.model.matching import (
    COUNTING,
    ComparedPayment,
    FoundCode,
    FoundMerchant,
    MatchInput,
    MatchOutcome,
    is_duplicate,
    judge,
    status_of,
)

NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)
REPORT = MatchInput(partner_id="demo-bank", amount=50_000, settled_at=NOON, has_reference=True)
SHOP = FoundMerchant(provider="demo-bank")
BILL = FoundCode(
    kind="dynamic", amount=50_000, is_open=True, is_paid=False, expires_at=NOON + timedelta(hours=1), was_mangled=False
)


def test_a_payment_that_fits_is_settled() -> None:
    assert judge(REPORT, SHOP, BILL) == MatchOutcome.EXACT


@pytest.mark.parametrize(
    ("report", "merchant", "code", "outcome"),
    [
        (REPORT, SHOP, replace(BILL, was_mangled=True), MatchOutcome.MANGLED_REFERENCE),
        (replace(REPORT, has_reference=False), SHOP, None, MatchOutcome.COUNTER),
        (replace(REPORT, amount=49_999), SHOP, BILL, MatchOutcome.PARTIAL),
        (replace(REPORT, amount=50_001), SHOP, BILL, MatchOutcome.TOO_MUCH),
        (REPORT, SHOP, replace(BILL, is_paid=True, is_open=False), MatchOutcome.PAID_TWICE),
        (REPORT, SHOP, replace(BILL, is_open=False), MatchOutcome.CLOSED_CODE),
        (replace(REPORT, settled_at=NOON + timedelta(hours=2)), SHOP, BILL, MatchOutcome.EXPIRED_CODE),
        (replace(REPORT, account_matches=False), SHOP, BILL, MatchOutcome.WRONG_ACCOUNT),
        (REPORT, SHOP, replace(BILL, pays_into_account=False), MatchOutcome.WRONG_ACCOUNT),
        (REPORT, replace(SHOP, is_active=False), BILL, MatchOutcome.MERCHANT_NOT_ACTIVE),
        (REPORT, SHOP, replace(BILL, amount=20_000, pays_several=True), MatchOutcome.SEVERAL_BILLS),
        (REPORT, SHOP, replace(BILL, pays_several=True, is_ambiguous=True), MatchOutcome.AMBIGUOUS_BILLS),
        (REPORT, SHOP, replace(BILL, belongs_to_named_merchant=False), MatchOutcome.WRONG_MERCHANT),
        (REPORT, SHOP, None, MatchOutcome.UNKNOWN_REFERENCE),
        (REPORT, None, None, MatchOutcome.UNKNOWN_REFERENCE),
        (replace(REPORT, has_reference=False), None, None, MatchOutcome.UNKNOWN_ACCOUNT),
        (replace(REPORT, partner_id="demo-wallet"), SHOP, BILL, MatchOutcome.OTHER_PROVIDER),
    ],
)
def test_each_misfit_has_its_own_outcome(
    report: MatchInput, merchant: FoundMerchant | None, code: FoundCode | None, outcome: MatchOutcome
) -> None:
    assert judge(report, merchant, code) == outcome


def test_a_static_code_takes_any_amount() -> None:
    counter = FoundCode(kind="static", amount=None, is_open=True, is_paid=False, expires_at=None, was_mangled=False)

    assert judge(replace(REPORT, amount=7_000), SHOP, counter) == MatchOutcome.EXACT


@given(
    amount=st.integers(1, 10**6),
    issued=st.integers(1, 10**6),
    is_open=st.booleans(),
    is_paid=st.booleans(),
    mangled=st.booleans(),
    account=st.sampled_from([None, True, False]),
    own_provider=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_nothing_counts_unless_everything_fits(
    amount: int, issued: int, is_open: bool, is_paid: bool, mangled: bool, account: bool | None, own_provider: bool
) -> None:
    report = replace(REPORT, amount=amount, account_matches=account)
    code = replace(BILL, amount=issued, is_open=is_open, is_paid=is_paid, was_mangled=mangled)
    merchant = FoundMerchant("demo-bank" if own_provider else "demo-wallet")

    fits = own_provider and account is not False and is_open and not is_paid and amount == issued
    assert (judge(report, merchant, code) in COUNTING) == fits


def test_a_reversal_wins_whatever_the_outcome() -> None:
    assert {status_of(outcome, is_reversed=True) for outcome in MatchOutcome} == {"reversed"}
    assert status_of(MatchOutcome.POSSIBLE_DUPLICATE) == "possible_duplicate"
    assert status_of(MatchOutcome.UNKNOWN_REFERENCE) == "unmatched"
    assert {status_of(outcome) for outcome in COUNTING} == {"settled"}


def test_equal_reports_of_two_partners_at_one_time_are_one_payment() -> None:
    bank = ComparedPayment("demo-bank", 50_000, NOON, None)

    assert is_duplicate(bank, ComparedPayment("demo-wallet", 50_000, NOON + timedelta(minutes=3), None))
    assert not is_duplicate(bank, ComparedPayment("demo-bank", 50_000, NOON, None))
    assert not is_duplicate(bank, ComparedPayment("demo-wallet", 50_001, NOON, None))
    assert not is_duplicate(bank, ComparedPayment("demo-wallet", 50_000, NOON + timedelta(hours=3), None))
    assert is_duplicate(
        replace(bank, reference_key="BK1"), ComparedPayment("demo-wallet", 50_000, NOON + timedelta(hours=3), "BK1")
    )


MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("apart", "keys", "is_one"),
    [
        (10 * MINUTE, (None, None), True),
        (10 * MINUTE + SECOND, (None, None), False),
        (-10 * MINUTE, (None, None), True),
        (10 * MINUTE, ("BK1", None), True),
        (10 * MINUTE + SECOND, ("BK1", None), False),
        (10 * MINUTE, (None, "BK1"), True),
        (10 * MINUTE + SECOND, (None, "BK1"), False),
        (timedelta(days=3), ("BK1", "BK1"), True),
        (timedelta(days=3) + SECOND, ("BK1", "BK1"), False),
        (timedelta(0), ("BK1", "BK2"), False),
    ],
)
def test_two_reports_are_one_payment_up_to_ten_minutes_or_with_one_reference_up_to_three_days(
    apart: timedelta, keys: tuple[str | None, str | None], is_one: bool
) -> None:
    bank = ComparedPayment("demo-bank", 50_000, NOON, keys[0])
    wallet = ComparedPayment("demo-wallet", 50_000, NOON + apart, keys[1])

    assert is_duplicate(bank, wallet) == is_duplicate(wallet, bank) == is_one


@pytest.mark.parametrize(("late", "outcome"), [(0, MatchOutcome.EXACT), (1, MatchOutcome.EXPIRED_CODE)])
def test_a_payment_at_the_instant_of_expiry_counts_and_one_second_later_does_not(
    late: int, outcome: MatchOutcome
) -> None:
    assert BILL.expires_at is not None

    assert judge(replace(REPORT, settled_at=BILL.expires_at + late * SECOND), SHOP, BILL) == outcome


def test_a_customer_code_in_the_memo_pays_its_bill_like_a_reference_and_no_other_amount() -> None:
    bill = replace(BILL, by_customer_code=True, was_mangled=True)

    assert judge(REPORT, SHOP, bill) == MatchOutcome.CUSTOMER_CODE
    assert judge(replace(REPORT, amount=49_999), SHOP, bill) == MatchOutcome.PARTIAL
    assert judge(REPORT, SHOP, replace(bill, is_open=False, is_paid=True)) == MatchOutcome.PAID_TWICE
