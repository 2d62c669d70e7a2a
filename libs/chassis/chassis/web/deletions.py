"""The internal operation on the log of deletions. The gateway publishes it for operators and auditors."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.storage.tables import Deletion
from chassis.web.routing import Listed, Page, PageQuery, Reading, allow, page_by_id, transactional_router

router = transactional_router(include_in_schema=False)


class DeletionView(BaseModel):
    """A batch of rows that a job deleted."""

    id: UUID
    run_id: UUID
    job: str
    table_name: str
    column_cleared: str | None
    ground: str
    rows: int
    oldest: datetime
    newest: datetime
    deleted_at: datetime


@router.get("/internal/deletions")
async def list_deletions(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("operator", "auditor", "service")],
    table: Annotated[str | None, Query(max_length=64)] = None,
) -> Listed[DeletionView]:
    rows, cursor = await page_of_deletions(session, page, table)
    return Listed(items=[DeletionView.model_validate(row.model_dump()) for row in rows], next_cursor=cursor)


async def page_of_deletions(session: ReadSession, page: Page, table: str | None) -> tuple[list[Deletion], str | None]:
    """Deletions of this service, oldest first, perhaps of one table; and the cursor of the next page."""
    query = select(Deletion)
    if table is not None:
        query = query.where(col(Deletion.table_name) == table)
    return await page_by_id(session, query, Deletion.id, page)
