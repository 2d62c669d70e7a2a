"""Events of casework: the chosen services of a unit."""

from chassis.storage.database import Session
from contracts.casework import ProceduresChosen
from onboarding.model.sessions import KnownProcedures


async def on_procedures_chosen(session: Session, event: ProceduresChosen) -> None:
    """Keeps the newest choice of a unit."""
    known = await session.get(KnownProcedures, event.unit_id)
    if known is None or known.at < event.at:
        await session.merge(KnownProcedures(unit_id=event.unit_id, codes=event.codes, at=event.at))
