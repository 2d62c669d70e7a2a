"""Access rows of reads about several residents, and the purpose that a caller states for them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.storage.database import Session

SERVICE = "onboarding"


def purpose_of_ids(caller: Caller, sent: str | None) -> str:
    """The purpose of an act whose answer names residents by id: as sent, else `onboarding`; 400 for an unknown one.

    Reads that name residents demand a purpose (`purpose_of`).
    """
    return purpose_of(caller, None, sent or "onboarding") or "onboarding"


def record_reads(
    session: Session,
    caller: Caller,
    residents: Iterable[UUID],
    *,
    action: str,
    purpose: str | None,
    fields: Sequence[str] = ("onboarding",),
    legal_basis: str | None = None,
) -> None:
    """One row for each resident who appears in an answer; none for what a resident reads of their own record."""
    for each in dict.fromkeys(residents):
        if not caller.is_resident(each):
            record_access(
                session, SERVICE, caller, each, action=action, purpose=purpose, fields=fields, legal_basis=legal_basis
            )
