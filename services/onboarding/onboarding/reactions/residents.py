"""Facts about residents: who they are to us, and what partners attest of them."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from contracts.registry import ResidentAttested, ResidentMerged, ResidentSnapshot, ResidentUnmerged
from onboarding.commands.journeys import accept, forget_opened, lock_resident, meet_resident, open_journey, settle
from onboarding.model.attestations import evidence_of
from onboarding.model.journey import KnownFacts
from onboarding.model.people import KnownResident


async def on_resident_told(session: Session, fact: ResidentSnapshot) -> None:
    """Keeps the newest snapshot; the journey is computed anew where a condition has come or gone."""
    if await meet_resident(session, _resident_in(fact)):
        return
    resident = await lock_resident(session, fact.resident_id)
    assert resident, "somebody not met now was met before"
    before = resident.facts
    is_first_word = resident.version == 0
    if not resident.hear(fact):
        return
    session.add(resident)
    if is_first_word or _differ(before, resident.facts):
        await _settle(session, fact.resident_id)


async def on_resident_attested(session: Session, fact: ResidentAttested) -> None:
    """Takes a partner's fact as evidence; conditions never refuse it, and twice is once."""
    evidence = evidence_of(fact.attestation, had_bank_account=fact.has_bank_account)
    if evidence is None:
        return
    opened = await open_journey(session, fact.resident_id)
    if opened is None:
        await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
        opened = await open_journey(session, fact.resident_id)
    if opened and accept(session, opened, evidence, subject_id=fact.resident_id):
        settle(session, opened)


async def on_resident_merged(session: Session, fact: ResidentMerged) -> None:
    """What the duplicate had counts for the survivor from now on."""
    await forget_opened(session)
    await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
    await _make_known(session, fact.survivor_id, fact.unit_id, fact.unit_code)
    duplicate = await _known(session, fact.resident_id)
    if not duplicate.hear(fact):
        return
    duplicate.merged_into = fact.survivor_id
    session.add(duplicate)
    await forget_opened(session)
    await _settle(session, fact.survivor_id)


async def on_resident_unmerged(session: Session, fact: ResidentUnmerged) -> None:
    """The merge was a mistake: each record has its own journey again."""
    await forget_opened(session)
    await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
    duplicate = await _known(session, fact.resident_id)
    if not duplicate.hear(fact):
        return
    duplicate.merged_into = None
    session.add(duplicate)
    await forget_opened(session)
    await _settle(session, fact.resident_id)
    await _settle(session, fact.survivor_id)


async def _settle(session: Session, resident_id: UUID) -> None:
    if opened := await open_journey(session, resident_id):
        settle(session, opened)


def _resident_in(fact: ResidentSnapshot) -> KnownResident:
    resident = KnownResident(id=fact.resident_id, unit_id=fact.unit_id, unit_code=fact.unit_code)
    resident.hear(fact)
    return resident


def _differ(before: KnownFacts, after: KnownFacts) -> bool:
    return (before.conditions, before.has_bank_account) != (after.conditions, after.has_bank_account)


async def _make_known(session: Session, resident_id: UUID, unit_id: UUID, unit_code: str) -> None:
    """A row to lock, whichever fact about the resident comes first."""
    blank = KnownResident(id=resident_id, unit_id=unit_id, unit_code=unit_code).model_dump()
    await session.execute(insert(KnownResident).values(**blank).on_conflict_do_nothing())


async def _known(session: Session, resident_id: UUID) -> KnownResident:
    return await session.get_one(KnownResident, resident_id, with_for_update=True, populate_existing=True)
