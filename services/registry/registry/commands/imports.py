"""Import of communes' lists: stored encrypted, then imported in batches, each in one transaction with its progress."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import TooLarge
from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.security.encryption import decrypt, encrypt
from chassis.security.scope import units_of, units_under
from chassis.storage.database import Database, Session
from chassis.storage.tables import KnownUnit
from registry.commands.bulk import copy_rows
from registry.commands.identifier_locks import Owner, Subject, lock_subjects, resident_of
from registry.commands.residents import (
    Newcomer,
    NewIdentity,
    amend_resident,
    household_ids,
    new_identity,
    register_newcomers,
    relocate_resident,
)
from registry.identifiers import Finding, personal_id_warnings
from registry.lists import COLUMNS, ListedResident, ListReader, Rejection
from registry.model.attributes import ATTRIBUTES
from registry.model.imports import CHUNK_BYTES, IMPORT_CHUNK, ImportChunk, ResidentImport
from registry.model.provenance import Origin, origin_of
from registry.model.residents import Resident
from registry.names import squeeze
from tabular import AnyRow, Table, UnreadableTable, open_table
from tabular.findings import missing_columns

SOURCE = "import"
MAX_ATTEMPTS = 5

VILLAGE_UNKNOWN = Finding(
    "village-unknown",
    "Không có thôn, tổ dân phố này trong đơn vị nhập danh sách",
    "There is no such village in the unit of this list",
)
VILLAGE_AMBIGUOUS = Finding(
    "village-ambiguous",
    "Có nhiều thôn trùng tên, hãy ghi mã thôn",
    "Several villages have this name: write the code",
)
EXISTS_ELSEWHERE = Finding(
    "resident-exists",
    "Người này đã được đăng ký ở đơn vị khác",
    "This person is registered in another unit",
)
TWICE_IN_LIST = Finding(
    "duplicate-row",
    "Số này đã có ở dòng trước với thông tin khác",
    "An earlier row has this number with other values",
)
MERGED_OR_DECEASED = Finding(
    "resident-closed",
    "Hồ sơ của người này đã đóng (đã mất hoặc đã gộp)",
    "This person's record is closed (deceased or merged)",
)


async def store_list(
    session: Session, file: BinaryIO, unit: KnownUnit, imported_by: str, max_bytes: int
) -> ResidentImport:
    """Store a list for the background; the same file for the same unit answers the first import."""
    file_hash = await asyncio.to_thread(_hash, file, max_bytes)
    name = f"registry.import {unit.id} {file_hash.hex()}"
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    known = await session.exec(
        select(ResidentImport).where(
            ResidentImport.unit_id == unit.id, ResidentImport.file_hash == file_hash, ResidentImport.status != "failed"
        )
    )
    if first := known.first():
        return first
    record = ResidentImport(id=new_id(), unit_id=unit.id, unit_code=unit.code, file_hash=file_hash,
                            imported_by=imported_by, created_at=now())  # fmt: skip
    session.add(record)
    await session.flush()
    for position, chunk in enumerate(iter(lambda: file.read(CHUNK_BYTES), b"")):
        content = encrypt(IMPORT_CHUNK, f"{record.id}|{position}", chunk)
        await session.execute(_INSERT_CHUNK, {"id": record.id, "position": position, "content": content})
    return record


_INSERT_CHUNK = text("INSERT INTO import_chunk (import_id, position, content) VALUES (:id, :position, :content)")


def _hash(file: BinaryIO, max_bytes: int) -> bytes:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge()
        digest.update(chunk)
    file.seek(0)
    return digest.digest()


async def run_open_imports(database: Database, batch_rows: int) -> None:
    """Import all queued lists, the oldest first; an interrupted one continues after its last batch."""
    while True:
        async with database.transaction() as session:
            record = (await session.exec(_NEXT_IMPORT)).first()
            if record is None:
                return
            record.attempts += 1
            record.status = "running" if record.attempts <= MAX_ATTEMPTS else "failed"
            if record.status == "failed":
                record.failure, record.finished_at = "internal-error", now()
                continue
        await _run_import(database, record, batch_rows)


_NEXT_IMPORT = (
    select(ResidentImport)
    .where(col(ResidentImport.status).in_(["queued", "running"]))
    .order_by(col(ResidentImport.id))
    .limit(1)
)


async def _run_import(database: Database, record: ResidentImport, batch_rows: int) -> None:
    with tempfile.TemporaryFile() as file:
        await _unpack(database, record.id, file)
        villages = await _villages(database, record.unit_id)
        try:
            async with open_table(file, COLUMNS) as table:
                _check_villages(table.table, villages)
                reader = ListReader.of(table.table, today())
                batches = _placed_batches(table.rows(), reader, villages, record.next_row, batch_rows)
                async with aclosing(_read_ahead(batches)) as coming:
                    async for batch in coming:
                        async with database.transaction() as session:
                            await _import_batch(session, record.id, batch, villages)
        except UnreadableTable as error:
            await _finish(database, record.id, error.finding)
            return
    await _finish(database, record.id, None)


def _check_villages(table: Table, villages: "Villages") -> None:
    """A list without a column of villages can only be the list of one village, the unit of the import."""
    if "village" not in table.titles and villages.top.level != "village":
        raise UnreadableTable(missing_columns({"village": "Thôn/Tổ dân phố"}))


async def _placed_batches(
    rows: AsyncGenerator[AnyRow], reader: ListReader, villages: "Villages", next_row: int, batch_rows: int
) -> AsyncGenerator[list["_Row"]]:
    """The rows from `next_row` on in batches, each checked in a thread."""
    batch: list[AnyRow] = []
    async for row in rows:
        if row.number >= next_row:
            batch.append(row)
        if len(batch) == batch_rows:
            yield await asyncio.to_thread(_place_all, batch, reader, villages)
            batch = []
    if batch:
        yield await asyncio.to_thread(_place_all, batch, reader, villages)


def _place_all(rows: Sequence[AnyRow], reader: ListReader, villages: "Villages") -> list["_Row"]:
    return [_placed(reader.outcome_of(row), villages) for row in rows]


async def _read_ahead(batches: AsyncGenerator[list["_Row"]]) -> AsyncGenerator[list["_Row"]]:
    """The batches, the next one being read and checked while the present one is written."""
    coming = asyncio.ensure_future(anext(batches, None))
    try:
        while batch := await coming:
            coming = asyncio.ensure_future(anext(batches, None))
            yield batch
    finally:
        with suppress(UnreadableTable):
            await coming  # a thread may still be working on it
        await batches.aclose()


async def _unpack(database: Database, import_id: UUID, file: BinaryIO) -> None:
    async with database.reading() as session:
        position = 0
        while chunk := await session.get(ImportChunk, (import_id, position)):
            file.write(decrypt(IMPORT_CHUNK, f"{import_id}|{position}", chunk.content))
            session.expunge(chunk)
            position += 1
    file.seek(0)


def _row_of(row: "_Row") -> int:
    return row[0].row if isinstance(row, list) else row.listed.row


@dataclass
class Villages:
    """The units of a list by code and name."""

    top: KnownUnit
    units: dict[UUID, KnownUnit]
    by_code: dict[str, KnownUnit]
    by_name: dict[str, list[KnownUnit]]

    def find(self, written: str) -> KnownUnit | Finding:
        """The unit that a cell names by code or name; otherwise what is wrong."""
        unit = self.by_code.get(written.upper())
        if unit:
            return unit
        named = self.by_name.get(squeeze(written)) or self.by_name.get(_bare(written)) or []
        if len(named) > 1:
            return VILLAGE_AMBIGUOUS
        return named[0] if named else VILLAGE_UNKNOWN


_KINDS_WRITTEN = ("todanpho", "khudanpho", "khupho", "thon", "ban", "lang", "xom", "pho", "tdp")


def _bare(name: str) -> str:
    squeezed = squeeze(name)
    for kind in _KINDS_WRITTEN:
        if squeezed.startswith(kind) and len(squeezed) > len(kind):
            return squeezed.removeprefix(kind)
    return squeezed


async def _villages(database: Database, unit_id: UUID) -> Villages:
    async with database.reading() as session:
        top = (await units_of(session, [unit_id]))[unit_id]
        found = (await session.exec(select(KnownUnit).where(col(KnownUnit.id).in_(units_under(top.code))))).all()
    by_name: dict[str, list[KnownUnit]] = {}
    for unit in found:
        for name in {squeeze(unit.name), _bare(unit.name)}:
            by_name.setdefault(name, []).append(unit)
    return Villages(top, {u.id: u for u in found}, {u.code.upper(): u for u in found}, by_name)


class _Placed(NamedTuple):
    """A valid row in its village, with what needs no database: the identity of a new row, should the person be new."""

    listed: ListedResident
    unit: KnownUnit
    identity: NewIdentity


_Row = _Placed | list[Rejection]


@dataclass
class _Batch:
    """The state of a batch: newcomers, rejections and counts."""

    villages: Villages
    record: ResidentImport
    origin: Origin
    newcomers: dict[Subject, _Placed] = field(default_factory=dict)
    rejections: list[Rejection] = field(default_factory=list)
    rejected_rows: set[int] = field(default_factory=set)
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: int = 0

    def reject(self, listed: ListedResident, column: str, finding: Finding) -> None:
        self.rejections.append(Rejection(listed.row, column, finding))
        self.rejected_rows.add(listed.row)


async def _import_batch(session: Session, import_id: UUID, rows: Sequence["_Row"], villages: Villages) -> None:
    """One batch and its progress, in one transaction."""
    record = await session.get_one(ResidentImport, import_id, with_for_update=True)
    rows = [row for row in rows if _row_of(row) >= record.next_row]
    if not rows:
        return
    batch = _Batch(villages, record, origin_of(SOURCE, now()))
    placed = [row for row in rows if isinstance(row, _Placed)]
    for row in rows:
        if isinstance(row, list):
            batch.rejections += row
            batch.rejected_rows.add(row[0].row)
    newcomers = {row.identity.by_number: row.identity.id for row in reversed(placed)}
    owners = await lock_subjects(session, list(_subjects(placed)), newcomers)
    known = await _known(session, newcomers, owners)
    households = await household_ids(
        session, [(row.unit.id, row.listed.household_code) for row in placed if row.listed.household_code]
    )
    for row in placed:
        resident = known.get(row.identity.by_number)
        if resident is None:
            _add_newcomer(batch, row)
        else:
            await _compare(session, batch, row.listed, row.unit, resident, households)
    await _register(session, batch, households, owners)
    await _store_rejections(session, batch)
    _count(batch, rows)


def _placed(outcome: ListedResident | list[Rejection], villages: Villages) -> _Row:
    if isinstance(outcome, list):
        return outcome
    unit = villages.top if outcome.village is None else villages.find(outcome.village)
    if isinstance(unit, Finding):
        return [Rejection(outcome.row, outcome.village_column, unit)]
    return _Placed(outcome, unit, new_identity({"personal_id": outcome.personal_id, **outcome.others}))


def _subjects(placed: Sequence[_Placed]) -> Iterator[Subject]:
    for row in placed:
        yield row.identity.by_number
        if row.identity.by_phone:
            yield row.identity.by_phone


async def _known(
    session: Session, newcomers: Mapping[Subject, UUID], owners: Mapping[bytes, Owner]
) -> dict[Subject, Resident]:
    """Residents who are registered already, by personal number; all indexes of the batch are locked from here on."""
    ids = {
        number: resident_id
        for number, new in newcomers.items()
        if (resident_id := resident_of(number, owners)) not in (None, new)
    }
    if not ids:
        return {}
    found = await session.execute(_BY_IDS, {"ids": list(ids.values())})
    residents = {resident.id: resident for resident in found.scalars()}
    return {number: residents[resident_id] for number, resident_id in ids.items() if resident_id in residents}


_BY_IDS = select(Resident).from_statement(text("SELECT * FROM resident WHERE id = ANY(cast(:ids AS uuid[]))"))


def _add_newcomer(batch: _Batch, row: _Placed) -> None:
    earlier = batch.newcomers.setdefault(row.identity.by_number, row)
    if earlier is row:
        return
    if _values(earlier.listed) == _values(row.listed) and earlier.unit.id == row.unit.id:
        batch.unchanged += 1
    else:
        batch.reject(row.listed, "personal_id", TWICE_IN_LIST)


def _values(listed: ListedResident) -> dict[str, Any]:
    """The attributes that a row states, by name."""
    values: dict[str, Any] = {
        "full_name": listed.full_name,
        "date_of_birth": listed.birth.day,
        "birth_precision": listed.birth.precision,
        "sex": listed.sex,
        "id_document": listed.id_document if listed.states_document else None,
    } | {name: value for name, value in listed.others.items() if ATTRIBUTES[name].stated}
    if not values.get("phone"):
        values.pop("phone_owner_verified", None)
    return {name: value for name, value in values.items() if value is not None}


async def _compare(
    session: Session, batch: _Batch, listed: ListedResident, unit: KnownUnit, resident: Resident,
    households: Mapping[tuple[UUID, str], UUID],
) -> None:  # fmt: skip
    old_unit = batch.villages.units.get(resident.unit_id)
    values = _values(listed)
    if old_unit is None:
        batch.reject(listed, "personal_id", EXISTS_ELSEWHERE)
        return
    household_id = households.get((unit.id, listed.household_code)) if listed.household_code else resident.household_id
    differs = any(resident.value(name) != value for name, value in values.items())
    if not differs and unit.id == resident.unit_id and household_id == resident.household_id:
        batch.unchanged += 1
    elif resident.life != "alive":
        batch.reject(listed, "personal_id", MERGED_OR_DECEASED)
    elif resident.import_id == batch.record.id:
        batch.reject(listed, "personal_id", TWICE_IN_LIST)
    else:
        await _update(session, batch, resident, old_unit, unit, household_id, values)


async def _update(
    session: Session, batch: _Batch, resident: Resident, old_unit: KnownUnit, unit: KnownUnit,
    household_id: UUID | None, values: Mapping[str, Any],
) -> None:  # fmt: skip
    version = resident.version
    await relocate_resident(session, resident, old_unit, unit)
    is_elsewhere = household_id != resident.household_id
    resident.household_id = household_id
    done = await amend_resident(session, resident, unit, values, batch.origin, batch.record.imported_by)
    if is_elsewhere and not done.changed and resident.version == version:
        resident.touch(now())
    resident.import_id = batch.record.id
    if resident.version == version:
        batch.unchanged += 1
    else:
        batch.updated += 1


async def _register(
    session: Session, batch: _Batch, households: Mapping[tuple[UUID, str], UUID], owners: Mapping[bytes, Owner]
) -> None:
    newcomers = []
    for row in batch.newcomers.values():
        code = row.listed.household_code
        newcomers.append(
            Newcomer(
                unit=row.unit,
                household_id=households[row.unit.id, code] if code else None,
                identity=row.identity,
                values=_values(row.listed) | {"id_document": row.listed.id_document},
                origin=batch.origin,
                import_id=batch.record.id,
            )
        )
    if newcomers:
        await register_newcomers(session, newcomers, owners)
    batch.created = len(newcomers)
    batch.warnings = sum(
        bool(row.listed.warnings or personal_id_warnings(row.listed.personal_id, row.listed.birth.day, row.listed.sex))
        for row in batch.newcomers.values()
    )


async def _store_rejections(session: Session, batch: _Batch) -> None:
    if not batch.rejections:
        return
    rows = {(batch.record.id, r.row, r.column, r.finding.code): (r.finding.vi, r.finding.en) for r in batch.rejections}
    await copy_rows(session, "import_rejection", ("import_id", "row", "column", "code", "vi", "en"),
                    [(*key, *messages) for key, messages in rows.items()])  # fmt: skip


def _count(batch: _Batch, outcomes: Sequence[_Row]) -> None:
    record = batch.record
    record.total_rows += len(outcomes)
    record.created += batch.created
    record.updated += batch.updated
    record.unchanged += batch.unchanged
    record.rejected += len(batch.rejected_rows)
    record.warnings += batch.warnings
    record.next_row = _row_of(outcomes[-1]) + 1
    record.attempts = 0


async def _finish(database: Database, import_id: UUID, failure: Finding | None) -> None:
    async with database.transaction() as session:
        record = await session.get_one(ResidentImport, import_id)
        record.status = "failed" if failure else "completed"
        record.failure = failure.code if failure else None
        record.finished_at = now()
        if failure:
            await copy_rows(session, "import_rejection", ("import_id", "row", "column", "code", "vi", "en"),
                            [(import_id, 1, "", failure.code, failure.vi, failure.en)])  # fmt: skip
        await session.execute(text("DELETE FROM import_chunk WHERE import_id = :id"), {"id": import_id})
    logger.info("resident import finished", import_id=str(import_id), status="failed" if failure else "completed")
