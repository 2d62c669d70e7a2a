"""Signature lists from hand to hand: made, checked, approved, sent, closed. The maker neither checks nor approves."""

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from onboarding.errors import IllegalTransition, MakerIsChecker
from onboarding.model.signature_lists import NEXT, SignatureEntry, SignatureList
from onboarding.queries.signature_lists import list_eligible


async def draft_signature_list(session: Session, caller: Caller, unit: KnownUnit, provider: str) -> SignatureList:
    """A draft with everybody of the unit who is ready for a signature and consented to the provider."""
    listed = SignatureList(
        unit_id=unit.id, unit_code=unit.code, provider=provider, made_by=caller.account, created_at=now(),
        changed_at=now(),
    )  # fmt: skip
    session.add(listed)
    for resident in await list_eligible(session, unit.code, provider):
        session.add(SignatureEntry(list_id=listed.id, resident_id=resident.id))
    return listed


def advance_signature_list(session: Session, caller: Caller, listed: SignatureList, action: str) -> None:
    """The next hand; refuses a step out of order, and the maker as checker or approver."""
    before, after = NEXT[action]
    if listed.status != before:
        raise IllegalTransition(members={"legal": listed.legal()})
    if action in ("check", "approve") and caller.account == listed.made_by:
        raise MakerIsChecker()
    if action == "check":
        listed.checked_by = caller.account
    if action == "approve":
        listed.approved_by = caller.account
    listed.status, listed.changed_at = after, now()
    listed.version += 1
    session.add(listed)
