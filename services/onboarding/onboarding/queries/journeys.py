"""Where residents stand: their journeys with everything that counts for them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.database import ReadSession
from onboarding.model.journeys import OpenJourney, ResidentStep, StepEvidence
from onboarding.model.people import KnownResident


async def get_journey(session: ReadSession, resident: KnownResident) -> OpenJourney:
    """One resident's journey as of now, with what counts of the records that were merged into this one."""
    opened = OpenJourney(resident)
    evidences = await session.exec(_EVIDENCES, params={"resident_id": resident.id})
    opened.evidences = {each.id: each.evidence for each in evidences}
    steps = await session.exec(_STEPS, params={"resident_id": resident.id})
    opened.steps = {each.step: each for each in steps}
    return opened


async def find_roots(session: ReadSession, ids: set[UUID]) -> dict[UUID, UUID]:
    """Of each merged record, the one that all its merges end in."""
    into: dict[UUID, UUID] = {}
    waiting = set(ids)
    while waiting:
        query = select(KnownResident.id, KnownResident.merged_into).where(
            col(KnownResident.id).in_(waiting), col(KnownResident.merged_into).is_not(None)
        )
        found = {duplicate: survivor for duplicate, survivor in await session.exec(query) if survivor}
        into |= found
        waiting = set(found.values()) - into.keys()
    return {each: _end_of(into, each) for each in ids if each in into}


def _end_of(into: dict[UUID, UUID], each: UUID) -> UUID:
    seen = set()
    while each in into and each not in seen:
        seen.add(each)
        each = into[each]
    return each


async def find_absorbed(session: ReadSession, survivors: set[UUID]) -> dict[UUID, UUID]:
    """The records that were merged into these, directly or through another, with the one they ended in."""
    ended = {each: each for each in survivors}
    waiting = set(survivors)
    while waiting:
        query = select(KnownResident.id, KnownResident.merged_into).where(col(KnownResident.merged_into).in_(waiting))
        found = {
            duplicate: ended[survivor]
            for duplicate, survivor in await session.exec(query)
            if survivor and duplicate not in ended
        }
        ended |= found
        waiting = set(found)
    return {each: survivor for each, survivor in ended.items() if each != survivor}


async def load_journeys(session: ReadSession, open_ones: dict[UUID, OpenJourney], absorbed: dict[UUID, UUID]) -> None:
    owner_of = {each: each for each in open_ones} | absorbed
    evidences = await session.exec(select(StepEvidence).where(col(StepEvidence.subject_id).in_(owner_of)))
    for evidence in evidences:
        open_ones[owner_of[evidence.subject_id]].evidences[evidence.id] = evidence.evidence
    steps = await session.exec(select(ResidentStep).where(col(ResidentStep.resident_id).in_(open_ones)))
    for step in steps:
        open_ones[step.resident_id].steps[step.step] = step


def _evidences() -> Any:
    """Evidences of a resident and of all records that were merged into it, directly or through another."""
    own = select(bindparam("resident_id", type_=Uuid).label("id")).cte("subjects", recursive=True)
    merged = aliased(KnownResident)
    every = own.union(select(merged.id).join(own, col(merged.merged_into) == own.c.id))
    return select(StepEvidence).where(col(StepEvidence.subject_id).in_(select(every.c.id)))


_EVIDENCES = _evidences()
_STEPS = select(ResidentStep).where(col(ResidentStep.resident_id) == bindparam("resident_id", type_=Uuid))
"""Built once: the two questions of every event about a known resident."""
