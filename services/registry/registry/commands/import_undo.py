"""Taking back an import: rows that nothing has changed since go back, the others are listed with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.security.identity import Caller
from chassis.security.scope import units_of
from chassis.storage.database import Database, Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import ResidentRemoved
from registry.commands.access import record_list
from registry.commands.attributes import keep_history, store_changes
from registry.commands.identifier_locks import Subject, lock_subjects, subject
from registry.commands.moves import move_resident
from registry.errors import ImportRunning
from registry.model import Table
from registry.model.imports import ImportedResident, ResidentImport
from registry.model.provenance import AttributeRecord
from registry.model.residents import Resident

UNDO_ROWS = 500
UNDONE = "undone"
CHANGED_SINCE, IN_USE, UNIT_ENDED, ERASED = "changed-since", "in-use", "unit-ended", "erased"
"""Why a row is kept: the record was changed after the import, something refers to it, the unit before the import does not
exist any more, or the values before were erased on request."""

_OWN = frozenset((
    "fact", "resident_word", "identifier", "duplicate_check", "duplicate_key", "undecided_resident", "imported_resident",
    "access_elsewhere", "linked_check",
))  # fmt: skip
"""Tables that belong to the record itself or only describe it; a row of any other table keeps the record."""
_ACTS_ELSEWHERE = ("declare", "draft", "attendance")
"""Entries of the access log by which another service records that it has data of the person."""


async def start_undo(session: Session, record: ResidentImport, caller: Caller) -> None:
    """Take back an import, a short one at once; a second time changes nothing. 409 while it is still running."""
    if record.status in ("queued", "running"):
        raise ImportRunning()
    if record.undo_started_at is None:
        record.undo_started_at = now()
        record.undone_by, record.undone_unit_code = caller.account, caller.unit_code
        session.add(record)
        await undo_rows(session, record)


async def run_open_undos(database: Database) -> None:
    """Continue the undoing of long lists, batch by batch."""
    while True:
        async with database.transaction() as session:
            record = (await session.exec(_NEXT_UNDO)).first()
            if record is None:
                return
            await undo_rows(session, record)


_NEXT_UNDO = (
    select(ResidentImport)
    .where(col(ResidentImport.undo_started_at).is_not(None), col(ResidentImport.undone_at).is_(None))
    .order_by(col(ResidentImport.undo_started_at))
    .limit(1)
    .with_for_update()
)


async def undo_rows(session: Session, record: ResidentImport) -> None:
    """Take back one batch of rows, the last rows first."""
    query = select(ImportedResident).where(
        ImportedResident.import_id == record.id, col(ImportedResident.outcome).is_(None)
    )
    rows = (await session.exec(query.order_by(col(ImportedResident.row).desc()).limit(UNDO_ROWS))).all()
    residents = await _lock_residents(session, rows)
    outcomes = await _outcomes(session, rows, residents)
    removed = [
        residents[row.resident_id] for row in rows if row.kind == "created" and outcomes[row.resident_id] == UNDONE
    ]
    await _remove(session, removed)
    for row in rows:
        row.outcome = outcomes[row.resident_id]
        session.add(row)
    undone = [row.resident_id for row in rows if row.outcome == UNDONE]
    record.undone += len(undone)
    record.kept += len(rows) - len(undone)
    if len(rows) < UNDO_ROWS:
        record.undone_at = now()
    session.add(record)
    officer = Caller(role="officer", subject=record.undone_by or "", unit_code=record.undone_unit_code)
    await record_list(session, officer, undone, action="import-undo", purpose="correction", fields=["*"])


async def _lock_residents(session: Session, rows: Sequence[ImportedResident]) -> dict[UUID, Resident]:
    """The residents of the rows, locked after their numbers as everywhere."""
    ids = sorted(row.resident_id for row in rows)
    found = (await session.exec(select(Resident).where(col(Resident.id).in_(ids)))).all()
    await lock_subjects(session, [who for resident in found for who in _subjects(resident)])
    query = select(Resident).where(col(Resident.id).in_(ids)).order_by(col(Resident.id)).with_for_update()
    locked = await session.exec(query.execution_options(populate_existing=True))
    return {resident.id: resident for resident in locked}


def _subjects(resident: Resident) -> Iterable[Subject]:
    yield subject("personal_id", resident.value("personal_id"))
    if phone := resident.value("phone"):
        yield subject("phone", phone)


async def _outcomes(
    session: Session, rows: Sequence[ImportedResident], residents: Mapping[UUID, Resident]
) -> dict[UUID, str]:
    unchanged = [
        row for row in rows if row.resident_id in residents and residents[row.resident_id].version == row.version
    ]
    used = await _in_use(session, [row.resident_id for row in unchanged if row.kind == "created"])
    outcomes = {row.resident_id: CHANGED_SINCE for row in rows}
    for row in unchanged:
        resident = residents[row.resident_id]
        if row.kind == "created":
            outcomes[row.resident_id] = IN_USE if row.resident_id in used else UNDONE
        else:
            outcomes[row.resident_id] = await _revert(session, row.before or {}, resident)
    return outcomes


async def _in_use(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Which of these residents anything else refers to."""
    used: set[UUID] = set()
    for table in Table.metadata.sorted_tables:
        for name in ("resident_id", "representative_id"):
            if table.name not in _OWN and name in table.columns:
                column = table.columns[name]
                used |= set((await session.execute(select(column).where(column.in_(ids)))).scalars())
    found = await session.execute(_ACTED_ON, {"ids": list(ids), "actions": list(_ACTS_ELSEWHERE)})
    return used | set(found.scalars())


