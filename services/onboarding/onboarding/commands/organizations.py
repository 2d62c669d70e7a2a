"""The one step of an organization: the provincial app (requirement R24)."""

from chassis.clock import local_date, now
from chassis.errors import Forbidden
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.onboarding import OrganizationStepCompleted
from onboarding.errors import ConditionsMissing
from onboarding.model.authority import KINDS_BY_ROLE
from onboarding.model.declarations import StepDeclaration
from onboarding.model.journey import JourneyStep
from onboarding.model.journeys import StepEvidence
from onboarding.model.people import KnownOrganization
from onboarding.model.steps import catalogue
from onboarding.queries.organizations import known_conditions, organization_state


async def declare_organization_app(
    session: Session, caller: Caller, organization: KnownOrganization, declaration: StepDeclaration
) -> bool:
    """Records that an organization has, or no longer has, the app; False when that was recorded before."""
    assisted = caller.role in ("volunteer", "officer")
    evidence = declaration.evidence(organization.id, assisted=assisted, had_bank_account=False)
    if await session.get(StepEvidence, (organization.id, evidence.id)):
        return False
    if declaration.kind not in KINDS_BY_ROLE.get(caller.role, frozenset()):
        raise Forbidden()
    if declaration.status != "revoked":
        _require_conditions(organization, declaration)
    session.add(StepEvidence.of(organization.id, evidence, at=now(), by=caller.account))
    await recompute_organization(session, organization)
    return True


async def recompute_organization(session: Session, organization: KnownOrganization) -> JourneyStep:
    """Where the organization stands after new evidence; announced."""
    await session.flush()
    state = await organization_state(session, organization)
    organization.journey_version += 1
    session.add(organization)
    publish(
        session,
        OrganizationStepCompleted(
            organization_id=organization.id,
            unit_id=organization.unit_id,
            unit_code=organization.unit_code,
            step="province_app",
            completed=state.status == "completed",
            at=state.changed_at or now(),
            evidence_kind=state.evidence.kind if state.evidence else None,
        ),
    )
    return state


def _require_conditions(organization: KnownOrganization, declaration: StepDeclaration) -> None:
    asked = catalogue().rule("province_app").conditions_on(local_date(declaration.occurred_at))
    missing = [each for each in asked if each not in known_conditions(organization)]
    if missing:
        raise ConditionsMissing(members={"missing": missing})
