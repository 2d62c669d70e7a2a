"""Units and what belongs to the whole province."""

from sqlalchemy import text

from chassis.security import scope
from chassis.security.training_guard import TRAINING
from chassis.storage.database import Session
from contracts.registry import SourceChecked, UnitChanged
from reporting.projections.ledger import change_work
from reporting.projections.tree import UNITS_CHANGED
from reporting.projections.works import Source


async def on_unit_changed(session: Session, fact: UnitChanged) -> None:
    if fact.kind == TRAINING:
        return  # what trainees do there is of a unit that no report knows
    session.sync_session.info[UNITS_CHANGED] = True
    await scope.on_unit_changed(session, fact)
    await session.execute(text("DELETE FROM succession WHERE unit_id = :unit"), {"unit": fact.unit_id})
    for each in fact.successors:
        await session.execute(
            _SUCCEED,
            {"unit": fact.unit_id, "successor": each.unit_id, "kind": each.kind, "day": each.effective_on},
        )
    await session.execute(text("UPDATE tree_version SET version = version + 1"))


async def on_source_checked(session: Session, fact: SourceChecked) -> None:
    await change_work(session, "source", fact.source, Source, lambda known: known.know(fact))


_SUCCEED = text(
    "INSERT INTO succession (unit_id, successor_id, kind, effective_on) VALUES (:unit, :successor, :kind, :day)"
    " ON CONFLICT (unit_id, successor_id) DO UPDATE SET kind = excluded.kind, effective_on = excluded.effective_on"
)