_ACTED_ON = text(
    "SELECT DISTINCT resident_id FROM access_elsewhere WHERE resident_id = ANY(cast(:ids AS uuid[]))"
    " AND action = ANY(cast(:actions AS text[]))"
)


async def _revert(session: Session, before: Mapping[str, Any], resident: Resident) -> str:
    """Bring a known resident back to what the row replaced; the outcome."""
    unit_id = UUID(before["unit_id"])
    units = await units_of(session, [unit_id, resident.unit_id])
    old, present = units[unit_id], units[resident.unit_id]
    if old.valid_to is not None and old.valid_to < today():
        return UNIT_ENDED
    values = await _values_before(session, before["history"])
    if values is None:
        return ERASED
    moment = now()
    if old.id != present.id:
        await move_resident(session, resident, present, old)
    household_id = UUID(before["household_id"]) if before["household_id"] else None
    is_rehoused, resident.household_id = resident.household_id != household_id, household_id
    _put_back(session, resident, values, before["origins"], moment)
    resident.import_id = None
    if values or is_rehoused:
        await store_changes(session, resident, old, list(values), moment)
    return UNDONE


async def _values_before(session: Session, history: Mapping[str, str | None]) -> dict[str, Any] | None:
    """The values that the row replaced, from the history; None when one of them was erased."""
    values: dict[str, Any] = {}
    for name, record_id in history.items():
        record = await session.get(AttributeRecord, UUID(record_id)) if record_id else None
        if record_id and record is None:
            return None
        value = record.decrypted() if record else None
        values[name] = date.fromisoformat(value) if name == "date_of_birth" and value else value
    return values


def _put_back(
    session: Session, resident: Resident, values: Mapping[str, Any], origins: Mapping[str, Any], moment: datetime
) -> None:
    for name, value in values.items():
        present = resident.value(name)
        if present is not None:
            keep_history(session, resident.id, name, present, resident.origin(name), moment)
        resident.put(name, value)
        resident.provenance = {**resident.provenance, name: origins[name]}


async def _remove(session: Session, residents: Sequence[Resident]) -> None:
    """Remove records that an import made: their numbers are free again, other services leave them out."""
    if not residents:
        return
    units: Mapping[UUID, KnownUnit] = await units_of(session, list({resident.unit_id for resident in residents}))
    moment = now()
    for resident in residents:
        resident.touch(moment)
        snapshot = resident.snapshot(units[resident.unit_id].code) | {"life": "removed"}
        publish(session, ResidentRemoved.model_validate(snapshot))
    await session.flush()
    ids = [resident.id for resident in residents]
    for statement in _REMOVALS:
        await session.execute(statement, {"ids": ids})
    for resident in residents:
        session.expunge(resident)


_REMOVALS = (
    text("UPDATE identifier SET resident_id = NULL WHERE resident_id = ANY(cast(:ids AS uuid[]))"),
    *(
        text(f"DELETE FROM {table} WHERE resident_id = ANY(cast(:ids AS uuid[]))")
        for table in ("fact", "resident_word", "duplicate_check", "duplicate_key", "undecided_resident", "linked_check")
    ),
    text("DELETE FROM duplicate_pair WHERE one_id = ANY(cast(:ids AS uuid[])) OR other_id = ANY(cast(:ids AS uuid[]))"),
    text("DELETE FROM resident WHERE id = ANY(cast(:ids AS uuid[]))"),
)
