"""The lifecycle of a merchant: decisions of its provider and of the office, and who may make them. Pure rules.

Verification (submitted, active, rejected, suspended: by the provider; active and rejected also by a second officer) is
separate from the office's block, which only the office lifts. A block takes effect at once. A change of what payers rely
on (name, category, unit, owner, provider, account) makes a merchant submitted again. Every state has a way back: a block
is lifted, a rejected merchant is approved, a closed one reopened by another officer.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Verification = Literal["submitted", "active", "rejected", "suspended"]
Status = Literal["submitted", "active", "rejected", "suspended", "closed"]
ProviderStatus = Literal["verified", "rejected", "suspended"]
Refusal = Literal["maker-is-checker", "merchant-closed", "suspended-by-provider"]
_VERIFICATION_OF: dict[ProviderStatus, Verification] = {
    "verified": "active",
    "rejected": "rejected",
    "suspended": "suspended",
}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`decided_at` and `decided_by` are time and id of the last decision on verification; the later decision holds.

    `makers` are the accounts whose registration or changes the present details consist of: none of them verifies.
    """

    verification: Verification = "submitted"
    decided_at: datetime | None = None
    decided_by: str = ""
    is_blocked: bool = False
    is_closed: bool = False
    closed_by: str | None = None
    makers: frozenset[str] = frozenset()

    @property
    def status(self) -> Status:
        if self.is_closed:
            return "closed"
        return "suspended" if self.is_blocked else self.verification

    @property
    def may_issue_codes(self) -> bool:
        return self.status == "active"


class TransitionRefused(Exception):
    """The change is not allowed; `reason` is a stable code."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason)


def with_provider_status(
    lifecycle: Lifecycle, provider_status: ProviderStatus, decided_at: datetime, decided_by: str
) -> Lifecycle:
    """The lifecycle after a provider's message; one older than the last decision changes nothing (ties by id)."""
    last = (lifecycle.decided_at, lifecycle.decided_by)
    is_older = lifecycle.decided_at is not None and (decided_at, decided_by) <= last
    if is_older or lifecycle.is_closed:
        return lifecycle
    verification = _VERIFICATION_OF[provider_status]
    return replace(lifecycle, verification=verification, decided_at=decided_at, decided_by=decided_by)


def approved_by_officer(lifecycle: Lifecycle, at: datetime, checker: str) -> Lifecycle:
    """A second officer verifies a submitted or rejected merchant, or reopens a closed one; any officer lifts the block."""
    if lifecycle.is_closed:
        return _reopened(lifecycle, at, checker)
    if lifecycle.is_blocked:
        return replace(lifecycle, is_blocked=False)
    if lifecycle.verification == "active":
        return lifecycle
    if lifecycle.verification == "suspended":
        raise TransitionRefused("suspended-by-provider")
    if checker in lifecycle.makers:
        raise TransitionRefused("maker-is-checker")
    return replace(lifecycle, verification="active", decided_at=at, decided_by=f"officer:{checker}")


def _reopened(lifecycle: Lifecycle, at: datetime, checker: str) -> Lifecycle:
    if checker == lifecycle.closed_by:
        raise TransitionRefused("maker-is-checker")
    reopened = replace(lifecycle, is_closed=False, closed_by=None)
    is_waiting = reopened.verification in ("submitted", "rejected") and not reopened.is_blocked
    return approved_by_officer(reopened, at, checker) if is_waiting else reopened


def rejected_by_officer(lifecycle: Lifecycle, at: datetime, checker: str) -> Lifecycle:
    """An officer refuses the merchant."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, verification="rejected", decided_at=at, decided_by=f"officer:{checker}")


def blocked(lifecycle: Lifecycle) -> Lifecycle:
    """The office suspends the merchant, whatever the provider decides before or after."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, is_blocked=True)


def closed(lifecycle: Lifecycle, by: str) -> Lifecycle:
    """The merchant ends; only another officer reopens it."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, is_closed=True, closed_by=by)


def to_be_verified_again(lifecycle: Lifecycle, at: datetime, maker: str) -> Lifecycle:
    """The merchant after a change of its details by `maker`: the earlier verification concerned other details."""
    _refuse_closed(lifecycle)
    was_verified = lifecycle.verification in ("active", "suspended")
    makers = frozenset({maker}) if was_verified else lifecycle.makers | {maker}
    return replace(lifecycle, verification="submitted", decided_at=at, decided_by="changed", makers=makers)


def _refuse_closed(lifecycle: Lifecycle) -> None:
    if lifecycle.is_closed:
        raise TransitionRefused("merchant-closed")
