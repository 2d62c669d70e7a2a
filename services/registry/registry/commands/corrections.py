"""Decisions on requests about attributes."""

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import CorrectionDecided, ResidentUpdated
from registry.commands.attestations import apply_unmatched_by_phone
from registry.commands.attributes import keep_history
from registry.commands.duplicates import queue_duplicate_check
from registry.commands.identifier_locks import lock_subjects, subject
from registry.commands.residents import rehouse_resident, relocate_resident, renumber_resident
from registry.errors import AlreadyDecided
from registry.identifiers import document_of
from registry.model.attributes import ERASABLE, LINKED_ONLY, STORED
from registry.model.provenance import ATTRIBUTE_VALUE, CORRECTION_VALUE, AttributeRecord, Correction, as_json
from registry.model.ranking import Origin, expires_at
from registry.model.residents import Resident
from registry.model.rights import EVERYTHING


async def decide_correction(
    session: Session, correction: Correction, resident: Resident, *, accepted: bool, note: str | None, by: Caller
) -> None:
    """Store an officer's decision; an accepted value replaces the present one whatever its source."""
    if correction.state != "received":
        raise AlreadyDecided()
    correction.state = "accepted" if accepted else "refused"
    correction.decided_by, correction.decided_at = by.account, now()
    correction.decided_body, correction.decided_unit_code = by.body, by.unit_code
    correction.encrypt_texts(reason=correction.decrypted_reason(), note=note)
    session.add(correction)
    publish(
        session,
        CorrectionDecided(
            correction_id=correction.id, resident_id=resident.id, kind=correction.kind, name=correction.name,
            accepted=accepted, at=correction.decided_at,
        ),
    )  # fmt: skip
    if accepted and correction.kind == "correction":
        await _correct(session, resident, correction.name, correction.proposed_value(), by)
    elif accepted and correction.kind == "erasure":
        await _erase(session, resident, correction.name)


async def _correct(session: Session, resident: Resident, name: str, value: Any, by: Caller) -> None:
    """Put an accepted value in its place: unit, household and number by their own operations."""
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    if name == "unit_code":
        new = await unit_of_body(session, value, "/value")
        await require_unit(session, by, new.id, is_known=True)
        await relocate_resident(session, resident, unit, new)
    elif name == "household_code":
        await rehouse_resident(session, resident, unit, value)
    elif name == "personal_id":
        await renumber_resident(session, resident, unit, value)
        if len(value) != 12 or resident.id_document == "cmnd":
            await _put(session, resident, "id_document", document_of(value))
    elif name in LINKED_ONLY:
        await _state(session, resident, name, value)
    else:
        await _put(session, resident, name, value)


async def _state(session: Session, resident: Resident, name: str, value: Any) -> None:
    """An officer states an attribute that is not in the resident's row; a newer value of a database replaces it."""
    moment, record_id = now(), new_id()
    await session.execute(_SUPERSEDE, {"id": resident.id, "name": name, "at": moment})
    session.add(
        AttributeRecord(
            id=record_id, resident_id=resident.id, name=name, value=encrypt(ATTRIBUTE_VALUE, str(record_id), as_json(value)),
            source="officer", verified=True, observed_at=moment, expires_at=expires_at(name, moment),
        )
    )  # fmt: skip


_SUPERSEDE = text(
    "UPDATE fact SET superseded_at = :at WHERE resident_id = :id AND name = :name AND source = 'officer'"
    " AND superseded_at IS NULL"
)


async def _put(session: Session, resident: Resident, name: str, value: Any) -> None:
    if name == "date_of_birth" and isinstance(value, str):
        value = date.fromisoformat(value)
    phone = value if name == "phone" else resident.value("phone")
    if name == "phone_owner_verified" and value and not phone:
        return
    if name in ("phone", "phone_owner_verified") and phone:
        await lock_subjects(session, [subject("phone", phone)])
    before, moment = resident.value(name), now()
    if before == value:
        return
    if before is not None:
        keep_history(session, resident.id, name, before, resident.origin(name), moment)
    resident.put(name, value)
    origin = Origin(source="officer", verified=True, observed_at=moment)
    resident.provenance = {**resident.provenance, name: origin.model_dump(mode="json")}
    resident.touch(moment)
    session.add(resident)
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))
    await queue_duplicate_check(session, [resident.id])
    if name in ("phone", "phone_owner_verified"):
        await session.flush()
        await apply_unmatched_by_phone(session, resident)


async def _erase(session: Session, resident: Resident, requested: str) -> None:
    """Erase an attribute, or all erasable ones, with history, proposals and the values of linked databases."""
    names = list(ERASABLE) if requested == EVERYTHING else [requested]
    for name in set(names) & set(ERASABLE) & set(STORED):
        resident.put(name, None)
    if "phone" in names:
        resident.phone_owner_verified = False
        names.append("phone_owner_verified")
    resident.touch(now())
    session.add(resident)
    await session.flush()
    await session.execute(_DELETE_RECORDS, {"id": resident.id, "names": names})
    proposed = select(Correction).where(Correction.resident_id == resident.id, col(Correction.name).in_(names))
    for correction in await session.exec(proposed):
        correction.value = encrypt(CORRECTION_VALUE, str(correction.id), as_json(None))
        session.add(correction)
    await queue_duplicate_check(session, [resident.id])
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))


_DELETE_RECORDS = text("DELETE FROM fact WHERE resident_id = :id AND name = ANY(cast(:names AS text[]))")
