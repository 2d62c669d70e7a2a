"""Entries of the access log: of a read, of a list of residents, and with a stated reason."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.access_log import record_access
from chassis.security.encryption import blind_index, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import AccessEntry
from contracts.access import AccessRecorded
from registry.commands.bulk import copy_rows
from registry.model.access import ACCESS_REASON, AccessReason
from registry.model.residents import Resident


def record_with_reason(
    session: Session, caller: Caller, resident: Resident, *, action: str, purpose: str | None, fields: Sequence[str],
    reason: str,
) -> None:  # fmt: skip
    """Record an access with its stated reason, which is free text: stored encrypted and never published."""
    entry = {"access_id": new_id(), "resident_id": resident.id, "at": now(), "actor": caller.account,
             "role": caller.role, "unit_code": caller.unit_code, "action": action, "purpose": purpose,
             "fields": list(fields)}  # fmt: skip
    session.add(AccessEntry.model_validate(entry | {"legal_basis": blind_index("access_reason", reason).hex()}))
    access_id = str(entry["access_id"])
    session.add(AccessReason(id=UUID(access_id), reason=encrypt(ACCESS_REASON, access_id, reason)))
    publish(session, AccessRecorded.model_validate(entry | {"service": "registry", "body": caller.body}))


def record_read(
    session: Session, caller: Caller, resident: Resident, *, action: str, purpose: str | None, fields: Sequence[str]
) -> None:
    """Record that a resident's data were shown, unless to the person."""
    if not caller.is_resident(resident.id):
        record_access(session, "registry", caller, resident.id, action=action, purpose=purpose, fields=fields)


async def record_list(
    session: Session, caller: Caller, resident_ids: Sequence[UUID], *, action: str, purpose: str | None,
    fields: Sequence[str] | Mapping[UUID, Sequence[str]],
) -> None:  # fmt: skip
    """Record that several residents were shown at once: one entry for each, by one statement. `fields` may differ by id."""
    if not resident_ids:
        return
    moment = now()
    shown = fields if isinstance(fields, Mapping) else dict.fromkeys(resident_ids, fields)
    entries = [
        AccessRecorded(
            access_id=new_id(), resident_id=resident_id, service="registry", at=moment, actor=caller.account,
            role=caller.role, action=action, purpose=purpose, fields=list(shown[resident_id]), unit_code=caller.unit_code,
            body=caller.body,
        )
        for resident_id in resident_ids
    ]  # fmt: skip
    rows = [tuple(getattr(entry, name) for name in _COLUMNS) for entry in entries]
    await copy_rows(session, "access_entry", _COLUMNS, rows)
    publish(session, *entries)


_COLUMNS = ("access_id", "resident_id", "at", "actor", "role", "unit_code", "action", "purpose", "fields")
