"""Versions of the projections: one is live, another may be built beside it and take its place."""

from __future__ import annotations

from sqlalchemy import text

from chassis.clock import now, today
from chassis.messaging.bus.port import TopicPartition
from chassis.storage.database import ReadSession, Session
from reporting.projections.totals import make_totals

__all__ = [
    "begin_version",
    "drop_version",
    "hold_live_version",
    "list_retired_versions",
    "live_positions",
    "swap_version",
]

CHUNK = 20_000
TABLES = ("subject", "count_on_day", "count_at_base", "total_on_day", "total_at_base", "unit_change")


async def begin_version(session: Session) -> int:
    """A new, empty version to build."""
    found = await session.execute(text("SELECT max(version) + 1 FROM projection"))
    version: int = found.scalar_one()
    await session.execute(
        text("INSERT INTO projection (version, state, base_day, started_at) VALUES (:version, 'building', :day, :at)"),
        {"version": version, "day": today(), "at": now()},
    )
    await make_totals(session, version)
    return version


async def hold_live_version(session: Session) -> int:
    """Lets no event be counted until this transaction ends; the live version."""
    found = await session.execute(text("SELECT version FROM projection WHERE state = 'live' FOR UPDATE"))
    version: int = found.scalar_one()
    return version


async def swap_version(session: Session, old: int, new: int) -> None:
    """Makes `new` the live version at the commit; in the transaction that holds the old one."""
    await session.execute(text("UPDATE projection SET state = 'retired' WHERE version = :old"), {"old": old})
    await session.execute(
        text("UPDATE projection SET state = 'live', live_since = :at WHERE version = :new"), {"new": new, "at": now()}
    )


async def live_positions(session: ReadSession, bus_id: str) -> dict[TopicPartition, int]:
    """The next offset of the live version in every partition of a bus."""
    rows = await session.execute(
        text("SELECT topic, partition, next_offset FROM position WHERE bus_id = :bus"), {"bus": bus_id}
    )
    return {TopicPartition(row.topic, row.partition): row.next_offset for row in rows}


async def list_retired_versions(session: ReadSession) -> list[int]:
    """Versions that are not live: retired ones, and what an interrupted rebuild left."""
    rows = await session.execute(text("SELECT version FROM projection WHERE state <> 'live' ORDER BY version"))
    return list(rows.scalars())


async def drop_version(session: Session, version: int) -> bool:
    """Deletes a part of a retired version; False when nothing was left. One transaction deletes only so much."""
    for table in TABLES:
        chunk = f"SELECT ctid FROM {table} WHERE version = :version LIMIT {CHUNK}"
        deleted = await session.execute(
            text(f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({chunk})) AND version = :version"), {"version": version}
        )
        if deleted.rowcount:
            return True
    gone = await session.execute(
        text("DELETE FROM projection WHERE version = :version AND state <> 'live'"), {"version": version}
    )
    return bool(gone.rowcount)
