"""Imports, their progress and their rejections."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at, page_by_id
from registry.model.imports import ImportRejection, ResidentImport


async def get_import(session: ReadSession, caller: Caller, import_id: UUID) -> ResidentImport:
    """An import of the caller's units; 404 otherwise."""
    record = await session.get(ResidentImport, import_id)
    if record is None or not await covers(session, caller, record.unit_id):
        raise NotFound()
    return record


async def list_imports(session: ReadSession, caller: Caller, page: Page) -> tuple[list[ResidentImport], str | None]:
    """Imports of the caller's units, oldest first."""
    query = scoped(select(ResidentImport), caller, col(ResidentImport.unit_id))
    return await page_by_id(session, query, ResidentImport.id, page)


async def list_rejections(
    session: ReadSession, import_id: UUID, page: Page
) -> tuple[list[ImportRejection], str | None]:
    """Rejected cells in the order of the file."""
    query = select(ImportRejection).where(ImportRejection.import_id == import_id)
    if after := page.after_key(int, str, str):
        key = tuple_(col(ImportRejection.row), col(ImportRejection.column), col(ImportRejection.code))
        query = query.where(key > after)
    rows = (
        await session.exec(
            query.order_by(col(ImportRejection.row), col(ImportRejection.column), col(ImportRejection.code)).limit(
                page.limit + 1
            )
        )
    ).all()
    kept = list(rows[: page.limit])
    last = kept[-1] if kept else None
    return kept, cursor_at(last.row, last.column, last.code) if last and len(rows) > len(kept) else None


async def every_rejection(session: ReadSession, import_id: UUID) -> AsyncIterator[ImportRejection]:
    """All rejected cells, page by page, for a download."""
    cursor: str | None = None
    while True:
        rows, cursor = await list_rejections(session, import_id, Page(limit=1000, cursor=cursor))
        for row in rows:
            yield row
        if cursor is None:
            return
