"""People enter the registry, and what is known of them changes."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import blind_index, encrypt
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import ResidentRegistered, ResidentUpdated
from registry.commands.attestations import apply_unmatched_by_phone, apply_unmatched_of
from registry.commands.attributes import keep_history, resolve_attributes, word_rows
from registry.commands.bulk import copy_rows
from registry.commands.duplicates import queue_duplicate_check
from registry.commands.identifier_locks import (
    IdentifierOwner,
    Subject,
    assign_to_residents,
    lock_subjects,
    resident_of,
    subject,
)
from registry.commands.moves import move_resident
from registry.errors import ResidentExists
from registry.model.attributes import ATTRIBUTES, STATED
from registry.model.ranking import Origin
from registry.model.residents import CONTEXTS, PLAIN_COLUMNS, Resident, Resolution, snapshot_of


class NewIdentity(NamedTuple):
    """A new row's id, its encrypted and index columns, and the indexes by which the person is recognised."""

    id: UUID
    columns: Mapping[str, bytes | None]
    by_number: Subject
    by_phone: Subject | None


def new_identity(values: Mapping[str, Any], resident_id: UUID | None = None) -> NewIdentity:
    """The identity of a person who gets a new row, with a new id unless one is given; `values` has the numbers."""
    resident_id = resident_id or new_id()
    row, by_number = str(resident_id), subject("personal_id", values["personal_id"])
    by_phone = subject("phone", values["phone"]) if values.get("phone") else None
    known: dict[str, bytes] = {who.kind: who.newest for who in (by_number, by_phone) if who}
    columns: dict[str, bytes | None] = {}
    for name, context in CONTEXTS.items():
        value, attribute = values.get(name), ATTRIBUTES[name]
        columns[attribute.column_name] = encrypt(context, row, value) if value else None
        if attribute.index_column:
            columns[attribute.index_column] = (known.get(name) or blind_index(name, value)) if value else None
    return NewIdentity(resident_id, columns, by_number, by_phone)


class Newcomer(NamedTuple):
    """A person to register: normalised values by the names of attributes."""

    unit: KnownUnit
    household_id: UUID | None
    identity: NewIdentity
    values: Mapping[str, Any]
    origin: Origin
    import_id: UUID | None = None


async def register_resident(session: Session, newcomer: Newcomer) -> Resident:
    """Register one person; 409 when the number has an owner already. Events that waited for the person apply at once."""
    who = newcomer.identity
    subjects = [who.by_number, who.by_phone] if who.by_phone else [who.by_number]
    owners = await lock_subjects(session, subjects, {who.by_number: who.id})
    known = resident_of(who.by_number, owners)
    if known not in (None, who.id):
        raise ResidentExists(known)
    await register_newcomers(session, [newcomer], owners)
    return await session.get_one(Resident, who.id)


async def register_newcomers(
    session: Session, newcomers: Sequence[Newcomer], owners: Mapping[bytes, IdentifierOwner]
) -> None:
    """Register people whose indexes are locked, and free or theirs already.

    Rows are written by COPY and never become entities, which would cost more than everything else together.
    """
    moment = now()
    rows = [_new_row(newcomer, moment) for newcomer in newcomers]
    # In a thread, while the database writes the rows.
    registrations = asyncio.ensure_future(
        asyncio.to_thread(_registrations, rows, [newcomer.unit.code for newcomer in newcomers])
    )
    await copy_rows(session, "resident", _COLUMNS, map(_in_columns, rows))
    await copy_rows(session, "resident_word", ("unit_id", "word", "resident_id"), word_rows(rows))
    await copy_rows(session, "duplicate_check", ("resident_id",), [(row.id,) for row in rows])
    people = [newcomer.identity for newcomer in newcomers]
    await assign_to_residents(
        session, [(n.by_number, n.id) for n in people if resident_of(n.by_number, owners) is None]
    )
    publish(session, *await registrations)
    own_phones = [
        n.identity.by_phone for n in newcomers if n.identity.by_phone and n.values.get("phone_owner_verified")
    ]
    subjects = [*(n.by_number for n in people), *own_phones]
    await apply_unmatched_of(session, [index for who in subjects for index in who.indexes])


def _registrations(rows: Sequence[SimpleNamespace], unit_codes: Sequence[str]) -> list[ResidentRegistered]:
    return [
        ResidentRegistered.model_validate(snapshot_of(row, code)) for row, code in zip(rows, unit_codes, strict=True)
    ]


