"""Facts about residents: who they are to us, and what partners attest of them."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import col

from chassis.database import Session
from contracts.registry import ResidentAttested, ResidentMerged, ResidentSnapshot, ResidentUnmerged
from onboarding.commands.journeys import accept, open_journey, settle
from onboarding.model.attestations import evidence_of
from onboarding.model.journeys import OpenJourney
from onboarding.model.people import KnownResident


async def on_resident_told(session: Session, fact: ResidentSnapshot) -> None:
    """Keeps the newest snapshot and computes the journey anew: conditions may have come or gone."""
    if resident := await _meet(session, fact):
        # Nothing can be known of somebody who was not known a moment ago.
        settle(session, OpenJourney(resident))
        return
    resident = await _known(session, fact.resident_id)
    if resident.hear(fact):
        session.add(resident)
        await _settle(session, fact.resident_id)


async def on_resident_attested(session: Session, fact: ResidentAttested) -> None:
    """Takes a partner's fact as evidence; conditions never refuse it, and twice is once."""
    evidence = evidence_of(fact.attestation, had_bank_account=fact.has_bank_account)
    if evidence is None:
        return
    await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
    opened = await open_journey(session, fact.resident_id)
    if opened and accept(session, opened, evidence, subject_id=fact.resident_id):
        settle(session, opened)


async def on_resident_merged(session: Session, fact: ResidentMerged) -> None:
    """What the duplicate had counts for the survivor from now on."""
    await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
    await _make_known(session, fact.survivor_id, fact.unit_id, fact.unit_code)
    duplicate = await _known(session, fact.resident_id)
    if not duplicate.hear(fact):
        return
    duplicate.merged_into = fact.survivor_id
    session.add(duplicate)
    await session.flush()
    await _settle(session, fact.survivor_id)


async def on_resident_unmerged(session: Session, fact: ResidentUnmerged) -> None:
    """The merge was a mistake: each record has its own journey again."""
    await _make_known(session, fact.resident_id, fact.unit_id, fact.unit_code)
    duplicate = await _known(session, fact.resident_id)
    if not duplicate.hear(fact):
        return
    duplicate.merged_into = None
    session.add(duplicate)
    await session.flush()
    await _settle(session, fact.resident_id)
    await _settle(session, fact.survivor_id)


async def _settle(session: Session, resident_id: UUID) -> None:
    if opened := await open_journey(session, resident_id):
        settle(session, opened)


async def _meet(session: Session, fact: ResidentSnapshot) -> KnownResident | None:
    """A resident of whom this is the first word, stored; None for one known before."""
    resident = KnownResident(id=fact.resident_id, unit_id=fact.unit_id, unit_code=fact.unit_code)
    resident.hear(fact)
    statement = insert(KnownResident).values(**resident.model_dump()).on_conflict_do_nothing()
    is_new = (await session.execute(statement.returning(col(KnownResident.id)))).first() is not None
    if not is_new:
        return None
    make_transient_to_detached(resident)
    session.add(resident)
    return resident


async def _make_known(session: Session, resident_id: UUID, unit_id: UUID, unit_code: str) -> None:
    """A row to lock, whichever fact about the resident comes first."""
    blank = KnownResident(id=resident_id, unit_id=unit_id, unit_code=unit_code).model_dump()
    await session.execute(insert(KnownResident).values(**blank).on_conflict_do_nothing())


async def _known(session: Session, resident_id: UUID) -> KnownResident:
    return await session.get_one(KnownResident, resident_id, with_for_update=True, populate_existing=True)
