"""The counts of every unit as they were known at the end of a day."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from reporting.model import Snapshot
from reporting.projections.tree import tree_of
from reporting.queries.counts import get_live_version, totals_on

__all__ = ["take_snapshots"]


async def take_snapshots(session: Session, day: date) -> int:
    """Stores every unit's counts as known at the end of `day`; how many units, 0 when it was done before."""
    done = await session.execute(text("SELECT true FROM snapshot WHERE day = :day LIMIT 1"), {"day": day})
    if done.scalar():
        return 0
    generation = (await tree_of(session)).at(day)
    live = await get_live_version(session)
    counts = await totals_on(session, live, generation, generation.units, day)
    rows = [(id, json.dumps(counted)) for id, counted in counts.items() if counted]
    await session.execute(*_INSERT.of(rows, day=day, taken_at=now()))
    return len(counts)


_INSERT = BulkInsert(Snapshot, ["unit_id", "counts"], constants=["day", "taken_at"])
