"""Deciding what is to be done about a contested or contradicted fact."""

import json
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.security.encryption import decrypt_text, encrypt
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import ResidentUpdated
from registry.commands.attestations import apply_waiting_by_phone
from registry.commands.declaring import as_json, keep_history
from registry.commands.duplicates import check_later
from registry.commands.identifying import lock_subjects, subject
from registry.errors import AlreadyDecided
from registry.model.facts import CORRECTION_VALUE, LINKED_FACTS, Correction, Origin
from registry.model.residents import DECLARABLE, Resident
from registry.model.rights import ERASABLE, EVERYTHING


async def decide_correction(
    session: Session, correction: Correction, resident: Resident, *, accepted: bool, note: str | None, by: str
) -> None:
    """An officer decides; an accepted value takes its place whatever the source of the present one."""
    if correction.state != "received":
        raise AlreadyDecided()
    correction.state = "accepted" if accepted else "refused"
    correction.decided_by, correction.decided_at, correction.decision_note = by, now(), note
    session.add(correction)
    if accepted and correction.kind == "correction" and correction.name in DECLARABLE:
        await _put(session, resident, correction.name, correction_value(correction))
    elif accepted and correction.kind == "erasure":
        await _erase(session, resident, correction.name)


def correction_value(correction: Correction) -> Any:
    """The value that was proposed, opened."""
    return json.loads(decrypt_text(CORRECTION_VALUE, str(correction.id), correction.value))


async def _put(session: Session, resident: Resident, name: str, value: Any) -> None:
    if name == "date_of_birth" and isinstance(value, str):
        value = date.fromisoformat(value)
    phone = value if name == "phone" else resident.value("phone")
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
    await check_later(session, [resident.id])
    if name in ("phone", "phone_owner_verified"):
        await session.flush()
        await apply_waiting_by_phone(session, resident)


async def _erase(session: Session, resident: Resident, asked: str) -> None:
    """Forget a fact, or all that may be forgotten, with its history, what was proposed and what linked databases said."""
    names = [*ERASABLE, *LINKED_FACTS] if asked == EVERYTHING else [asked]
    for name in set(names) & set(ERASABLE):
        resident.put(name, None)
    if "phone" in names:
        resident.phone_owner_verified = False
        names.append("phone_owner_verified")
    resident.touch(now())
    session.add(resident)
    await session.flush()
    await session.execute(_FORGET, {"id": resident.id, "names": names})
    proposed = select(Correction).where(Correction.resident_id == resident.id, col(Correction.name).in_(names))
    for correction in await session.exec(proposed):
        correction.value = encrypt(CORRECTION_VALUE, str(correction.id), as_json(None))
        session.add(correction)
    await check_later(session, [resident.id])
    unit = (await units_of(session, [resident.unit_id]))[resident.unit_id]
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))


_FORGET = text("DELETE FROM fact WHERE resident_id = :id AND name = ANY(cast(:names AS text[]))")
