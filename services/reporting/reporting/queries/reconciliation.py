"""What the services counted in their own tables, beside what the projections count."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from chassis.clock import local_date, today
from chassis.storage.database import ReadSession, Session
from contracts.counts import CountsTaken
from reporting.figures import Reconciliation
from reporting.indicators import catalogue
from reporting.projections.tree import Tier, tree_of
from reporting.queries.counts import counts_of, get_live_version

__all__ = ["list_reconciliation", "store_announced"]


async def store_announced(session: Session, fact: CountsTaken) -> None:
    """Keeps a service's counts, the newest ones, with what is counted here at this moment."""
    tier = (await tree_of(session)).at(local_date(fact.at))
    projected = await _projected(session, tier, {each.unit_code for each in fact.counts}, fact)
    await session.execute(_FORGET, {"service": fact.service, "at": fact.at})
    await session.execute(
        _STORE,
        {
            "service": fact.service,
            "units": [each.unit_code for each in fact.counts],
            "indicators": [each.indicator for each in fact.counts],
            "counts": [each.count for each in fact.counts],
            "projected": [_count(projected.get(each.unit_code, {}), each.indicator) for each in fact.counts],
            "at": fact.at,
        },
    )


async def list_reconciliation(session: ReadSession, unit_code: str | None = None) -> list[Reconciliation]:
    """The last counts of every service beside ours, of one unit and all below it, or of all.

    Facts may still be on their way when a service counts, or come after it: counts agree when ours was or has become the
    same.
    """
    rows = (await session.execute(text("SELECT * FROM announced_count ORDER BY service, unit_code, indicator"))).all()
    if not rows:
        return []
    day = max(local_date(row.taken_at) for row in rows)
    tier = (await tree_of(session)).at(day)
    top = tier.find(unit_code) if unit_code else None
    wanted = set(tier.members_of(top.id)) if top else None
    kept = [row for row in rows if (unit := tier.find(row.unit_code)) and (wanted is None or unit.id in wanted)]
    now = await _projected(session, tier, {row.unit_code for row in kept}, None)
    found = []
    for row in kept:
        latest = _count(now.get(row.unit_code, {}), row.indicator)
        ours = row.projected if row.projected == row.count else latest
        found.append(Reconciliation(row.service, row.unit_code, row.indicator, row.count, ours, row.taken_at))
    return found


async def _projected(
    session: ReadSession, tier: Tier, codes: set[str], fact: CountsTaken | None
) -> dict[str, dict[str, int]]:
    live = await get_live_version(session)
    units = {code: unit.id for code in codes if (unit := tier.find(code))}
    parts = {id: tier.homed.get(id, []) for id in units.values()}
    day = local_date(fact.at) if fact else today()
    counts = await counts_of(session, live, parts, day) if parts else {}
    return {code: counts[id] for code, id in units.items()}


def _count(counts: Mapping[str, int], indicator: str) -> int:
    known = catalogue().indicators.get(indicator)
    return counts.get(known.numerator.name if known else indicator, 0)


_FORGET = text("DELETE FROM announced_count WHERE service = :service AND taken_at < :at")
_STORE = text(
    "INSERT INTO announced_count (service, unit_code, indicator, count, projected, taken_at)"
    " SELECT :service, unit_code, indicator, count, projected, :at FROM unnest(cast(:units AS text[]),"
    " cast(:indicators AS text[]), cast(:counts AS bigint[]), cast(:projected AS bigint[]))"
    " AS new (unit_code, indicator, count, projected) ON CONFLICT DO NOTHING"
)
