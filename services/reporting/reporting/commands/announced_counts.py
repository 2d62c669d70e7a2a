"""The counts that each service takes of its own tables, stored beside ours of the same moment."""

from __future__ import annotations

from sqlalchemy import text

from chassis.clock import local_date
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from contracts.counts import CountsTaken
from reporting.model import AnnouncedCount
from reporting.projections.tree import tree_of
from reporting.queries.reconciliation import count_of, projected_counts

__all__ = ["store_announced_counts"]


async def store_announced_counts(session: Session, event: CountsTaken) -> None:
    """Stores the newest counts of a service, with what is counted here at this moment."""
    day = local_date(event.at)
    codes = {each.unit_code for each in event.counts}
    projected = await projected_counts(session, (await tree_of(session)).at(day), codes, day)
    await session.execute(_DELETE_OLDER, {"service": event.service, "at": event.at})
    rows = [
        (each.unit_code, each.indicator, each.count, count_of(projected.get(each.unit_code, {}), each.indicator))
        for each in event.counts
    ]
    await session.execute(*_INSERT.of(rows, service=event.service, taken_at=event.at))


_DELETE_OLDER = text("DELETE FROM announced_count WHERE service = :service AND taken_at < :at")
_INSERT = BulkInsert(
    AnnouncedCount, ["unit_code", "indicator", "count", "projected"], constants=["service", "taken_at"]
)
