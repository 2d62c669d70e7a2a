"""Events of units: their places in the tree, and the chosen services that follow when units merge."""

from collections.abc import Sequence

from sqlmodel import col, select

from casework.commands.procedures import hand_on_choice
from casework.model.chosen import ChosenProcedures
from chassis.clock import today
from chassis.messaging.consumer import batch_handler
from chassis.security.scope import store_units
from chassis.storage.database import Session
from contracts.registry import UnitChanged


@batch_handler
async def on_units(session: Session, events: Sequence[UnitChanged]) -> None:
    """Stores the units; from its last day on, what an ended unit chose is its successors' choice until they choose."""
    await store_units(session, events)
    ended = {event.unit_id: event for event in events if event.successors}
    query = select(ChosenProcedures).where(col(ChosenProcedures.unit_id).in_(list(ended)))
    for choice in (await session.exec(query.order_by(col(ChosenProcedures.unit_id)))).all():
        unit = ended[choice.unit_id]
        await hand_on_choice(
            session, choice, unit.code, [each for each in unit.successors if each.effective_on <= today()]
        )
