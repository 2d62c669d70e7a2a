"""People enter the registry, and what is known of them changes."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
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
from contracts.registry import ResidentDeceased, ResidentRegistered, ResidentUpdated
from registry.commands.attestations import apply_waiting, apply_waiting_by_phone
from registry.commands.bulk import copy_rows
from registry.commands.declaring import declare_facts, keep_history, word_rows
from registry.commands.duplicates import check_later
from registry.commands.identifying import Owner, Subject, give_to_residents, lock_subjects, resident_of, subject
from registry.commands.moves import move_resident
from registry.errors import AlreadyDeceased, ResidentExists
from registry.model.facts import Origin
from registry.model.residents import PLACES, Declaration, Resident, snapshot_of


class Numbers(NamedTuple):
    """Somebody's numbers, sealed for the row `id`, and the indexes by which they are recognised."""

    id: UUID
    personal_id: bytes
    phone: bytes | None
    social_insurance_no: bytes | None
    social_insurance_index: bytes | None
    by_number: Subject
    by_phone: Subject | None


def numbers_of(
    personal_id: str, phone: str | None, social_insurance_no: str | None, resident_id: UUID | None = None
) -> Numbers:
    """The numbers of somebody who is to get a new row, with a new id unless one is given."""
    resident_id = resident_id or new_id()
    row = str(resident_id)
    return Numbers(
        id=resident_id,
        personal_id=encrypt(PLACES["personal_id"], row, personal_id),
        phone=encrypt(PLACES["phone"], row, phone) if phone else None,
        social_insurance_no=encrypt(PLACES["social_insurance_no"], row, social_insurance_no)
        if social_insurance_no
        else None,
        social_insurance_index=blind_index("social_insurance_no", social_insurance_no) if social_insurance_no else None,
        by_number=subject("personal_id", personal_id),
        by_phone=subject("phone", phone) if phone else None,
    )


class Newcomer(NamedTuple):
    """Somebody to register: normalised values by the names of facts."""

    unit: KnownUnit
    household_id: UUID | None
    numbers: Numbers
    values: Mapping[str, Any]
    origin: Origin
    import_id: UUID | None = None


async def register_resident(session: Session, newcomer: Newcomer) -> Resident:
    """Register one person; 409 when the number is somebody's already. Events that waited for the person apply at once."""
    who = newcomer.numbers
    subjects = [who.by_number, who.by_phone] if who.by_phone else [who.by_number]
    owners = await lock_subjects(session, subjects, {who.by_number: who.id})
    known = resident_of(who.by_number, owners)
    if known not in (None, who.id):
        raise ResidentExists(known)
    await register_newcomers(session, [newcomer], owners)
    return await session.get_one(Resident, who.id)


async def register_newcomers(session: Session, newcomers: Sequence[Newcomer], owners: Mapping[bytes, Owner]) -> None:
    """Register people whose indexes are locked, and free or theirs already.

    Rows go in by COPY and never become entities: those would cost more than everything else together.
    """
    moment = now()
    rows = [_new_row(newcomer, moment) for newcomer in newcomers]
    # In a thread, while the database writes the rows.
    said = asyncio.ensure_future(
        asyncio.to_thread(_registrations, rows, [newcomer.unit.code for newcomer in newcomers])
    )
    await copy_rows(session, "resident", _COLUMNS, map(_in_columns, rows))
    await copy_rows(session, "resident_word", ("unit_id", "word", "resident_id"), word_rows(rows))
    await copy_rows(session, "duplicate_check", ("resident_id",), [(row.id,) for row in rows])
    people = [newcomer.numbers for newcomer in newcomers]
    await give_to_residents(session, [(n.by_number, n.id) for n in people if resident_of(n.by_number, owners) is None])
    publish(session, *await said)
    own_phones = [n.numbers.by_phone for n in newcomers if n.numbers.by_phone and n.values.get("phone_owner_verified")]
    subjects = [*(n.by_number for n in people), *own_phones]
    await apply_waiting(session, [index for who in subjects for index in who.indexes])


def _registrations(rows: Sequence[SimpleNamespace], unit_codes: Sequence[str]) -> list[ResidentRegistered]:
    return [
        ResidentRegistered.model_validate(snapshot_of(row, code)) for row, code in zip(rows, unit_codes, strict=True)
    ]


_COLUMNS = [column.name for column in Resident.__table__.columns]  # type: ignore[attr-defined]  # SQLModel hides it
_in_columns = attrgetter(*_COLUMNS)


