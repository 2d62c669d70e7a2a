"""Imports by personal number, and the rows that were refused."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import require_unit
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from onboarding.model.imports import ImportRejection, NumberImport

MOST_REJECTIONS = 100_000


async def load_import(session: ReadSession, caller: Caller, import_id: UUID) -> NumberImport:
    """The import, when it belongs to the caller's units; 404 otherwise."""
    taken = await session.get(NumberImport, import_id)
    if taken is None:
        raise NotFound()
    await require_unit(session, caller, taken.unit_id)
    return taken


async def page_of_rejections(
    session: ReadSession, import_id: UUID, page: Page
) -> tuple[list[ImportRejection], str | None]:
    query = _rejections(import_id)
    if after := page.after_key(int):
        query = query.where(col(ImportRejection.row) > after[0])
    found = list(await session.exec(query.limit(page.limit + 1)))
    kept = found[: page.limit]
    return kept, cursor_at(kept[-1].row) if len(found) > page.limit else None


async def every_rejection(session: ReadSession, import_id: UUID) -> list[ImportRejection]:
    return list(await session.exec(_rejections(import_id).limit(MOST_REJECTIONS)))


def _rejections(import_id: UUID) -> Any:
    query = select(ImportRejection).where(col(ImportRejection.import_id) == import_id)
    return query.order_by(col(ImportRejection.row))
