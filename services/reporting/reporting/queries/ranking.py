"""The units of one level below another, with their figures."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.database import ReadSession
from reporting.figures import UnitFigures
from reporting.projections.tree import Tier, tree_of
from reporting.queries.counts import get_live_version, totals_on
from reporting.queries.reports import figures_of, get_unit_on
from reporting.queries.targets import campaigns_over, list_campaigns, targets_of

__all__ = ["list_units_of_level"]


async def list_units_of_level(session: ReadSession, parent_code: str, level: str, day: date) -> list[UnitFigures]:
    """All units of a level below a parent on a day, with figures and targets."""
    parent = await get_unit_on(session, parent_code, day)
    tree = await tree_of(session)
    tier = tree.at(day)
    live = await get_live_version(session)
    campaigns = await list_campaigns(session, live)
    found = list(_below(tier, parent.id, level))
    counts = await totals_on(session, live, tier, found, day)
    return [
        UnitFigures(
            tier.units[id].named(), figures_of(counts[id], {}, targets_of(campaigns_over(campaigns, tree, id, day)))
        )
        for id in found
    ]


def _below(tier: Tier, id: UUID, level: str) -> list[UUID]:
    found: list[UUID] = []
    for child in tier.children.get(id, []):
        if tier.units[child].level == level:
            found.append(child)
        else:
            found += _below(tier, child, level)
    return found
