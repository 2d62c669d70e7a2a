"""What a reported payment is: pure rules, no database. Amounts are whole VND."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

Status = Literal["settled", "reversed", "unmatched", "possible_duplicate"]


class Outcome(StrEnum):
    """Why a payment has its status. The first four count, the others wait for a person."""

    EXACT = "exact"
    MANGLED_REFERENCE = "mangled_reference"
    COUNTER = "counter"
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
    POSSIBLE_DUPLICATE = "possible_duplicate"
    DISMISSED = "dismissed"


COUNTING = frozenset({Outcome.EXACT, Outcome.MANGLED_REFERENCE, Outcome.COUNTER, Outcome.ACCEPTED})
# Two banks stamp the same transfer within minutes; two customers at one stall rarely pay the same to the second.
DUPLICATE_WINDOW = timedelta(minutes=10)
DUPLICATE_WINDOW_WITH_REFERENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Report:
    """A partner's word about one payment. `has_reference`: something was written where a reference belongs."""

    partner_id: str
    amount: int
    settled_at: datetime
    has_reference: bool
    account_matches: bool | None = None  # None: the partner named no account
    merchant_named: bool = False


@dataclass(frozen=True, slots=True)
class FoundCode:
    """The code that a reference led to."""

    kind: Literal["static", "dynamic", "external"]
    amount: int | None
    is_open: bool
    is_paid: bool
    expires_at: datetime | None
    was_mangled: bool
    belongs_to_named_merchant: bool = True


@dataclass(frozen=True, slots=True)
class FoundMerchant:
    """The merchant that the payment belongs to, by code, name or account."""

    provider: str


def judge(report: Report, merchant: FoundMerchant | None, code: FoundCode | None) -> Outcome:
    """The outcome of a payment on its own, before other payments are looked at (see `is_duplicate`).

    It counts only if account, amount and reference fit what was issued; everything else has a name of its own.
    """
    if merchant is None:
        return Outcome.UNKNOWN_REFERENCE if report.has_reference else Outcome.UNKNOWN_ACCOUNT
    if report.partner_id != merchant.provider:
        return Outcome.OTHER_PROVIDER
    if report.account_matches is False:
        return Outcome.WRONG_ACCOUNT
    if code is None:
        return Outcome.UNKNOWN_REFERENCE if report.has_reference else Outcome.COUNTER
    if not code.belongs_to_named_merchant:
        return Outcome.WRONG_MERCHANT
    return _judge_code(report, code)


def _judge_code(report: Report, code: FoundCode) -> Outcome:
    if code.is_paid:
        return Outcome.PAID_TWICE
    if not code.is_open:
        return Outcome.CLOSED_CODE
    if code.expires_at is not None and report.settled_at > code.expires_at:
        return Outcome.EXPIRED_CODE
    if code.amount is not None and code.kind != "static" and report.amount != code.amount:
        return Outcome.PARTIAL if report.amount < code.amount else Outcome.TOO_MUCH
    return Outcome.MANGLED_REFERENCE if code.was_mangled else Outcome.EXACT


def status_of(outcome: Outcome, is_reversed: bool = False) -> Status:
    """The public status; a reversal wins over everything, in whatever order the two arrived."""
    if is_reversed:
        return "reversed"
    if outcome in COUNTING:
        return "settled"
    return "possible_duplicate" if outcome == Outcome.POSSIBLE_DUPLICATE else "unmatched"


@dataclass(frozen=True, slots=True)
class Sighting:
    """As much of a payment as is needed to see that two partners speak of the same one."""

    partner_id: str
    amount: int
    settled_at: datetime
    reference_key: str | None


def is_duplicate(one: Sighting, other: Sighting) -> bool:
    """Whether two payments to one merchant are probably one: two partners, one amount, one time or one reference."""
    if one.partner_id == other.partner_id or one.amount != other.amount:
        return False
    apart = abs(one.settled_at - other.settled_at)
    if one.reference_key and other.reference_key:
        return one.reference_key == other.reference_key and apart <= DUPLICATE_WINDOW_WITH_REFERENCE
    return apart <= DUPLICATE_WINDOW
