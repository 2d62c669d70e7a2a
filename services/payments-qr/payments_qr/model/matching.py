"""Matching of reported payments with codes and merchants: pure rules, no database. Amounts are whole VND."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Status = Literal["settled", "reversed", "unmatched", "possible_duplicate"]


class MatchOutcome(StrEnum):
    """The reason of a payment's status. The first six count; the others wait for a person's decision."""

    EXACT = "exact"
    MANGLED_REFERENCE = "mangled_reference"
    COUNTER = "counter"
    CUSTOMER_CODE = "customer_code"
    SEVERAL_BILLS = "several_bills"
    ACCEPTED = "accepted"
    PARTIAL = "partial"
    TOO_MUCH = "too_much"
    PAID_TWICE = "paid_twice"
    CLOSED_CODE = "closed_code"
    EXPIRED_CODE = "expired_code"
    WRONG_ACCOUNT = "wrong_account"
    WRONG_MERCHANT = "wrong_merchant"
    UNKNOWN_REFERENCE = "unknown_reference"
    UNKNOWN_ACCOUNT = "unknown_account"
    OTHER_PROVIDER = "other_provider"
    MERCHANT_NOT_ACTIVE = "merchant_not_active"
    AMBIGUOUS_BILLS = "ambiguous_bills"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    DISMISSED = "dismissed"
    REOPENED = "reopened"


COUNTING = frozenset(
    {
        *(MatchOutcome.EXACT, MatchOutcome.MANGLED_REFERENCE, MatchOutcome.COUNTER, MatchOutcome.CUSTOMER_CODE),
        *(MatchOutcome.SEVERAL_BILLS, MatchOutcome.ACCEPTED),
    }
)
# Two banks stamp the same transfer within minutes; two customers at one stall rarely pay the same to the second.
DUPLICATE_WINDOW = timedelta(minutes=10)
DUPLICATE_WINDOW_WITH_REFERENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class MatchInput:
    """A payment as a partner reported it. `has_reference`: the reference of the report is not empty."""

    partner_id: str
    amount: int
    settled_at: datetime
    has_reference: bool
    account_matches: bool | None = None  # None: the partner named no account


@dataclass(frozen=True, slots=True)
class FoundCode:
    """The code that the reference identifies. `by_customer_code`: the memo names the customer of its bill instead; with
    `pays_several` the amount is that of the customer's oldest bills, with `is_ambiguous` more than one reading fits."""

    kind: Literal["static", "dynamic", "external"]
    amount: int | None
    is_open: bool
    is_paid: bool
    expires_at: datetime | None
    was_mangled: bool
    belongs_to_named_merchant: bool = True
    pays_into_account: bool = True  # an external code may name another account
    by_customer_code: bool = False
    pays_several: bool = False
    is_ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class FoundMerchant:
    """The merchant that the payment belongs to, by code, merchant id or account."""

    provider: str
    is_active: bool = True  # at the time of the payment


def judge(payment: MatchInput, merchant: FoundMerchant | None, code: FoundCode | None) -> MatchOutcome:
    """The outcome of a single payment, without regard to other payments (see `is_duplicate`).

    It counts only if account, amount and reference fit the issued code; every other case has its own outcome.
    """
    if merchant is None:
        return MatchOutcome.UNKNOWN_REFERENCE if payment.has_reference else MatchOutcome.UNKNOWN_ACCOUNT
    if payment.partner_id != merchant.provider:
        return MatchOutcome.OTHER_PROVIDER
    if not merchant.is_active:
        return MatchOutcome.MERCHANT_NOT_ACTIVE
    if payment.account_matches is False:
        return MatchOutcome.WRONG_ACCOUNT
    if code is None:
        return MatchOutcome.UNKNOWN_REFERENCE if payment.has_reference else MatchOutcome.COUNTER
    if not code.belongs_to_named_merchant:
        return MatchOutcome.WRONG_MERCHANT
    if not code.pays_into_account:
        return MatchOutcome.WRONG_ACCOUNT
    return _judge_code(payment, code)


def _judge_code(payment: MatchInput, code: FoundCode) -> MatchOutcome:
    if code.is_paid:
        return MatchOutcome.PAID_TWICE
    if not code.is_open:
        return MatchOutcome.CLOSED_CODE
    if code.expires_at is not None and payment.settled_at > code.expires_at:
        return MatchOutcome.EXPIRED_CODE
    if code.is_ambiguous or code.pays_several:
        return MatchOutcome.AMBIGUOUS_BILLS if code.is_ambiguous else MatchOutcome.SEVERAL_BILLS
    if code.amount is not None and code.kind != "static" and payment.amount != code.amount:
        return MatchOutcome.PARTIAL if payment.amount < code.amount else MatchOutcome.TOO_MUCH
    if code.by_customer_code:
        return MatchOutcome.CUSTOMER_CODE
    return MatchOutcome.MANGLED_REFERENCE if code.was_mangled else MatchOutcome.EXACT


def status_of(outcome: MatchOutcome, is_reversed: bool = False) -> Status:
    """The public status; a reversal overrides every outcome, in either order of arrival."""
    if is_reversed:
        return "reversed"
    if outcome in COUNTING:
        return "settled"
    return "possible_duplicate" if outcome == MatchOutcome.POSSIBLE_DUPLICATE else "unmatched"


@dataclass(frozen=True, slots=True)
class ComparedPayment:
    """The attributes by which two reports of different partners are recognised as one payment."""

    partner_id: str
    amount: int
    settled_at: datetime
    reference_key: str | None


def is_duplicate(one: ComparedPayment, other: ComparedPayment) -> bool:
    """Whether two payments to one merchant are probably one: different partners, same amount, same time or reference."""
    if one.partner_id == other.partner_id or one.amount != other.amount:
        return False
    apart = abs(one.settled_at - other.settled_at)
    if one.reference_key and other.reference_key:
        return one.reference_key == other.reference_key and apart <= DUPLICATE_WINDOW_WITH_REFERENCE
    return apart <= DUPLICATE_WINDOW
