"""Residents and organizations, and the steps they take."""

from chassis.storage.database import Session
from contracts.onboarding import OrganizationStepCompleted, ResidentGuided, StepState
from contracts.registry import OrganizationSnapshot, ResidentSnapshot
from reporting.projections.ledger import change_person, change_work
from reporting.projections.people import guide, know, step
from reporting.projections.works import Organization


async def on_resident(session: Session, fact: ResidentSnapshot) -> None:
    await change_person(session, str(fact.resident_id), lambda person: know(person, fact))


async def on_step(session: Session, fact: StepState) -> None:
    await change_person(session, str(fact.resident_id), lambda person: step(person, fact))


async def on_resident_guided(session: Session, fact: ResidentGuided) -> None:
    await change_person(session, str(fact.resident_id), lambda person: guide(person, fact))


async def on_organization(session: Session, fact: OrganizationSnapshot) -> None:
    key = str(fact.organization_id)
    await change_work(session, "organization", key, Organization, lambda known: known.know(fact))


async def on_organization_step(session: Session, fact: OrganizationStepCompleted) -> None:
    key = str(fact.organization_id)
    await change_work(session, "organization", key, Organization, lambda known: known.step(fact))
