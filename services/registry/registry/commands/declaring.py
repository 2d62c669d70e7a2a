"""Sources state facts about a person: what may change changes and keeps its history; the rest waits for a decision."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
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
from registry.commands.duplicates import check_later
from registry.model.facts import CORRECTION_VALUE, FACT_VALUE, Correction, FactRecord, Origin, expires_at
from registry.model.organizations import Organization
from registry.model.residents import DECLARABLE, Declaration, Resident
from registry.model.rights import acknowledge_by, due_on
from registry.names import words


async def declare_facts(
    session: Session, resident: Resident, unit: KnownUnit, values: Mapping[str, Any], origin: Origin, by: str
) -> Declaration:
    """Take over what a source states about a known person. A phone among the values must be locked already."""
    done = resident.declare({name: value for name, value in values.items() if name in DECLARABLE}, origin)
    moment = now()
    for name, (before, whence) in done.changed.items():
        if before is not None:
            keep_history(session, resident.id, name, before, whence, moment)
    for name, value in done.contested.items():
        request_correction(session, resident.id, name, value, origin.source, by)
    if done.changed:
        await _settle(session, resident, unit, done, moment)
    return done


async def _settle(session: Session, resident: Resident, unit: KnownUnit, done: Declaration, moment: datetime) -> None:
    resident.touch(moment)
    session.add(resident)
    await session.flush()
    if "full_name" in done.changed:
        await session.execute(text("DELETE FROM resident_word WHERE resident_id = :id"), {"id": resident.id})
        await copy_rows(session, "resident_word", ("unit_id", "word", "resident_id"), word_rows([resident]))
    if {"full_name", "date_of_birth", "phone"} & done.changed.keys():
        await check_later(session, [resident.id])
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))
    if "has_smartphone" in done.changed:
        await _tell_organizations(session, resident, moment)


async def _tell_organizations(session: Session, owner: Resident, moment: datetime) -> None:
    """What an organization may install depends on its owner's smartphone."""
    query = select(Organization, KnownUnit.code).join(KnownUnit, col(KnownUnit.id) == col(Organization.unit_id))
    found = await session.exec(query.where(Organization.representative_id == owner.id).with_for_update(of=Organization))
    for organization, unit_code in found.all():
        organization.has_smartphone = bool(owner.has_smartphone)
        organization.version += 1
        organization.changed_at = moment
        session.add(organization)
        publish(session, OrganizationUpdated.model_validate(organization.snapshot(unit_code)))


def keep_history(session: Session, resident_id: UUID, name: str, value: Any, origin: Origin, moment: datetime) -> None:
    """Keep a value that has lost its place in the resident's row."""
    record_id = new_id()
    session.add(
        FactRecord(
            id=record_id, resident_id=resident_id, name=name, value=encrypt(FACT_VALUE, str(record_id), as_json(value)),
            source=origin.source, verified=origin.verified, observed_at=origin.observed_at,
            expires_at=expires_at(name, origin.observed_at), superseded_at=moment,
        )
    )  # fmt: skip


def request_correction(
    session: Session, resident_id: UUID, name: str, value: Any, source: str, by: str, reason: str | None = None,
    kind: str = "correction",
) -> Correction:  # fmt: skip
    """Somebody must decide on a value, within the time that the law sets."""
    correction_id, moment = new_id(), now()
    correction = Correction(
        id=correction_id, resident_id=resident_id, name=name, kind=kind,
        value=encrypt(CORRECTION_VALUE, str(correction_id), as_json(value)), source=source, reason=reason,
        requested_by=by, requested_at=moment, acknowledge_by=acknowledge_by(moment), due_on=due_on(kind, moment),
    )  # fmt: skip
    session.add(correction)
    return correction


def as_json(value: Any) -> str:
    """A fact's value as JSON; dates as they are written everywhere."""
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)


def word_rows(residents: Iterable[Resident | SimpleNamespace]) -> Iterable[tuple[UUID, str, UUID]]:
    """The words under which people are found: unit, word, resident."""
    return [(resident.unit_id, word, resident.id) for resident in residents for word in words(resident.full_name)]
