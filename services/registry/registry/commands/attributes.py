"""Attribute resolution: values of sources are stored as far as they are believed, with history; the rest is decided."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import OrganizationUpdated, ResidentUpdated
from registry.commands.bulk import copy_rows
from registry.commands.duplicates import queue_duplicate_check
from registry.model.attributes import STATED
from registry.model.organizations import CONFIRMED, Organization
from registry.model.provenance import ATTRIBUTE_VALUE, CORRECTION_VALUE, AttributeRecord, Correction, as_json
from registry.model.ranking import Origin, expires_at
from registry.model.residents import Resident, Resolution
from registry.model.rights import acknowledge_by, due_on
from registry.names import words


async def resolve_attributes(
    session: Session, resident: Resident, unit: KnownUnit, values: Mapping[str, Any], origin: Origin, by: str
) -> Resolution:
    """Store what a source states about a known resident. A phone among the values must be locked already."""
    done = resident.resolve({name: value for name, value in values.items() if name in STATED}, origin)
    moment = now()
    for name, (before, before_origin) in done.changed.items():
        known = before is not None
        done.history[name] = keep_history(session, resident.id, name, before, before_origin, moment) if known else None
    for name, value in done.contested.items():
        await propose_value(session, resident, name, value, origin.source, by)
    if done.changed:
        await store_changes(session, resident, unit, done.changed, moment)
    return done


async def propose_value(session: Session, resident: Resident, name: str, value: Any, source: str, by: str) -> None:
    """Leave a value to an officer's decision; a value that waits for one already changes nothing."""
    waiting = await session.exec(
        select(Correction).where(
            Correction.resident_id == resident.id, Correction.name == name, Correction.state == "received"
        )
    )
    proposed = json.loads(as_json(value))
    if all(correction.proposed_value() != proposed for correction in waiting):
        request_correction(session, resident.id, name, value, source, by)


async def store_changes(
    session: Session, resident: Resident, unit: KnownUnit, changed: Collection[str], moment: datetime
) -> None:
    """Publish changed attributes, by name, and what follows from them in the registry."""
    resident.touch(moment)
    session.add(resident)
    await session.flush()
    if "full_name" in changed:
        await session.execute(text("DELETE FROM resident_word WHERE resident_id = :id"), {"id": resident.id})
        await copy_rows(session, "resident_word", ("unit_id", "word", "resident_id"), word_rows([resident]))
    if {"full_name", "date_of_birth", "phone"} & set(changed):
        await queue_duplicate_check(session, [resident.id])
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))
    if "has_smartphone" in changed:
        await _update_owned_organizations(session, resident, moment)


async def _update_owned_organizations(session: Session, owner: Resident, moment: datetime) -> None:
    """The provincial app of an organization depends on its owner's smartphone; a claim counts where it made the record."""
    represents = (col(Organization.representative_id) == owner.id) & (
        (col(Organization.representative_status) == CONFIRMED) | (col(Organization.recorded_by) == "resident")
    )
    query = select(Organization, KnownUnit.code).join(KnownUnit, col(KnownUnit.id) == col(Organization.unit_id))
    found = await session.exec(query.where(represents).with_for_update(of=Organization))
    for organization, unit_code in found.all():
        organization.has_smartphone = bool(owner.has_smartphone)
        organization.touch(moment)
        session.add(organization)
        publish(session, OrganizationUpdated.model_validate(organization.snapshot(unit_code)))


def keep_history(session: Session, resident_id: UUID, name: str, value: Any, origin: Origin, moment: datetime) -> UUID:
    """Store a value that was replaced in the resident's row; the id of its record."""
    record_id = new_id()
    session.add(
        AttributeRecord(
            id=record_id, resident_id=resident_id, name=name, value=encrypt(ATTRIBUTE_VALUE, str(record_id), as_json(value)),
            source=origin.source, verified=origin.verified, observed_at=origin.observed_at,
            expires_at=expires_at(name, origin.observed_at), superseded_at=moment,
        )
    )  # fmt: skip
    return record_id


def request_correction(
    session: Session, resident_id: UUID, name: str, value: Any, source: str, by: str, reason: str | None = None,
    kind: str = "correction",
) -> Correction:  # fmt: skip
    """Store a request on which an officer decides within the time that the law sets."""
    correction_id, moment = new_id(), now()
    correction = Correction(
        id=correction_id, resident_id=resident_id, name=name, kind=kind,
        value=encrypt(CORRECTION_VALUE, str(correction_id), as_json(value)), source=source,
        requested_by=by, requested_at=moment, acknowledge_by=acknowledge_by(moment), due_on=due_on(kind, moment),
    )  # fmt: skip
    correction.encrypt_texts(reason=reason, note=None)
    session.add(correction)
    return correction


def word_rows(residents: Iterable[Resident | SimpleNamespace]) -> Iterable[tuple[UUID, str, UUID]]:
    """The rows of the name index: unit, word, resident."""
    return [(resident.unit_id, word, resident.id) for resident in residents for word in words(resident.full_name)]
