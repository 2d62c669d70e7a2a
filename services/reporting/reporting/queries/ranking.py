"""The units of one level below another, with their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from chassis.storage.database import ReadSession
from reporting.disclosure import public_figure
from reporting.figures import Figure, UnitFigures
from reporting.indicators import catalogue
from reporting.projections.tree import TreeGeneration, tree_of
from reporting.queries.counts import get_live_version, totals_on
from reporting.queries.reports import figures_of, get_unit_on
from reporting.queries.suppression import suppressed_on
from reporting.queries.targets import campaigns_over, list_campaigns, targets_of

__all__ = ["list_units_of_level", "public_units"]


async def list_units_of_level(session: ReadSession, parent_code: str, level: str, day: date) -> list[UnitFigures]:
    """All units of a level below a parent on a day, with figures and targets."""
    parent = await get_unit_on(session, parent_code, day)
    tree = await tree_of(session)
    generation = tree.at(day)
    live = await get_live_version(session)
    campaigns = await list_campaigns(session, live)
    found = list(_below(generation, parent.id, level))
    counts = await totals_on(session, live, generation, found, day)
    return [
        UnitFigures(
            generation.units[id].named(),
            figures_of(counts[id], {}, targets_of(campaigns_over(campaigns, tree, id, day))),
        )
        for id in found
    ]


async def public_units(
    session: ReadSession, units: Sequence[UnitFigures], day: date, codes: Iterable[str]
) -> list[UnitFigures]:
    """The units of one level on a day as the public may see them, with the figures of these indicators only."""
    codes = set(codes)
    generation = (await tree_of(session)).at(day)
    parents = list(
        dict.fromkeys(above for each in units for above in generation.ancestors(generation.by_code[each.unit.code]))
    )
    counters = {counter.name for code in codes for counter in catalogue().indicators[code].counters()}
    live = await get_live_version(session)
    hidden = (await suppressed_on(session, live, generation, parents, day, counters)).units

    def public_figures(each: UnitFigures) -> dict[str, Figure]:
        suppressed = hidden.get(generation.by_code[each.unit.code], set())
        return {code: public_figure(each.figures[code], suppressed) for code in codes}

    return [UnitFigures(each.unit, public_figures(each)) for each in units]


def _below(generation: TreeGeneration, id: UUID, level: str) -> list[UUID]:
    found: list[UUID] = []
    for child in generation.children.get(id, []):
        if generation.units[child].level == level:
            found.append(child)
        else:
            found += _below(generation, child, level)
    return found
