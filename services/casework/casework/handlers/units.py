"""Events of units: their places in the tree, and the chosen services that follow when units merge."""

from collections.abc import Sequence

from sqlmodel import col, select

from casework.commands.procedures import hand_on_choice, replace_choice
from casework.model.chosen import ChosenProcedures
from chassis.clock import today
from chassis.messaging.consumer import batch_handler
from chassis.security.scope import store_units
from chassis.storage.database import Session
from contracts.registry import UnitChanged


@batch_handler
async def on_units(session: Session, events: Sequence[UnitChanged]) -> None:
    """Stores the units; from its last day on, what an ended unit chose is its successors' choice until they choose.

    When a decree is taken back, its old units have their own choice again, and the unit that it made has none.
    """
    await store_units(session, events)
    newest = {event.unit_id: event for event in events}
    query = select(ChosenProcedures).where(col(ChosenProcedures.unit_id).in_(list(newest)))
    for choice in (await session.exec(query.order_by(col(ChosenProcedures.unit_id)))).all():
        await _follow(session, choice, newest[choice.unit_id])


async def _follow(session: Session, choice: ChosenProcedures, unit: UnitChanged) -> None:
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        if choice.codes:
            await replace_choice(session, choice, unit.code, [])
    elif unit.successors:
        await hand_on_choice(
            session, choice, unit.code, [each for each in unit.successors if each.effective_on <= today()]
        )
    elif choice.handed_on and not choice.codes:
        await replace_choice(session, choice, unit.code, choice.handed_on)
