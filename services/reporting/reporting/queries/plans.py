"""Which campaign a unit's report is about."""

from __future__ import annotations

from datetime import date

from chassis.storage.database import ReadSession
from reporting.projections.tree import tree_of
from reporting.queries.counts import get_live_version
from reporting.queries.reports import get_unit_on
from reporting.queries.targets import CampaignCoverage, list_campaigns

__all__ = ["nearest_campaign"]


async def nearest_campaign(session: ReadSession, unit_code: str, day: date) -> str | None:
    """The id of the unit's own campaign, or of the nearest above it."""
    unit = await get_unit_on(session, unit_code, day)
    campaigns = await list_campaigns(session, await get_live_version(session))
    covering = CampaignCoverage(campaigns, await tree_of(session), day).over(unit.id)
    return str(covering[0].id) if covering else None