def _new_row(newcomer: Newcomer, moment: datetime) -> SimpleNamespace:
    """A resident's columns."""
    values, numbers = newcomer.values, newcomer.numbers
    return SimpleNamespace(
        id=numbers.id, version=1, unit_id=newcomer.unit.id, household_id=newcomer.household_id,
        full_name=values["full_name"], born=values["date_of_birth"], birth_precision=values["birth_precision"],
        sex=values["sex"], residence_status=values.get("residence_status") or "permanent",
        id_document=values["id_document"], personal_id=numbers.personal_id, phone=numbers.phone,
        phone_index=numbers.by_phone.index if numbers.by_phone else None,
        phone_owner_verified=bool(values.get("phone_owner_verified")),
        social_insurance_no=numbers.social_insurance_no, social_insurance_index=numbers.social_insurance_index,
        address_line=values.get("address_line"), has_smartphone=values.get("has_smartphone"),
        has_bank_account=values.get("has_bank_account"), social_protection=values.get("social_protection"),
        life="alive", deceased_on=None, merged_into=None, provenance=_provenance(newcomer.origin),
        registered_at=moment, changed_at=moment, import_id=newcomer.import_id,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _provenance(origin: Origin) -> str:
    return json.dumps({"*": origin.model_dump(mode="json")})


async def amend_resident(
    session: Session, resident: Resident, unit: KnownUnit, values: Mapping[str, Any], origin: Origin, by: str
) -> Declaration:
    """A source states facts about a known person; a phone that became theirs may bring events that waited for it."""
    if {"phone", "phone_owner_verified"} & values.keys():
        await _lock_phone(session, values.get("phone") or resident.value("phone"))
    done = await declare_facts(session, resident, unit, values, origin, by)
    if {"phone", "phone_owner_verified"} & done.changed.keys():
        await apply_waiting_by_phone(session, resident)
    return done


async def _lock_phone(session: Session, phone: str | None) -> None:
    """An event by this phone either came before and waits, or comes after and sees whose it is."""
    if phone:
        await lock_subjects(session, [subject("phone", phone)])


async def relocate_resident(session: Session, resident: Resident, old: KnownUnit, new: KnownUnit) -> None:
    """The resident lives in another unit from now on; nothing happens when it is the same."""
    if old.id != new.id:
        await move_resident(session, resident, old, new)


async def rehouse_resident(session: Session, resident: Resident, unit: KnownUnit, code: str | None) -> None:
    """The resident belongs to another household of the unit, or to none."""
    key = (unit.id, code or "")
    household_id = (await household_ids(session, [key]))[key] if code else None
    if household_id != resident.household_id:
        resident.household_id = household_id
        resident.touch(now())
        session.add(resident)
        publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))


async def renumber_resident(session: Session, resident: Resident, unit: KnownUnit, personal_id: str) -> None:
    """The resident has a new number, as when a CMND gives way to an identity card; the old one still finds them."""
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
    await check_later(session, [resident.id])
    await give_to_residents(session, [(wanted, resident.id)])
    publish(session, ResidentUpdated.model_validate(resident.snapshot(unit.code)))
    await apply_waiting(session, wanted.indexes)


async def register_death(session: Session, resident: Resident, unit: KnownUnit, deceased_on: date) -> None:
    """The resident has died; said once, and never taken back by a repeated message."""
    if resident.life == "deceased":
        if resident.deceased_on != deceased_on:
            raise AlreadyDeceased()
        return
    resident.life, resident.deceased_on = "deceased", deceased_on
    resident.touch(now())
    session.add(resident)
    publish(
        session,
        ResidentDeceased.model_validate(resident.snapshot(unit.code) | {"deceased_on": deceased_on}),
    )


async def household_ids(session: Session, wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    """The ids of households by unit and code, making those that are not there."""
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    columns = {
        "ids": [new_id() for _ in pairs],
        "units": [unit_id for unit_id, _ in pairs],
        "codes": [code for _, code in pairs],
    }
    await session.execute(_MAKE_HOUSEHOLDS, columns)
    found = await session.execute(_FIND_HOUSEHOLDS, {"units": columns["units"], "codes": columns["codes"]})
    return {(row.unit_id, row.code): row.id for row in found}


_MAKE_HOUSEHOLDS = text(
    "INSERT INTO household (id, unit_id, code)"
    " SELECT * FROM unnest(cast(:ids AS uuid[]), cast(:units AS uuid[]), cast(:codes AS text[]))"
    " ON CONFLICT (unit_id, code) DO NOTHING"
)
_FIND_HOUSEHOLDS = text(
    "SELECT h.id, h.unit_id, h.code FROM household AS h"
    " JOIN unnest(cast(:units AS uuid[]), cast(:codes AS text[])) AS t(unit_id, code) USING (unit_id, code)"
)
