"""Offline work: each item is applied, unchanged or refused separately; sending it twice changes nothing."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import NotFound, NotYetKnown, Problem
from chassis.security.identity import Caller
from chassis.security.scope import EVERYWHERE, units_under
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from onboarding.commands.declarations import declare_step, observe_attribute, record_visit
from onboarding.commands.journeys import open_journeys, store_journeys
from onboarding.model.declarations import StepDeclaration
from onboarding.model.journeys import OpenJourney
from onboarding.model.observations import Observation
from onboarding.model.offline import BatchItemResult, OfflineItem, PaidVisit
from onboarding.model.visits import Visit, visit_id


async def apply_batch(
    session: Session, caller: Caller, items: Sequence[OfflineItem | BatchItemResult]
) -> list[BatchItemResult]:
    """Applies the items in the order sent; an item that is already an answer (it could not be read) stays as it is."""
    opened = await open_journeys(session, [each.resident_id for each in items if isinstance(each, OfflineItem)])
    covered = await _covered(session, caller, {each.resident.unit_id for each in opened.values()})
    answers = [
        await _apply(session, caller, each, opened, covered) if isinstance(each, OfflineItem) else each
        for each in items
    ]
    await store_journeys(session, opened.values())
    return answers


async def _apply(
    session: Session, caller: Caller, item: OfflineItem, opened: dict[UUID, OpenJourney], covered: set[UUID]
) -> BatchItemResult:
    journey = opened.get(item.resident_id)
    try:
        if journey is None:
            raise NotYetKnown()
        if journey.resident.unit_id not in covered:
            raise NotFound()
        is_changed = await _work(session, caller, item, journey)
    except Problem as problem:
        return BatchItemResult(item.client_id, "refused", problem, journey.resident.id if journey else None)
    return BatchItemResult(item.client_id, "applied" if is_changed else "unchanged")


async def _work(session: Session, caller: Caller, item: OfflineItem, journey: OpenJourney) -> bool:
    match item.work:
        case StepDeclaration():
            return await declare_step(session, caller, journey, item.work)
        case Observation():
            return observe_attribute(session, caller, journey, item.work)
        case PaidVisit():
            return await record_visit(session, caller, journey, _visit(caller, item, item.work, journey))


def _visit(caller: Caller, item: OfflineItem, paid: PaidVisit, journey: OpenJourney) -> Visit:
    return Visit(
        id=visit_id(item.client_id, item.resident_id, paid.occurred_at, paid.outcome),
        resident_id=journey.resident.id,
        unit_id=journey.resident.unit_id,
        occurred_at=paid.occurred_at,
        told_outcome=paid.outcome,
        recorded_by=caller.account,
        recorded_at=now(),
    )


async def _covered(session: Session, caller: Caller, units: set[UUID]) -> set[UUID]:
    """Those of the units that are the caller's unit or below it."""
    if caller.role in EVERYWHERE:
        return units
    if caller.unit_code is None:
        return set()
    query = select(KnownUnit.id).where(
        col(KnownUnit.id).in_(units), col(KnownUnit.id).in_(units_under(caller.unit_code))
    )
    return set(await session.exec(query))
