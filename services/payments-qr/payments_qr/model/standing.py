"""A merchant's standing: what its provider says, what the office says, and who may say it. Pure rules.

Two things are kept apart: verification (submitted, active, rejected, suspended: by the provider, or active and
rejected by a second officer) and the office's block, which only the office lifts. Blocking works at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Verification = Literal["submitted", "active", "rejected", "suspended"]
Status = Literal["submitted", "active", "rejected", "suspended", "closed"]
Word = Literal["verified", "rejected", "suspended"]
_BY_WORD: dict[Word, Verification] = {"verified": "active", "rejected": "rejected", "suspended": "suspended"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`said_at` and `said_by` are the time and the id of the last word on verification; the later word holds."""

    verification: Verification = "submitted"
    said_at: datetime | None = None
    said_by: str = ""
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


class MayNot(Exception):
    """The change is not allowed; `reason` is a stable code."""

    def __init__(self, reason: Literal["maker-is-checker", "merchant-closed", "nothing-to-do"]) -> None:
        self.reason = reason
        super().__init__(reason)


def told_by_provider(standing: Standing, word: Word, said_at: datetime, said_by: str) -> Standing:
    """After the provider's message; an older message than the last word changes nothing (ties by id)."""
    is_older = standing.said_at is not None and (said_at, said_by) <= (standing.said_at, standing.said_by)
    if is_older or standing.is_closed:
        return standing
    return replace(standing, verification=_BY_WORD[word], said_at=said_at, said_by=said_by)


def approved_by_officer(standing: Standing, at: datetime, maker: str, checker: str) -> Standing:
    """A second officer verifies a submitted or rejected merchant, or lifts the office's block."""
    _refuse_closed(standing)
    if standing.is_blocked:
        return replace(standing, is_blocked=False)
    if maker == checker:
        raise MayNot("maker-is-checker")
    return replace(standing, verification="active", said_at=at, said_by=f"officer:{checker}")


def rejected_by_officer(standing: Standing, at: datetime, checker: str) -> Standing:
    """An officer refuses the merchant."""
    _refuse_closed(standing)
    return replace(standing, verification="rejected", said_at=at, said_by=f"officer:{checker}")


def blocked(standing: Standing) -> Standing:
    """The office suspends the merchant, whatever the provider says before or after."""
    _refuse_closed(standing)
    return replace(standing, is_blocked=True)


def closed(standing: Standing) -> Standing:
    """The merchant is gone for good."""
    _refuse_closed(standing)
    return replace(standing, is_closed=True)


def to_be_verified_again(standing: Standing, at: datetime) -> Standing:
    """Another settlement account: the old verification was of another account."""
    _refuse_closed(standing)
    return replace(standing, verification="submitted", said_at=at, said_by="account-changed")


def _refuse_closed(standing: Standing) -> None:
    if standing.is_closed:
        raise MayNot("merchant-closed")
