"""The tree of units, and which unit succeeded which."""

from __future__ import annotations

from sqlalchemy import text

from chassis.security import scope
from chassis.security.training_guard import TRAINING
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from contracts.registry import UnitChanged
from reporting.model import Succession
from reporting.projections.tree import UNITS_CHANGED

__all__ = ["update_unit"]


async def update_unit(session: Session, event: UnitChanged) -> None:
    """Stores a unit with its successors; a training unit is in no report."""
    if event.kind == TRAINING:
        return
    session.sync_session.info[UNITS_CHANGED] = True
    await scope.store_units(session, [event])
    await session.execute(text("DELETE FROM succession WHERE unit_id = :unit"), {"unit": event.unit_id})
    rows = [(each.unit_id, each.kind, each.effective_on) for each in event.successors]
    await session.execute(*_SUCCESSORS.of(rows, unit_id=event.unit_id))
    await session.execute(text("UPDATE tree_version SET version = version + 1"))


_SUCCESSORS = BulkInsert(
    Succession,
    ["successor_id", "kind", "effective_on"],
    constants=["unit_id"],
    update={"kind": "excluded.kind", "effective_on": "excluded.effective_on"},
)
