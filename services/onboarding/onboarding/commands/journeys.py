"""The ledger of journeys: opens those of some residents under lock, takes evidences, settles and announces what changed."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import HO_CHI_MINH, now, today
from chassis.database import Session
from chassis.outbox import announce
from contracts.onboarding import StepCompleted, StepRevoked, StepUpdated
from onboarding.model.journey import Evidence, KnownFacts, StepState, journey
from onboarding.model.journeys import OpenJourney, ResidentStep, StepEvidence
from onboarding.model.people import KnownResident
from onboarding.queries.journeys import find_absorbed, find_roots, get_journey, load_journeys


async def open_journeys(session: Session, resident_ids: Iterable[UUID]) -> dict[UUID, OpenJourney]:
    """The journeys of these residents by the ids asked for, locked in sorted order so that two callers never deadlock."""
    asked = set(resident_ids)
    survivors = await find_roots(session, asked)
    residents = await _lock(session, asked | set(survivors.values()))
    owners = {each.id: survivors.get(each.id, each.id) for each in residents.values()}
    absorbed = await find_absorbed(session, set(owners.values()))
    open_ones = {owner: OpenJourney(residents[owner]) for owner in owners.values() if owner in residents}
    await load_journeys(session, open_ones, absorbed)
    return {each: open_ones[owners[each]] for each in asked if each in owners and owners[each] in open_ones}


async def open_journey(session: Session, resident_id: UUID) -> OpenJourney | None:
    """One journey, locked; None for a resident nobody told of yet."""
    resident = await session.get(KnownResident, resident_id, with_for_update=True, populate_existing=True)
    if resident and resident.merged_into:
        return (await open_journeys(session, [resident_id])).get(resident_id)
    return await get_journey(session, resident) if resident else None


async def meet_residents(session: Session, residents: Sequence[KnownResident]) -> set[UUID]:
    """Stores those of whom this is the first word, with the steps that follow from it, in one statement; their ids."""
    if not residents:
        return set()
    rows = [_row(each) for each in residents]
    found = await session.execute(_MEET, {"rows": json.dumps(rows, default=str)})
    return set(found.scalars())


def accept(
    session: Session, opened: OpenJourney, evidence: Evidence, *, by: str | None = None, subject_id: UUID | None = None
) -> bool:
    """Takes an evidence; False when it was taken before."""
    if evidence.id in opened.evidences:
        return False
    session.add(StepEvidence.of(subject_id or opened.resident.id, evidence, at=now(), by=by))
    opened.evidences[evidence.id] = evidence
    return True


def settle(session: Session, opened: OpenJourney) -> bool:
    """Stores where the resident stands and announces what reports count; False when nothing is different."""
    is_changed = False
    for state in opened.states():
        stored = opened.steps.get(state.step)
        if stored and not stored.differs(state):
            continue
        is_changed = True
        before = stored.counted() if stored else None
        _store(session, opened, state)
        if opened.steps[state.step].counted() != before:
            _announce(session, opened, state)
    return is_changed


def _store(session: Session, opened: OpenJourney, state: StepState) -> None:
    if stored := opened.steps.get(state.step):
        stored.become(state)
    else:
        opened.steps[state.step] = stored = ResidentStep.of(opened.resident.id, state)
    session.add(stored)


def _announce(session: Session, opened: OpenJourney, state: StepState) -> None:
    resident = opened.resident
    resident.journey_version += 1
    session.add(resident)
    fact = {"completed": StepCompleted, "revoked": StepRevoked}.get(state.status, StepUpdated)
    announce(
        session,
        fact(
            resident_id=resident.id,
            version=resident.journey_version,
            unit_id=resident.unit_id,
            unit_code=resident.unit_code,
            step=state.step,
            status=state.status,
            at=state.changed_at or now(),
            completed_at=state.completed_at,
            route=state.route,
            evidence_kind=state.evidence.kind if state.evidence else None,
            provider=state.evidence.provider if state.evidence else None,
            marks=list(state.marks),
        ),
    )


async def _lock(session: Session, ids: set[UUID]) -> dict[UUID, KnownResident]:
    query = (
        select(KnownResident)
        .where(col(KnownResident.id).in_(ids))
        .order_by(col(KnownResident.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in await session.exec(query)}


def _row(resident: KnownResident) -> dict[str, Any]:
    return resident.model_dump(mode="json") | {"steps": _first_steps(resident.facts, today())}


@lru_cache(maxsize=4096)
def _first_steps(facts: KnownFacts, on: date) -> list[dict[str, Any]]:
    """The six steps of somebody with these facts and no evidence; they change with the day's rules only."""
    states = journey(facts, [], datetime.combine(on, time(12), HO_CHI_MINH))
    return [{name: getattr(each, name) for name in ("step", "status", "missing", "route")} for each in states]


_MEET = text(
    "WITH told AS (SELECT value FROM jsonb_array_elements(cast(:rows AS jsonb))),"
    " met AS (INSERT INTO known_resident SELECT given.* FROM told,"
    " jsonb_populate_record(NULL::known_resident, told.value) AS given ON CONFLICT DO NOTHING RETURNING id),"
    " stepped AS (INSERT INTO resident_step (resident_id, step, status, missing, route, marks)"
    " SELECT met.id, first.step, first.status, ARRAY(SELECT jsonb_array_elements_text(first.missing)), first.route, '{}'"
    " FROM met JOIN told ON cast(told.value->>'id' AS uuid) = met.id,"
    " jsonb_to_recordset(told.value->'steps') AS first(step text, status text, missing jsonb, route text))"
    " SELECT id FROM met"
)
