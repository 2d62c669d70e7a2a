"""What the services counted in their own tables, beside what the projections count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text

from chassis.clock import local_date, today
from chassis.storage.database import ReadSession
from reporting.figures import Reconciliation
from reporting.indicators import catalogue
from reporting.projections.tree import TreeGeneration, tree_of
from reporting.queries.counts import counts_of, get_live_version

__all__ = ["count_of", "list_reconciliation", "projected_counts"]


async def list_reconciliation(session: ReadSession, unit_code: str | None = None) -> list[Reconciliation]:
    """The last counts of every service beside ours, of one unit and all below it, or of all.

    Events may still be on their way when a service counts, or come after it: counts agree when ours was or has become the
    same.
    """
    rows = (await session.execute(text("SELECT * FROM announced_count ORDER BY service, unit_code, indicator"))).all()
    if not rows:
        return []
    day = max(local_date(row.taken_at) for row in rows)
    generation = (await tree_of(session)).at(day)
    top = generation.find(unit_code) if unit_code else None
    wanted = set(generation.members_of(top.id)) if top else None
    kept = [row for row in rows if (unit := generation.find(row.unit_code)) and (wanted is None or unit.id in wanted)]
    now = await projected_counts(session, generation, {row.unit_code for row in kept}, today())
    found = []
    for row in kept:
        latest = count_of(now.get(row.unit_code, {}), row.indicator)
        ours = row.projected if row.projected == row.count else latest
        found.append(Reconciliation(row.service, row.unit_code, row.indicator, row.count, ours, row.taken_at))
    return found


async def projected_counts(
    session: ReadSession, generation: TreeGeneration, codes: set[str], day: date
) -> dict[str, dict[str, int]]:
    """By unit code and counter, what is counted here in each unit itself at the end of a day."""
    live = await get_live_version(session)
    units = {code: unit.id for code in codes if (unit := generation.find(code))}
    parts = {id: generation.homed.get(id, []) for id in units.values()}
    counts = await counts_of(session, live, parts, day) if parts else {}
    return {code: counts[id] for code, id in units.items()}


def count_of(counts: Mapping[str, int], indicator: str) -> int:
    """The count of an indicator's numerator, or of the counter of that name."""
    known = catalogue().indicators.get(indicator)
    return counts.get(known.numerator.name if known else indicator, 0)
