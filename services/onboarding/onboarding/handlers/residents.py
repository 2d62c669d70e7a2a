"""Facts about residents: who they are to us, and what partners attest of them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from chassis.messaging.consumer import batch_handler
from chassis.storage.database import Session
from contracts.registry import ResidentAttested, ResidentMerged, ResidentSnapshot, ResidentUnmerged
from onboarding.commands.journeys import (
    add_evidence,
    insert_residents,
    open_journey,
    open_journeys,
    recompute,
    store_journeys,
)
from onboarding.model.attestations import evidence_of
from onboarding.model.journeys import OpenJourney
from onboarding.model.people import KnownResident


@batch_handler
async def on_residents_heard(session: Session, facts: Sequence[ResidentSnapshot | ResidentAttested]) -> None:
    """Keeps the newest snapshots, takes partners' facts as evidence, and computes anew the journeys that this touches.

    Conditions never refuse a partner's fact; twice is once.
    """
    later = await _insert_new(session, facts)
    opened = await open_journeys(session, [each.resident_id for each in later])
    if strangers := [each for each in later if each.resident_id not in opened]:
        await _make_known(session, strangers)
        opened |= await open_journeys(session, [each.resident_id for each in strangers])
    touched: dict[UUID, OpenJourney] = {}
    for fact in later:
        journey = opened[fact.resident_id]
        if await _apply_event(session, fact, journey):
            touched[journey.resident.id] = journey
    for journey in touched.values():
        recompute(session, journey)
    await store_journeys(session, touched.values())


async def on_resident_merged(session: Session, fact: ResidentMerged) -> None:
    """What the duplicate had counts for the survivor from now on."""
    await _make_known(session, [fact])
    await session.execute(insert(KnownResident).values(_blank(fact.survivor_id, fact)).on_conflict_do_nothing())
    duplicate = await _known(session, fact.resident_id)
    duplicate.hear(fact)
    if duplicate.merge(fact.survivor_id, fact.version):
        session.add(duplicate)
        await _recompute(session, fact.survivor_id)


async def on_resident_unmerged(session: Session, fact: ResidentUnmerged) -> None:
    """The merge was a mistake: each record has its own journey again."""
    await _make_known(session, [fact])
    duplicate = await _known(session, fact.resident_id)
    duplicate.hear(fact)
    if duplicate.merge(None, fact.version):
        session.add(duplicate)
        await _recompute(session, fact.resident_id)
        await _recompute(session, fact.survivor_id)


async def _insert_new(
    session: Session, facts: Sequence[ResidentSnapshot | ResidentAttested]
) -> list[ResidentSnapshot | ResidentAttested]:
    """Stores everybody of whom these facts are the first word, and gives the facts that are left to hear."""
    first: dict[UUID, ResidentSnapshot] = {}
    for fact in facts:
        if isinstance(fact, ResidentSnapshot):
            first.setdefault(fact.resident_id, fact)
    met = await insert_residents(session, [_resident_in(fact) for fact in first.values()])
    return [fact for fact in facts if not (fact.resident_id in met and first.get(fact.resident_id) is fact)]


async def _apply_event(session: Session, fact: ResidentSnapshot | ResidentAttested, journey: OpenJourney) -> bool:
    """Takes one fact in; whether the journey has to be computed anew."""
    if isinstance(fact, ResidentAttested):
        evidence = evidence_of(fact.attestation, had_bank_account=fact.has_bank_account)
        return evidence is not None and add_evidence(journey, evidence, subject_id=fact.resident_id)
    resident = await session.get_one(KnownResident, fact.resident_id)  # locked with its journey, so no statement
    before, is_first_word = resident.attributes, resident.version == 0
    if not resident.hear(fact):
        return False
    session.add(resident)
    after = resident.attributes
    return is_first_word or (before.conditions, before.has_bank_account) != (after.conditions, after.has_bank_account)


async def _recompute(session: Session, resident_id: UUID) -> None:
    await session.flush()
    if opened := await open_journey(session, resident_id):
        recompute(session, opened)
        await store_journeys(session, [opened])


async def _make_known(session: Session, facts: Sequence[ResidentSnapshot | ResidentAttested]) -> None:
    """Rows to lock, whichever fact about a resident comes first."""
    rows = {fact.resident_id: _blank(fact.resident_id, fact) for fact in facts}
    if rows:
        await session.execute(insert(KnownResident).values(list(rows.values())).on_conflict_do_nothing())


def _blank(resident_id: UUID, fact: ResidentSnapshot | ResidentAttested) -> dict[str, object]:
    return KnownResident(id=resident_id, unit_id=fact.unit_id, unit_code=fact.unit_code).model_dump()


def _resident_in(fact: ResidentSnapshot) -> KnownResident:
    resident = KnownResident(id=fact.resident_id, unit_id=fact.unit_id, unit_code=fact.unit_code)
    resident.hear(fact)
    return resident


async def _known(session: Session, resident_id: UUID) -> KnownResident:
    return await session.get_one(KnownResident, resident_id, with_for_update=True, populate_existing=True)
