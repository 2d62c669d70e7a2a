"""Where residents stand: their journeys with everything that counts for them."""

from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from onboarding.model.journey import Evidence, EvidenceEffect, JourneyStep
from onboarding.model.journeys import STORED, OpenJourney
from onboarding.model.people import KnownResident


async def get_journey(session: ReadSession, resident: KnownResident) -> OpenJourney:
    """One resident's journey as of now, with what counts of the records that were merged into this one."""
    opened = OpenJourney(resident)
    await load_journeys(session, {resident.id: opened})
    return opened


async def find_roots(session: ReadSession, ids: set[UUID]) -> dict[UUID, UUID]:
    """Of each merged record, the one that all its merges end in."""
    into: dict[UUID, UUID] = {}
    waiting = set(ids)
    while waiting:
        rows = await session.execute(_MERGED, {"ids": list(waiting)})
        found: dict[UUID, UUID] = dict(tuple(row) for row in rows)
        into |= found
        waiting = set(found.values()) - into.keys()
    return {each: _end_of(into, each) for each in ids if each in into}


_MERGED = text(
    "SELECT id, merged_into FROM known_resident WHERE id = ANY(cast(:ids AS uuid[])) AND merged_into IS NOT NULL"
)


def _end_of(into: dict[UUID, UUID], each: UUID) -> UUID:
    seen = set()
    while each in into and each not in seen:
        seen.add(each)
        each = into[each]
    return each


async def load_journeys(session: ReadSession, open_ones: dict[UUID, OpenJourney]) -> None:
    """Reads evidences and stored steps as plain rows: as entities they would cost more than the rest of the handler."""
    ids = {"ids": list(open_ones)}
    for owner, *stored in await session.execute(_EVIDENCES, ids):
        stored[2] = EvidenceEffect(stored[2])
        evidence = Evidence(*stored)
        open_ones[owner].evidences[evidence.id] = evidence
    for resident_id, step, *stored in await session.execute(_STEPS, ids):
        stored[_MISSING], stored[_MARKS] = tuple(stored[_MISSING]), tuple(stored[_MARKS])
        open_ones[resident_id].steps[step] = JourneyStep(step, *stored)


_MISSING, _MARKS = STORED.index("missing") - 1, STORED.index("marks") - 1


_EVIDENCES = text(
    "WITH RECURSIVE subject(owner, id) AS (SELECT id, id FROM unnest(cast(:ids AS uuid[])) AS id"
    " UNION SELECT s.owner, merged.id FROM subject AS s JOIN known_resident AS merged ON merged.merged_into = s.id)"
    f" SELECT s.owner, {', '.join('e.' + name for name in Evidence.__dataclass_fields__)}"
    " FROM subject AS s JOIN step_evidence AS e ON e.subject_id = s.id"
)
"""Evidences of residents and of all records that were merged into them, directly or through another."""
_STEPS = text(
    f"SELECT resident_id, {', '.join(STORED)} FROM resident_step WHERE resident_id = ANY(cast(:ids AS uuid[]))"
)
