"""The units of one level below another, with their figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.storage.database import ReadSession
from reporting.figures import Figure, UnitFigures, hide_small
from reporting.projections.tree import Tier, tree_of
from reporting.queries.counts import get_live_version, totals_on
from reporting.queries.reports import figures_of, get_unit_on
from reporting.queries.targets import campaigns_over, list_campaigns, targets_of
from reporting.queries.withheld import withheld_on

__all__ = ["list_units_of_level", "public_units"]


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


async def public_units(session: ReadSession, units: Sequence[UnitFigures], day: date) -> list[UnitFigures]:
    """The units of one level on a day as everybody may see them."""
    tier = (await tree_of(session)).at(day)
    parents = list(dict.fromkeys(above for each in units for above in tier.ancestors(tier.by_code[each.unit.code])))
    hidden = (await withheld_on(session, await get_live_version(session), tier, parents, day)).units

    def public_figures(each: UnitFigures) -> dict[str, Figure]:
        withheld = hidden.get(tier.by_code[each.unit.code], set())
        return {code: hide_small(figure, withheld) for code, figure in each.figures.items()}

    return [UnitFigures(each.unit, public_figures(each)) for each in units]


def _below(tier: Tier, id: UUID, level: str) -> list[UUID]:
    found: list[UUID] = []
    for child in tier.children.get(id, []):
        if tier.units[child].level == level:
            found.append(child)
        else:
            found += _below(tier, child, level)
    return found
