"""Imports of files: one run each, valid rows applied, every wrong cell and remark reported."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from payments_qr.errors import unreadable_upload
from payments_qr.model import Import, ImportRejection, ImportRow
from payments_qr.uploads.tables import RejectedFile, Rejection, Remarks

T = TypeVar("T")
CHUNK = 500


@dataclass(frozen=True)
class Change:
    """A field that a row changed; `old` and `new` as they are shown, personal data masked."""

    row: int
    field: str
    old: str | None
    new: str | None


@dataclass
class ImportRun:
    """An import being made: its record, what is wrong, what changes."""

    session: Session
    record: Import
    is_new: bool
    rejections: list[Rejection] = field(default_factory=list)
    remarks: Remarks = field(default_factory=Remarks)
    changes: list[Change] = field(default_factory=list)

    def reject(self, rejections: Sequence[Rejection]) -> None:
        """Counts a row that is not taken; an empty list counts nothing."""
        if rejections:
            self.record.rejected += 1
            self.rejections += rejections

    def made(self, row: int, entity: Any, before: dict[str, Any] | None = None) -> None:
        """Notes what a row made or changed, for an undo."""
        if before is None:
            self.record.created += 1
        else:
            self.record.updated += 1
        self.session.add(
            ImportRow(import_id=self.record.id, row=row, entity_id=entity.id, version=entity.version, before=before)
        )

    def save_findings(self) -> None:
        """Keeps rejections and remarks with the import."""
        self.record.warnings = len(self.remarks.found)
        for findings, is_warning in ((self.rejections, False), (self.remarks.found, True)):
            self.session.add_all(
                ImportRejection(
                    import_id=self.record.id, row=one.row, column=one.column, code=one.code, vi=one.vi, en=one.en,
                    is_warning=is_warning,
                )
                for one in findings
            )  # fmt: skip


async def start_import(
    session: Session,
    caller: Caller,
    kind: str,
    target: str,
    unit: tuple[UUID, str | None],
    file: BinaryIO,
    *,
    dry_run: bool = False,
) -> ImportRun:
    """The run of a file: a new one, or (`is_new` False) the import that the same file made before.

    A dry run is always a new one; its caller rolls back.
    """
    file.seek(0)
    file_hash = hashlib.sha256(file.read()).digest()
    await lock_name(session, "import", kind, target, file_hash.hex())
    found = await session.exec(
        select(Import).where(col(Import.kind) == kind, col(Import.target) == target, col(Import.file_hash) == file_hash)
    )
    known = found.first()
    if known is not None and dry_run:
        target = f"{target}|dry run"
    elif known is not None:
        return ImportRun(session, known, is_new=False)
    record = Import(
        kind=kind, target=target, unit_id=unit[0], unit_code=unit[1], file_hash=file_hash, taken_by=caller.account,
        taken_at=now(), created_by_role=caller.role, created_by_body=caller.body, created_by_unit=caller.unit_code,
    )  # fmt: skip
    session.add(record)
    await session.flush()
    return ImportRun(session, record, is_new=True)


@asynccontextmanager
async def tried(session: Session, *, is_dry: bool) -> AsyncIterator[None]:
    """A block whose changes and events are taken back at its end, for a dry run."""
    if not is_dry:
        yield
        return
    published = len(session.outbox_records)
    async with session.begin_nested() as savepoint:
        yield
        await savepoint.rollback()
    del session.outbox_records[published:]


async def readable(rows: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The rows of a file; a file that cannot be read is the problem of the upload."""
    try:
        async for row in rows:
            yield row
    except RejectedFile as refused:
        raise unreadable_upload(refused.rejection) from refused


async def in_chunks(rows: AsyncGenerator[T]) -> AsyncGenerator[list[T]]:
    """The rows, some hundreds at a time."""
    chunk: list[T] = []
    async for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
