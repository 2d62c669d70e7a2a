"""The lifecycle of a merchant: decisions of its provider and of the office, and who may make them. Pure rules.

Verification (submitted, active, rejected, suspended: by the provider; active and rejected also by a second officer) is
separate from the office's block, which only the office lifts. A block takes effect at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Verification = Literal["submitted", "active", "rejected", "suspended"]
Status = Literal["submitted", "active", "rejected", "suspended", "closed"]
ProviderStatus = Literal["verified", "rejected", "suspended"]
_VERIFICATION_OF: dict[ProviderStatus, Verification] = {
    "verified": "active",
    "rejected": "rejected",
    "suspended": "suspended",
}


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`decided_at` and `decided_by` are time and id of the last decision on verification; the later decision holds."""

    verification: Verification = "submitted"
    decided_at: datetime | None = None
    decided_by: str = ""
    is_blocked: bool = False
    is_closed: bool = False

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

    def __init__(self, reason: Literal["maker-is-checker", "merchant-closed", "nothing-to-do"]) -> None:
        self.reason = reason
        super().__init__(reason)


def with_provider_status(
    lifecycle: Lifecycle, provider_status: ProviderStatus, decided_at: datetime, decided_by: str
) -> Lifecycle:
    """The lifecycle after a provider's message; one older than the last decision changes nothing (ties by id)."""
    is_older = lifecycle.decided_at is not None and (decided_at, decided_by) <= (
        lifecycle.decided_at,
        lifecycle.decided_by,
    )
    if is_older or lifecycle.is_closed:
        return lifecycle
    return replace(
        lifecycle, verification=_VERIFICATION_OF[provider_status], decided_at=decided_at, decided_by=decided_by
    )


def approved_by_officer(lifecycle: Lifecycle, at: datetime, maker: str, checker: str) -> Lifecycle:
    """A second officer verifies a submitted or rejected merchant, or lifts the office's block."""
    _refuse_closed(lifecycle)
    if lifecycle.is_blocked:
        return replace(lifecycle, is_blocked=False)
    if maker == checker:
        raise TransitionRefused("maker-is-checker")
    return replace(lifecycle, verification="active", decided_at=at, decided_by=f"officer:{checker}")


def rejected_by_officer(lifecycle: Lifecycle, at: datetime, checker: str) -> Lifecycle:
    """An officer refuses the merchant."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, verification="rejected", decided_at=at, decided_by=f"officer:{checker}")


def blocked(lifecycle: Lifecycle) -> Lifecycle:
    """The office suspends the merchant, whatever the provider says before or after."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, is_blocked=True)


def closed(lifecycle: Lifecycle) -> Lifecycle:
    """The merchant ends; nothing changes it afterwards."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, is_closed=True)


def to_be_verified_again(lifecycle: Lifecycle, at: datetime) -> Lifecycle:
    """Another settlement account: the old verification was of another account."""
    _refuse_closed(lifecycle)
    return replace(lifecycle, verification="submitted", decided_at=at, decided_by="account-changed")


def _refuse_closed(lifecycle: Lifecycle) -> None:
    if lifecycle.is_closed:
        raise TransitionRefused("merchant-closed")
