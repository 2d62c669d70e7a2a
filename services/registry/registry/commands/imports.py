"""Import of communes' lists: stored encrypted, then imported in batches, each in one transaction with its progress.

Open lists take turns, so that a long one never makes the others wait; a list that cannot be read fails at once.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import aclosing
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import TooLarge
from chassis.ids import new_id
from chassis.observability.log import logger
from chassis.security.encryption import decrypt, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import Database, Session, is_transient_fault
from chassis.storage.locks import lock_name
from chassis.storage.tables import KnownUnit
from registry.commands.import_batches import import_batch, store_findings
from registry.commands.import_rows import check_villages, placed_batches, villages_of
from registry.identifiers import Finding
from registry.lists import COLUMNS, CellFinding, ListReader
from registry.model.imports import CHUNK_BYTES, IMPORT_CHUNK, ImportChunk, ResidentImport
from tabular import FileNotice, UnreadableTable, open_table

BATCHES_PER_TURN = 5
"""So many batches of a list are imported before the next open list has its turn."""
MAX_ATTEMPTS = 5
"""A list whose import was interrupted so often without progress (a process that was killed) has failed."""

BROKE_OFF = Finding(
    "internal-error",
    "Hệ thống gặp lỗi khi nhập danh sách này và đã dừng lại. Các dòng đã đếm là đã nhập. Hãy lưu lại thành .xlsx theo"
    " mẫu và gửi lại; nếu vẫn lỗi, báo cho bộ phận kỹ thuật kèm mã của lần nhập",
    "The import of this list broke off. The rows that are counted were imported. Save the list again as .xlsx by the"
    " template and send it again; if it still fails, tell the operators the id of the import",
)


async def store_list(
    session: Session, file: BinaryIO, unit: KnownUnit, caller: Caller, max_bytes: int
) -> ResidentImport:
    """Store a list for the background; the same file for the same unit answers the first import, unless it was undone."""
    file_hash = await asyncio.to_thread(_hash, file, max_bytes)
    await lock_name(session, f"registry.import {unit.id} {file_hash.hex()}")
    known = await session.exec(
        select(ResidentImport).where(
            ResidentImport.unit_id == unit.id, ResidentImport.file_hash == file_hash, ResidentImport.status != "failed",
            col(ResidentImport.undo_started_at).is_(None),
        )
    )  # fmt: skip
    if first := known.first():
        return first
    record = ResidentImport(
        id=new_id(), unit_id=unit.id, unit_code=unit.code, file_hash=file_hash, imported_by=caller.account,
        imported_role=caller.role, imported_body=caller.body, imported_unit_code=caller.unit_code, created_at=now(),
    )  # fmt: skip
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
    """Import all queued lists in turns; an interrupted one continues after its last batch."""
    while True:
        async with database.transaction() as session:
            record = (await session.exec(_NEXT_IMPORT)).first()
            if record is None:
                return
            record.turns += 1
            record.attempts += 1
            record.status = "running"
        if record.attempts > MAX_ATTEMPTS:
            await _finish(database, record.id, BROKE_OFF)
        else:
            await _take_turn(database, record, batch_rows)


_NEXT_IMPORT = (
    select(ResidentImport)
    .where(col(ResidentImport.status).in_(["queued", "running"]))
    .order_by(col(ResidentImport.turns), col(ResidentImport.id))
    .limit(1)
)


async def _take_turn(database: Database, record: ResidentImport, batch_rows: int) -> None:
    """Import some batches, all of them while no other list waits. A list that cannot be imported fails at once."""
    try:
        await _import_batches(database, record, batch_rows)
    except UnreadableTable as error:
        await _finish(database, record.id, error.finding)
    except Exception as error:
        if is_transient_fault(error) or isinstance(error, OSError):
            raise
        logger.error("resident import broke off", import_id=str(record.id), error=type(error).__name__)
        await _finish(database, record.id, BROKE_OFF)


async def _import_batches(database: Database, record: ResidentImport, batch_rows: int) -> None:
    with tempfile.TemporaryFile() as file:
        await _unpack(database, record.id, file)
        async with database.reading() as session:
            villages = await villages_of(session, record.unit_id)
        async with open_table(file, COLUMNS) as table:
            check_villages(table.table, villages.top)
            reader = ListReader.of(table.table, today(), needs_village=villages.top.level != "village")
            batches = placed_batches(table.rows(), reader, villages, record.next_row, batch_rows)
            async with aclosing(batches) as coming:
                done = 0
                async for batch in coming:
                    if done >= BATCHES_PER_TURN and await _others_wait(database, record):
                        return
                    async with database.transaction() as session:
                        await import_batch(session, record.id, batch, villages)
                    done += 1
            notices = table.table.notices
    await _finish(database, record.id, None, notices)


async def _others_wait(database: Database, record: ResidentImport) -> bool:
    async with database.reading() as session:
        found = await session.exec(_NEXT_IMPORT.where(ResidentImport.id != record.id))
        return found.first() is not None


async def _unpack(database: Database, import_id: UUID, file: BinaryIO) -> None:
    async with database.reading() as session:
        position = 0
        while chunk := await session.get(ImportChunk, (import_id, position)):
            file.write(decrypt(IMPORT_CHUNK, f"{import_id}|{position}", chunk.content))
            session.expunge(chunk)
            position += 1
    file.seek(0)


async def _finish(
    database: Database, import_id: UUID, failure: Finding | None, notices: Sequence[FileNotice] = ()
) -> None:
    async with database.transaction() as session:
        record = await session.get_one(ResidentImport, import_id)
        if record.status in ("completed", "failed"):
            return
        record.status = "failed" if failure else "completed"
        record.failure = failure.code if failure else None
        record.finished_at = now()
        if failure:
            await store_findings(session, "import_rejection", import_id, [CellFinding(1, "", failure)])
        about_file = [CellFinding(1, "", notice.finding) for notice in notices]
        record.warnings += await store_findings(session, "import_warning", import_id, about_file)
        await session.execute(text("DELETE FROM import_chunk WHERE import_id = :id"), {"id": import_id})
    logger.info("resident import finished", import_id=str(import_id), status="failed" if failure else "completed")
