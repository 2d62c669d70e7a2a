"""Events about residents: the copies of their records, and what partners attest of them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from chassis.clock import now
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
from onboarding.model.people import Departure, KnownResident


@batch_handler
async def on_residents(session: Session, events: Sequence[ResidentSnapshot | ResidentAttested]) -> None:
    """Keeps the newest snapshots, takes partners' facts as evidence, and computes anew the journeys that this touches.

    Conditions never refuse a partner's event; twice is once.
    """
    later = await _insert_new(session, events)
    opened = await open_journeys(session, [each.resident_id for each in later])
    if strangers := [each for each in later if each.resident_id not in opened]:
        await _ensure_rows(session, strangers)
        opened |= await open_journeys(session, [each.resident_id for each in strangers])
    touched: dict[UUID, OpenJourney] = {}
    for event in later:
        journey = opened[event.resident_id]
        if await _apply_event(session, event, journey):
            touched[journey.resident.id] = journey
    for journey in touched.values():
        recompute(session, journey)
    await store_journeys(session, touched.values())


async def on_resident_merged(session: Session, event: ResidentMerged) -> None:
    """The duplicate's evidence counts for the survivor."""
    await _ensure_rows(session, [event])
    await session.execute(insert(KnownResident).values(_blank(event.survivor_id, event)).on_conflict_do_nothing())
    duplicate = await _known(session, event.resident_id)
    await _apply_snapshot(session, duplicate, event)
    if duplicate.apply_merge(event):
        session.add(duplicate)
        await _recompute(session, event.survivor_id)


async def on_resident_unmerged(session: Session, event: ResidentUnmerged) -> None:
    """The merge is undone: each record has its own journey again."""
    await _ensure_rows(session, [event])
    duplicate = await _known(session, event.resident_id)
    await _apply_snapshot(session, duplicate, event)
    if duplicate.apply_merge(event):
        session.add(duplicate)
        await _recompute(session, event.resident_id)
        await _recompute(session, event.survivor_id)


async def _insert_new(
    session: Session, events: Sequence[ResidentSnapshot | ResidentAttested]
) -> list[ResidentSnapshot | ResidentAttested]:
    """Inserts the residents whose first event this is; returns the events that are left to apply."""
    first: dict[UUID, ResidentSnapshot] = {}
    for event in events:
        if isinstance(event, ResidentSnapshot):
            first.setdefault(event.resident_id, event)
    met = await insert_residents(session, [_resident_in(event) for event in first.values()])
    return [event for event in events if not (event.resident_id in met and first.get(event.resident_id) is event)]


async def _apply_event(session: Session, event: ResidentSnapshot | ResidentAttested, journey: OpenJourney) -> bool:
    """Applies one event; whether the journey has to be recomputed."""
    if isinstance(event, ResidentAttested):
        evidence = evidence_of(event.attestation, had_bank_account=event.has_bank_account)
        return evidence is not None and add_evidence(journey, evidence, subject_id=event.resident_id)
    resident = await session.get_one(KnownResident, event.resident_id)  # locked with its journey, so no statement
    before, is_first = resident.attributes, resident.version == 0
    if not await _apply_snapshot(session, resident, event):
        return False
    after = resident.attributes
    return is_first or replace(before, version=after.version) != after


async def _apply_snapshot(session: Session, resident: KnownResident, event: ResidentSnapshot) -> bool:
    """Applies a newer snapshot, and notes when it takes the resident from one worklist or brings them to another."""
    unit_id, was_alive, is_known = resident.unit_id, resident.life == "alive", resident.version > 0
    if not resident.apply(event):
        return False
    has_moved, is_alive = resident.unit_id != unit_id, resident.life == "alive"
    if is_known and (has_moved or was_alive != is_alive):
        resident.placed_at = now()
        if was_alive:
            left = Departure(unit_id=unit_id, resident_id=resident.id, left_at=now())
            await session.merge(left)
    session.add(resident)
    return True


async def _recompute(session: Session, resident_id: UUID) -> None:
    await session.flush()
    if opened := await open_journey(session, resident_id):
        recompute(session, opened)
        await store_journeys(session, [opened])


async def _ensure_rows(session: Session, events: Sequence[ResidentSnapshot | ResidentAttested]) -> None:
    """Inserts a row to lock for residents whose first event this is."""
    rows = {event.resident_id: _blank(event.resident_id, event) for event in events}
    if rows:
        await session.execute(insert(KnownResident).values(list(rows.values())).on_conflict_do_nothing())


def _blank(resident_id: UUID, event: ResidentSnapshot | ResidentAttested) -> dict[str, object]:
    return KnownResident(id=resident_id, unit_id=event.unit_id, unit_code=event.unit_code).model_dump()


def _resident_in(event: ResidentSnapshot) -> KnownResident:
    resident = KnownResident(id=event.resident_id, unit_id=event.unit_id, unit_code=event.unit_code)
    resident.apply(event)
    return resident


async def _known(session: Session, resident_id: UUID) -> KnownResident:
    return await session.get_one(KnownResident, resident_id, with_for_update=True, populate_existing=True)