_COLUMNS = [column.name for column in Resident.__table__.columns]  # type: ignore[attr-defined]  # SQLModel hides it
_in_columns = attrgetter(*_COLUMNS)


def _new_row(newcomer: Newcomer, moment: datetime) -> SimpleNamespace:
    """A resident's columns: the stated attributes, and what the registry keeps beside them."""
    values = {"residence_status": "permanent", "phone_owner_verified": False} | {
        name: value for name, value in newcomer.values.items() if value is not None
    }
    stated = {ATTRIBUTES[name].column_name: values.get(name) for name in STATED if name not in CONTEXTS}
    return SimpleNamespace(
        **stated, **newcomer.identity.columns, **PLAIN_COLUMNS, id=newcomer.identity.id, version=1, unit_id=newcomer.unit.id,
        household_id=newcomer.household_id, life="alive", deceased_on=None, merged_into=None,
        provenance=_provenance(newcomer.origin), registered_at=moment, changed_at=moment, import_id=newcomer.import_id,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _provenance(origin: Origin) -> str:
    return json.dumps({"*": origin.model_dump(mode="json")})


async def amend_resident(
    session: Session, resident: Resident, unit: KnownUnit, values: Mapping[str, Any], origin: Origin, by: str
) -> Resolution:
    """A source states attributes of a known resident; events that waited for a phone that is theirs now are applied."""
    if {"phone", "phone_owner_verified"} & values.keys():
        await _lock_phone(session, values.get("phone") or resident.value("phone"))
    done = await resolve_attributes(session, resident, unit, values, origin, by)
    if {"phone", "phone_owner_verified"} & done.changed.keys():
        await apply_unmatched_by_phone(session, resident)
    return done


async def _lock_phone(session: Session, phone: str | None) -> None:
    """An event by this phone either came before and waits, or comes after and sees the phone's holder."""
    if phone:
        await lock_subjects(session, [subject("phone", phone)])


async def relocate_resident(session: Session, resident: Resident, old: KnownUnit, new: KnownUnit) -> None:
    """Move the resident to another unit; no change when it is the same."""
    if old.id != new.id:
        await move_resident(session, resident, old, new)


async def rehouse_resident(session: Session, resident: Resident, unit: KnownUnit, code: str | None) -> None:
    """Assign the resident to another household of the unit, or to none."""
    key = (unit.id, code or "")
    household_id = (await household_ids(session, [key]))[key] if code else None
    if household_id != resident.household_id:
        resident.household_id = household_id
        resident.touch(now())
        session.add(resident)
        publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))


async def renumber_resident(session: Session, resident: Resident, unit: KnownUnit, personal_id: str) -> None:
    """Give the resident a new number, as when an identity card replaces a CMND; the old one still finds them."""
    if resident.value("personal_id") == personal_id:
        return
    wanted = subject("personal_id", personal_id)
    taken = resident_of(wanted, await lock_subjects(session, [wanted]))
    if taken is not None and taken != resident.id:
        raise ResidentExists(taken)
    before, moment = resident.value("personal_id"), now()
    keep_history(session, resident.id, "personal_id", before, resident.origin("personal_id"), moment)
    resident.put("personal_id", personal_id)
    resident.touch(moment)
    session.add(resident)
    await session.flush()
    await queue_duplicate_check(session, [resident.id])
    await assign_to_residents(session, [(wanted, resident.id)])
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))
    await apply_unmatched_of(session, wanted.indexes)


async def household_ids(session: Session, wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """The ids of households by unit and code, inserting missing ones."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    columns = {
        "ids": [new_id() for _ in pairs],
        "units": [unit_id for unit_id, _ in pairs],
        "codes": [code for _, code in pairs],
    }
    await session.execute(_INSERT_HOUSEHOLDS, columns)
    found = await session.execute(_FIND_HOUSEHOLDS, {"units": columns["units"], "codes": columns["codes"]})
    return {(row.unit_id, row.code): row.id for row in found}


_INSERT_HOUSEHOLDS = text(
    "INSERT INTO household (id, unit_id, code)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:units AS uuid[]), cast(:codes AS text[]))"
    " ON CONFLICT (unit_id, code) DO NOTHING"
)
_FIND_HOUSEHOLDS = text(
    "SELECT h.id, h.unit_id, h.code FROM household AS h"
    " JOIN unnest(cast(:units AS uuid[]), cast(:codes AS text[])) AS t(unit_id, code) USING (unit_id, code)"
)
