"""Offline work: each item is applied, unchanged or refused separately; sending it twice changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import Forbidden, NotFound, NotYetKnown, Problem
from chassis.security.identity import Caller
from chassis.security.scope import EVERYWHERE, units_under
from chassis.storage.database import Session
from chassis.storage.tables import KnownUnit
from onboarding.commands.declarations import declare_step, is_phone_proposal, observe_attribute, record_visit
from onboarding.commands.journeys import open_journeys, store_journeys
from onboarding.commands.organizations import declare_organization_app
from onboarding.commands.sessions import publish_attendance, register_attendee
from onboarding.model.declarations import StepDeclaration
from onboarding.model.journeys import OpenJourney
from onboarding.model.observations import Observation
from onboarding.model.offline import (
    AttendanceEntry,
    BatchItem,
    BatchItemResult,
    OfflineItem,
    OrganizationItem,
    PaidVisit,
)
from onboarding.model.sessions import Attendee, CampaignSession
from onboarding.model.visits import Visit, visit_id
from onboarding.queries.people import get_organization
from onboarding.queries.sessions import load_session
from onboarding.queries.territory import leads


async def apply_batch(
    session: Session, caller: Caller, items: Sequence[BatchItem | BatchItemResult]
) -> list[BatchItemResult]:
    """Applies the items in the order sent; an item that is already an answer (it could not be read) stays as it is."""
    opened = await open_journeys(session, [each.resident_id for each in items if isinstance(each, OfflineItem)])
    covered = await _covered(session, caller, {each.resident.unit_id for each in opened.values()})
    batch = _Batch(session, caller, opened, covered)
    answers = [each if isinstance(each, BatchItemResult) else await batch.apply(each) for each in items]
    await store_journeys(session, opened.values())
    await batch.publish_attendances()
    return answers


@dataclass
class _Batch:
    """What the items of a batch have in common. Attendance is published once for each session, after the last item."""

    session: Session
    caller: Caller
    opened: dict[UUID, OpenJourney]
    covered: set[UUID]
    attended: dict[UUID, tuple[CampaignSession, list[Attendee]]] = field(default_factory=dict)

    async def apply(self, item: BatchItem) -> BatchItemResult:
        shown = None
        try:
            match item:
                case OfflineItem():
                    journey = self.opened.get(item.resident_id)
                    shown = journey.resident.id if journey else None
                    return await self._of_resident(item, journey)
                case OrganizationItem():
                    is_changed = await self._of_organization(item)
                case AttendanceEntry():
                    is_changed = await self._attend(item)
        except Problem as problem:
            return BatchItemResult(item.client_id, "refused", problem, shown)
        return BatchItemResult(item.client_id, "applied" if is_changed else "unchanged")

    async def publish_attendances(self) -> None:
        for held, attendees in self.attended.values():
            await publish_attendance(self.session, held, attendees)

    async def _of_resident(self, item: OfflineItem, journey: OpenJourney | None) -> BatchItemResult:
        if journey is None:
            raise NotYetKnown()
        if journey.resident.unit_id not in self.covered:
            raise NotFound()
        is_proposal = isinstance(item.work, Observation) and is_phone_proposal(self.caller, journey, item.work)
        is_changed = await self._work(item, journey)
        return BatchItemResult(item.client_id, "applied" if is_changed else "unchanged", is_proposal=is_proposal)

    async def _work(self, item: OfflineItem, journey: OpenJourney) -> bool:
        match item.work:
            case StepDeclaration():
                return await declare_step(self.session, self.caller, journey, item.work)
            case Observation():
                return await observe_attribute(self.session, self.caller, journey, item.work)
            case PaidVisit():
                visit = _visit(self.caller, item, item.work, journey)
                return await record_visit(self.session, journey, visit)

    async def _of_organization(self, item: OrganizationItem) -> bool:
        organization = await get_organization(self.session, self.caller, item.organization_id, patient=False)
        await self.session.refresh(organization, with_for_update=True)
        return await declare_organization_app(self.session, self.caller, organization, item.declaration)

    async def _attend(self, item: AttendanceEntry) -> bool:
        held = await self._session_of(item.session_id)
        noted = await register_attendee(self.session, self.caller, held, item.attendee)
        if noted.problem:
            raise noted.problem
        is_new = noted.result == "applied"
        if is_new and noted.known:
            self.attended.setdefault(held.id, (held, []))[1].append(noted.known)
        return is_new

    async def _session_of(self, session_id: UUID) -> CampaignSession:
        held = await load_session(self.session, session_id, for_update=True)
        if not await leads(self.session, self.caller, held.unit_id):
            raise Forbidden()
        return held


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
