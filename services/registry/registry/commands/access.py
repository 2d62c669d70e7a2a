"""An officer's own words about why they looked stay in the registry; only the fact that they looked is announced."""

from collections.abc import Sequence

from chassis.clock import now
from chassis.database import Session
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.outbox import announce
from chassis.tables import AccessEntry
from contracts.access import AccessRecorded
from registry.model.residents import Resident


def record_reveal(
    session: Session, caller: Caller, resident: Resident, *, purpose: str | None, fields: Sequence[str], reason: str
) -> None:
    """Full values were shown, for a stated reason: free words may hold names, so they never go on the bus."""
    seen = {"access_id": new_id(), "resident_id": resident.id, "at": now(), "actor": caller.account,
            "role": caller.role, "unit_code": caller.unit_code, "action": "reveal", "purpose": purpose,
            "fields": list(fields)}  # fmt: skip
    session.add(AccessEntry.model_validate(seen | {"legal_basis": reason}))
    announce(session, AccessRecorded.model_validate(seen | {"service": "registry"}))
