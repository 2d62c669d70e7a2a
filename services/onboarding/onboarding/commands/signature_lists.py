"""Signature lists from hand to hand: made, checked, approved, sent, closed. The maker neither checks nor approves."""

from collections import Counter

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from onboarding.errors import EmptyList, IllegalTransition, MakerIsChecker
from onboarding.model.authority import needs_second_person
from onboarding.model.signature_lists import NEXT, SignatureEntry, SignatureList
from onboarding.queries.signature_lists import entries_of, list_eligible, list_lacking


async def draft_signature_list(session: Session, caller: Caller, unit: KnownUnit, provider: str) -> SignatureList:
    """A draft with all residents of the unit who are ready for a signature and consented to the provider."""
    listed = SignatureList(
        unit_id=unit.id, unit_code=unit.code, provider=provider, made_by=caller.account, created_at=now(),
        changed_at=now(),
    )  # fmt: skip
    session.add(listed)
    for resident in await list_eligible(session, unit.code, provider):
        session.add(SignatureEntry(list_id=listed.id, resident_id=resident.id))
    return listed


async def advance_signature_list(session: Session, caller: Caller, listed: SignatureList, action: str) -> None:
    """The next hand; refuses a step out of order, and the maker as checker or approver."""
    before, after = NEXT[action]
    if listed.status not in before:
        raise IllegalTransition(members={"legal": listed.legal()})
    if needs_second_person(action) and caller.account == listed.made_by:
        raise MakerIsChecker()
    if action == "approve" and not await entries_of(session, listed):
        raise EmptyList(members={"missing": await _count_missing(session, listed)})
    if action == "check":
        listed.checked_by = caller.account
    if action == "return":
        listed.checked_by = listed.approved_by = None
    if action == "approve":
        listed.approved_by = caller.account
    listed.status, listed.changed_at = after, now()
    listed.version += 1
    session.add(listed)


async def _count_missing(session: Session, listed: SignatureList) -> dict[str, int]:
    """How many of those who consented to the provider lack each condition."""
    lacking = await list_lacking(session, listed.unit_code, listed.provider)
    return dict(Counter(condition for _, missing in lacking for condition in missing))
