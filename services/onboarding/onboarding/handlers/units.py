"""Units of the registry: their places in the tree, and their successors."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from chassis.messaging.consumer import batch_handler
from chassis.security.scope import store_units
from chassis.storage.database import Session
from contracts.registry import UnitChanged
from onboarding.model.territory import KnownSuccessor


@batch_handler
async def on_units(session: Session, events: Sequence[UnitChanged]) -> None:
    """Stores units, their places in the tree and their successors."""
    await store_units(session, events)
    newest = {event.unit_id: event for event in events}
    await session.execute(delete(KnownSuccessor).where(col(KnownSuccessor.unit_id).in_(list(newest))))
    rows = [row for event in newest.values() for row in _successors(event)]
    if rows:
        await session.execute(insert(KnownSuccessor).values(rows))


def _successors(event: UnitChanged) -> list[dict[str, Any]]:
    newest = {each.unit_id: each for each in event.successors}
    return [
        {"unit_id": event.unit_id, "successor_id": each.unit_id, "kind": each.kind, "effective_on": each.effective_on}
        for each in newest.values()
    ]
