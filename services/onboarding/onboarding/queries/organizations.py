"""Where organizations stand on their one step, the provincial app."""

from sqlmodel import col, select

from chassis.clock import now
from chassis.storage.database import ReadSession
from onboarding.model.journey import JourneyStep, KnownAttributes, journey
from onboarding.model.journeys import StepEvidence
from onboarding.model.people import KnownOrganization


async def organization_state(session: ReadSession, organization: KnownOrganization) -> JourneyStep:
    """Where the organization stands; its one condition is the owner's smartphone."""
    rows = await session.exec(select(StepEvidence).where(col(StepEvidence.subject_id) == organization.id))
    attributes = KnownAttributes(organization.version, known_conditions(organization))
    states = journey(attributes, (row.evidence for row in rows), now())
    return next(each for each in states if each.step == "province_app")


def known_conditions(organization: KnownOrganization) -> frozenset[str]:
    """The conditions of the app that hold: the owner's smartphone."""
    return frozenset({"smartphone"} if organization.owner_has_smartphone else ())
