"""Imports by personal number: their list, the rows that were refused or put right, what undoing left."""

from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import SQLModel, col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at, page_by_id
from onboarding.model.imports import ImportedEvidence, ImportRejection, ImportWarning, NumberImport
from onboarding.queries.territory import led_rows, require_lead, units_of_code

MOST_ROWS = 100_000
RowOfImport = TypeVar("RowOfImport", bound=SQLModel)


async def load_import(
    session: ReadSession, caller: Caller, import_id: UUID, *, for_update: bool = False
) -> NumberImport:
    """The import, when it belongs to the caller's units; 404 otherwise."""
    taken = await session.get(NumberImport, import_id, with_for_update=for_update or None)
    if taken is None:
        raise NotFound()
    await require_lead(session, caller, taken.unit_id, is_known=False)
    return taken


async def page_of_imports(
    session: ReadSession, caller: Caller, unit_code: str | None, page: Page
) -> tuple[list[NumberImport], str | None]:
    """Imports of the caller's units, of one unit and below where it is named."""
    query: Any = select(NumberImport).where(await led_rows(session, caller, col(NumberImport.unit_id)))
    if unit_code:
        query = query.where(col(NumberImport.unit_id).in_(await units_of_code(session, unit_code)))
    return await page_by_id(session, query, NumberImport.id, page)


async def page_of_rejections(
    session: ReadSession, import_id: UUID, page: Page
) -> tuple[list[ImportRejection], str | None]:
    query = _of_import(ImportRejection, import_id)
    if after := page.after_key(int):
        query = query.where(col(ImportRejection.row) > after[0])
    found = list(await session.exec(query.limit(page.limit + 1)))
    kept = found[: page.limit]
    return kept, cursor_at(kept[-1].row) if len(found) > page.limit else None


async def page_of_warnings(session: ReadSession, import_id: UUID, page: Page) -> tuple[list[ImportWarning], str | None]:
    """Warnings by row; one row may have several, so a page is cut by their place in the list."""
    begin = (page.after_key(int) or (0,))[0]
    found = list(await session.exec(_of_import(ImportWarning, import_id).offset(begin).limit(page.limit + 1)))
    kept = found[: page.limit]
    return kept, cursor_at(begin + page.limit) if len(found) > page.limit else None


async def every_row(session: ReadSession, table: type[RowOfImport], import_id: UUID) -> list[RowOfImport]:
    """All rejections or warnings of an import, for a table."""
    return list(await session.exec(_of_import(table, import_id).limit(MOST_ROWS)))


async def kept_rows(session: ReadSession, import_id: UUID) -> list[ImportedEvidence]:
    """Rows that were not undone, because something changed since."""
    query = _of_import(ImportedEvidence, import_id).where(col(ImportedEvidence.outcome) == "kept")
    return list(await session.exec(query.limit(MOST_ROWS)))


def _of_import(table: Any, import_id: UUID) -> Any:
    order = [table.row, *([table.column, table.code] if table is ImportWarning else [])]
    return select(table).where(table.import_id == import_id).order_by(*order)
