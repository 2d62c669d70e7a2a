"""Units as registry tells of them: their places in the tree, and who took over whom."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from chassis.messaging.consumer import batch_handler
from chassis.storage.database import Session
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.registry import UnitChanged
from onboarding.model.territory import KnownSuccessor


@batch_handler
async def on_units_told(session: Session, facts: Sequence[UnitChanged]) -> None:
    """Keeps units, their places and their successors; thousands come at once when a decree is imported."""
    newest = {fact.unit_id: fact for fact in facts}
    units = [KnownUnit(id=each.unit_id, **_named(each)).model_dump() for each in newest.values()]
    statement = insert(KnownUnit).values(units)
    named = {name: statement.excluded[name] for name in _NAMES}
    await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=named))
    await _replace(session, KnownLineage, newest, [row for each in newest.values() for row in _places(each)])
    await _replace(session, KnownSuccessor, newest, [row for each in newest.values() for row in _successors(each)])


_NAMES = ("code", "name", "level", "kind", "valid_from", "valid_to")


def _named(fact: UnitChanged) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in _NAMES}


def _places(fact: UnitChanged) -> list[dict[str, Any]]:
    return [{**place.model_dump(), "unit_id": fact.unit_id} for place in fact.lineage]


def _successors(fact: UnitChanged) -> list[dict[str, Any]]:
    newest = {each.unit_id: each for each in fact.successors}
    return [
        {"unit_id": fact.unit_id, "successor_id": each.unit_id, "kind": each.kind, "effective_on": each.effective_on}
        for each in newest.values()
    ]


async def _replace(session: Session, table: Any, units: Any, rows: list[dict[str, Any]]) -> None:
    await session.execute(delete(table).where(col(table.unit_id).in_(list(units))))
    if rows:
        await session.execute(insert(table).values(rows))
