"""Imports, their progress, rejections, warnings and undoing."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at, page_by_id
from registry.model.imports import ImportedResident, ImportRejection, ImportWarning, ResidentImport
from registry.model.residents import Resident

Finding = TypeVar("Finding", ImportRejection, ImportWarning)


async def get_import(
    session: ReadSession, caller: Caller, import_id: UUID, *, for_update: bool = False
) -> ResidentImport:
    """An import of the caller's units; 404 otherwise."""
    record = await session.get(ResidentImport, import_id, with_for_update=for_update or None)
    if record is None or not await covers(session, caller, record.unit_id):
        raise NotFound()
    return record


async def list_imports(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[ResidentImport], str | None]:
    """Imports of the caller's units, or of one of them and those below, oldest first."""
    query = scoped(select(ResidentImport), caller, col(ResidentImport.unit_id))
    if unit_code is not None:
        query = query.where(col(ResidentImport.unit_id).in_(units_under(unit_code)))
    return await page_by_id(session, query, ResidentImport.id, page)


async def list_findings(
    session: ReadSession, kind: type[Finding], import_id: UUID, page: Page
) -> tuple[list[Finding], str | None]:
    """Rejected or odd cells in the order of the file."""
    key = tuple_(col(kind.row), col(kind.column), col(kind.code))
    query = select(kind).where(kind.import_id == import_id)
    if after := page.after_key(int, str, str):
        query = query.where(key > after)
    query = query.order_by(col(kind.row), col(kind.column), col(kind.code)).limit(page.limit + 1)
    rows = list((await session.exec(query)).all())
    kept = rows[: page.limit]
    last = kept[-1] if kept else None
    return kept, cursor_at(last.row, last.column, last.code) if last and len(rows) > len(kept) else None


async def every_finding(session: ReadSession, kind: type[Finding], import_id: UUID) -> AsyncIterator[Finding]:
    """All rejected or odd cells, page by page, for a download."""
    cursor: str | None = None
    while True:
        rows, cursor = await list_findings(session, kind, import_id, Page(limit=1000, cursor=cursor))
        for row in rows:
            yield row
        if cursor is None:
            return


async def first_imported(session: ReadSession, import_id: UUID, count: int) -> Sequence[Resident]:
    """The first residents whom a list made or changed."""
    found = await session.exec(
        select(Resident)
        .join(ImportedResident, col(ImportedResident.resident_id) == col(Resident.id))
        .where(ImportedResident.import_id == import_id)
        .order_by(col(ImportedResident.row))
        .limit(count)
    )
    return found.all()


async def list_kept(session: ReadSession, import_id: UUID, page: Page) -> tuple[list[ImportedResident], str | None]:
    """Rows that an undo has left, in the order of the file."""
    query = select(ImportedResident).where(
        ImportedResident.import_id == import_id,
        col(ImportedResident.outcome).is_not(None),
        ImportedResident.outcome != "undone",
    )
    if after := page.after_key(int):
        query = query.where(col(ImportedResident.row) > after[0])
    rows = list((await session.exec(query.order_by(col(ImportedResident.row)).limit(page.limit + 1))).all())
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1].row) if len(rows) > len(kept) else None
