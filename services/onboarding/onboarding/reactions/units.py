"""Units as registry tells of them: their places in the tree, and who took over whom."""

from sqlalchemy import delete
from sqlmodel import col

from chassis.database import Session
from chassis.scope import on_unit_changed
from contracts.registry import UnitChanged
from onboarding.model.territory import KnownSuccessor


async def on_unit_told(session: Session, fact: UnitChanged) -> None:
    """Keeps the unit, its places and its successors."""
    await on_unit_changed(session, fact)
    await session.exec(delete(KnownSuccessor).where(col(KnownSuccessor.unit_id) == fact.unit_id))
    session.add_all(
        KnownSuccessor(unit_id=fact.unit_id, successor_id=each.unit_id, kind=each.kind, effective_on=each.effective_on)
        for each in {each.unit_id: each for each in fact.successors}.values()
    )
