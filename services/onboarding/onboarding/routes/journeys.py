"""Where residents and organizations stand, and what people declare."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Response
from pydantic import AwareDatetime

from chassis.clock import now
from chassis.errors import NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    PurposeHeader,
    Transaction,
    allow,
    etag,
    language_of,
    require_match,
    transactional_router,
)
from onboarding.commands.declarations import declare_step
from onboarding.commands.journeys import open_journey, store_journeys
from onboarding.commands.organizations import declare_organization_app
from onboarding.model.steps import Step
from onboarding.queries.journeys import get_journey
from onboarding.queries.organizations import organization_state
from onboarding.queries.people import get_organization, get_resident
from onboarding.queries.worklist import WorkFilter, count_work, list_departed, page_of_charges, page_of_work
from onboarding.routes.access import SERVICE, purpose_of_ids, record_reads
from onboarding.routes.listing import LISTED
from onboarding.routes.moments import within_query
from onboarding.schemas.journeys import (
    ChargeView,
    DepartedView,
    OnboardingView,
    OrganizationStepView,
    ResidentStepView,
    StepDeclared,
    SummaryView,
    WorkPage,
    WorkView,
)

OVERLAP = timedelta(minutes=1)
"""A change that was being stored during an answer has an earlier time than the answer."""

router = transactional_router(tags=["onboarding"], dependencies=LISTED)


@router.get("/v1/residents/{resident_id}/onboarding")
async def get_resident_onboarding(
    resident_id: UUID,
    response: Response,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "volunteer", "officer", "service", level=1, acting="onboarding")],
    purpose: PurposeHeader = None,
) -> OnboardingView:
    """A resident's journey, computed from everything known now."""
    resident = await get_resident(session, caller, resident_id)
    stated = purpose_of(caller, _own_id(caller, resident_id, resident.id), purpose)
    opened = await get_journey(session, resident)
    if stated:
        record_access(session, SERVICE, caller, resident.id, action="read", purpose=stated, fields=["onboarding"])
    response.headers["ETag"] = etag(opened.version)
    return OnboardingView.of(opened)


@router.put("/v1/residents/{resident_id}/onboarding/{step}")
async def declare_resident_step(
    resident_id: UUID,
    step: Step,
    body: StepDeclared,
    response: Response,
    session: Transaction,
    caller: Annotated[Caller, allow("resident", "volunteer", "officer", level=1, acting="onboarding")],
    if_match: IfMatch = None,
    purpose: PurposeHeader = None,
) -> ResidentStepView:
    """Records what a person declares about one step; the same declaration again changes nothing.

    The answer shows how the step stands, so it is in the access log of the resident.
    """
    resident = await get_resident(session, caller, resident_id)
    opened = await open_journey(session, resident.id)
    if opened is None:
        raise NotFound()
    require_match(if_match, opened.version)
    await declare_step(session, caller, opened, body.declaration(step))
    await store_journeys(session, [opened])
    stated = purpose_of_ids(caller, purpose)
    if caller.resident_id not in (resident_id, resident.id):
        record_reads(session, caller, [resident.id], action="declare", purpose=stated)
    response.headers["ETag"] = etag(opened.version)
    return ResidentStepView.of_journey(opened, step)


@router.get("/v1/organizations/{organization_id}/onboarding/province_app")
async def get_organization_step(
    organization_id: UUID,
    session: Transaction,
    caller: Annotated[Caller, allow("organization", "resident", "volunteer", "officer", level=1, acting="onboarding")],
) -> OrganizationStepView:
    """Whether an organization has the provincial app; its condition is the owner's smartphone."""
    organization = await get_organization(session, caller, organization_id)
    return OrganizationStepView.of_state(organization, await organization_state(session, organization))


@router.put("/v1/organizations/{organization_id}/onboarding/province_app")
async def declare_organization_step(
    organization_id: UUID,
    body: StepDeclared,
    session: Transaction,
    caller: Annotated[Caller, allow("organization", "resident", "volunteer", "officer", level=1, acting="onboarding")],
) -> OrganizationStepView:
    """Records that an organization has, or no longer has, the provincial app."""
    organization = await get_organization(session, caller, organization_id)
    await session.refresh(organization, with_for_update=True)
    await declare_organization_app(session, caller, organization, body.declaration("province_app"))
    return OrganizationStepView.of_state(organization, await organization_state(session, organization))


@router.get("/v1/onboarding/worklist")
async def list_worklist(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("volunteer", "officer")],
    unit_code: str | None = None,
    step: Step | None = None,
    status: Annotated[str | None, Query(pattern="^(blocked|ready|in_progress|completed|revoked)$")] = None,
    condition: Annotated[str | None, Query(max_length=40)] = None,
    household_id: UUID | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Only what changed here after this instant")] = None,
    accept_language: Annotated[str | None, Header()] = None,
    purpose: PurposeHeader = None,
) -> WorkPage:
    """Who waits for help in a unit, by step, status and missing condition; without a status all that is not completed.

    With `since` (the `as_of` of the answer before) only steps that changed, completed ones among them, those of residents
    who came to the unit, and `departed`: who left the list.
    """
    within_query("/since", since)
    as_of = now() - OVERLAP
    code = unit_code or caller.unit_code or ""
    unit = await unit_of_query(session, caller, code)
    wanted = WorkFilter(unit.code, step, status, condition, household_id, since)
    rows, cursor = await page_of_work(session, caller, wanted, page)
    departed = await list_departed(session, wanted) if since and page.cursor is None else []
    shown = [resident.id for _, resident in rows] + [resident.id for resident in departed]
    record_reads(session, caller, shown, action="worklist", purpose=purpose_of(caller, None, purpose))
    language = language_of(accept_language)
    items = [WorkView.of(work, resident, language) for work, resident in rows]
    left = [DepartedView.of(resident) for resident in departed]
    return WorkPage(items=items, next_cursor=cursor, as_of=as_of, departed=left)


@router.get("/v1/onboarding/summary")
async def get_onboarding_summary(
    session: Transaction, caller: Annotated[Caller, allow("volunteer", "officer")], unit_code: str | None = None
) -> SummaryView:
    """A unit's work at a glance: residents by step and status, and how often each condition is missing."""
    unit = await unit_of_query(session, caller, unit_code or caller.unit_code or "")
    return SummaryView.of(unit.code, *await count_work(session, unit.code))


@router.get("/v1/onboarding/charges")
async def list_charges(
    session: Transaction,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    unit_code: str | None = None,
    purpose: PurposeHeader = None,
) -> Listed[ChargeView]:
    """Free steps for which a provider took money: to be examined."""
    unit = await unit_of_query(session, caller, unit_code or caller.unit_code or "")
    rows, cursor = await page_of_charges(session, caller, unit.code, page)
    shown = (resident.id for _, resident in rows)
    record_reads(session, caller, shown, action="charges", purpose=purpose_of(caller, None, purpose))
    return Listed(items=[ChargeView.of(evidence, resident) for evidence, resident in rows], next_cursor=cursor)


def _own_id(caller: Caller, asked: UUID, found: UUID) -> UUID:
    """A resident whose record was merged still reads the surviving record."""
    return asked if caller.is_resident(asked) else found
