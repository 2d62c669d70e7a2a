"""Refreshing all residents of a unit from the linked databases, in the background."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.scope import units_of, units_under
from chassis.storage.database import Database, ReadSession, Session
from chassis.storage.tables import KnownUnit
from registry.commands.linked_answers import record_source_states, store_source_answers
from registry.model.linked import Refresh
from registry.model.residents import Resident
from registry.sources import Databases, SourceResult

BATCH = 20


async def request_refresh(session: Session, unit: KnownUnit, sources: Sequence[str], by: str) -> Refresh:
    """Queue a refresh of a unit's residents."""
    refresh = Refresh(id=new_id(), unit_id=unit.id, sources=list(sources), requested_by=by, requested_at=now())
    session.add(refresh)
    return refresh


async def run_open_refreshes(database: Database, databases: Databases, seconds: float) -> None:
    """Run all queued refreshes; an interrupted one continues after the last resident that it finished."""
    while True:
        async with database.reading() as session:
            refresh = (await session.exec(_NEXT)).first()
            batch = await _batch(session, refresh) if refresh else []
        if refresh is None:
            return
        answers = await asyncio.gather(*(databases.query(refresh.sources, number, seconds) for _, number in batch))
        results = {resident_id: answer for (resident_id, _), answer in zip(batch, answers, strict=True)}
        async with database.transaction() as session:
            await _store_batch(session, refresh.id, results)


_NEXT = select(Refresh).where(col(Refresh.status).in_(["queued", "running"])).order_by(col(Refresh.id)).limit(1)


async def _batch(session: ReadSession, refresh: Refresh) -> list[tuple[UUID, str]]:
    top = (await units_of(session, [refresh.unit_id]))[refresh.unit_id]
    query = select(Resident).where(col(Resident.unit_id).in_(units_under(top.code)), Resident.life == "alive")
    if refresh.after_id is not None:
        query = query.where(col(Resident.id) > refresh.after_id)
    found = await session.exec(query.order_by(col(Resident.id)).limit(BATCH))
    return [(resident.id, resident.value("personal_id")) for resident in found]


async def _store_batch(session: Session, refresh_id: UUID, results: dict[UUID, list[SourceResult]]) -> None:
    refresh = await session.get_one(Refresh, refresh_id, with_for_update=True)
    if not results:
        refresh.status, refresh.finished_at = "completed", now()
        return
    refresh.status = "running"
    for resident_id in sorted(results):
        resident = await session.get_one(Resident, resident_id, with_for_update=True)
        changed = await store_source_answers(session, resident, results[resident_id])
        refresh.done += 1
        refresh.changed += any(changed.values())
        refresh.failed += any(result.failure for result in results[resident_id])
        refresh.after_id = resident_id
    last = {result.source: result for answers in results.values() for result in answers}
    await record_source_states(session, list(last.values()))
