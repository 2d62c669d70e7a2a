"""The units of one level below another, with the figures that a ranking compares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from chassis.storage.database import ReadSession
from reporting.disclosure import public_figure
from reporting.figures import UnitFigures
from reporting.indicators import catalogue
from reporting.projections.tree import TreeGeneration, tree_of
from reporting.queries.counts import get_live_version, totals_on
from reporting.queries.reports import figures_of, get_unit_on
from reporting.queries.suppression import suppressed_on
from reporting.queries.targets import CampaignCoverage, list_campaigns, targets_of

__all__ = ["list_units_of_level", "public_units"]


async def list_units_of_level(
    session: ReadSession, parent_code: str, level: str, day: date, code: str
) -> list[UnitFigures]:
    """All units of a level below a parent on a day, with the figures of an indicator and of all that have a target."""
    parent = await get_unit_on(session, parent_code, day)
    tree = await tree_of(session)
    generation = tree.at(day)
    live = await get_live_version(session)
    coverage = CampaignCoverage(await list_campaigns(session, live), tree, day)
    targets = {id: targets_of(coverage.over(id)) for id in _below(generation, parent.id, level)}
    codes = {code, *(aimed for each in targets.values() for aimed in each)} & catalogue().indicators.keys()
    counts = await totals_on(session, live, generation, targets, day, _counters(codes))

    def figures(id: UUID) -> UnitFigures:
        compared = codes & {code, *targets[id]}
        return UnitFigures(generation.units[id].named(), figures_of(counts[id], {}, targets[id], compared))

    return [figures(id) for id in targets]


async def public_units(session: ReadSession, units: Sequence[UnitFigures], day: date) -> list[UnitFigures]:
    """The units of one level on a day as the public may see them."""
    generation = (await tree_of(session)).at(day)
    ids = {each.unit.code: generation.by_code[each.unit.code] for each in units}
    parents = list(dict.fromkeys(above for id in ids.values() for above in generation.ancestors(id)))
    codes = {code for each in units for code in each.figures}
    live = await get_live_version(session)
    hidden = (await suppressed_on(session, live, generation, parents, day, _counters(codes))).units

    def public(each: UnitFigures) -> UnitFigures:
        suppressed = hidden[ids[each.unit.code]]
        shown = {code: public_figure(figure, suppressed) for code, figure in each.figures.items()}
        return UnitFigures(each.unit, shown)

    return [public(each) for each in units]


def _counters(codes: Iterable[str]) -> set[str]:
    return {counter.name for code in codes for counter in catalogue().indicators[code].counters()}


def _below(generation: TreeGeneration, id: UUID, level: str) -> list[UUID]:
    found: list[UUID] = []
    for child in generation.children.get(id, []):
        if generation.units[child].level == level:
            found.append(child)
        else:
            found += _below(generation, child, level)
    return found
