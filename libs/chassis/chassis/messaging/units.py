"""The handler of every service that scopes by units: it stores the tree of units."""

from collections.abc import Sequence

from chassis.messaging.consumer import batch_handler
from chassis.security.scope import store_units
from chassis.storage.database import Session
from contracts.registry import UnitChanged


@batch_handler
async def on_unit_changed(session: Session, events: Sequence[UnitChanged]) -> None:
    """Stores units and their places in the tree."""
    await store_units(session, events)
