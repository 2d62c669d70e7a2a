"""The acts' log of campaigns."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.security.scope import scoped, unit_of_query, units_under
from chassis.web.routing import Listed, PageQuery, Reading, allow, page_by_id, transactional_router
from onboarding.model.acts import CampaignAct
from onboarding.routes.listing import LISTED
from onboarding.schemas.acts import CampaignActView

router = transactional_router(tags=["campaigns"], dependencies=LISTED)


@router.get("/v1/campaign-acts")
async def list_campaign_acts(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer", "auditor", "operator")],
    unit_code: Annotated[str | None, Query(description="Only acts in this unit and those below")] = None,
    campaign_id: Annotated[
        UUID | None, Query(description="Only acts on this campaign, also one that is deleted")
    ] = None,
    about_id: Annotated[str | None, Query(max_length=36, description="Only acts on this object")] = None,
) -> Listed[CampaignActView]:
    """Who changed or deleted what of a campaign, when, and what was before: of the caller's units, oldest first."""
    query: Any = scoped(select(CampaignAct), caller, col(CampaignAct.unit_id))
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
        query = query.where(col(CampaignAct.unit_id).in_(units_under(unit_code)))
    if campaign_id is not None:
        query = query.where(col(CampaignAct.campaign_id) == campaign_id)
    if about_id is not None:
        query = query.where(col(CampaignAct.about_id) == about_id)
    rows, cursor = await page_by_id(session, query, CampaignAct.id, page)
    return Listed(
        items=[CampaignActView.of(row, with_reason=caller.role == "officer") for row in rows], next_cursor=cursor
    )
