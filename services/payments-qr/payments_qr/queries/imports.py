"""Reads of imports."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, or_, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from payments_qr.model import Import, ImportRejection, ImportRow

ImportKind = Literal["merchants", "bills"]


async def get_visible_import(
    session: ReadSession, caller: Caller, import_id: UUID, kind: ImportKind, *, to_change: bool = False
) -> Import:
    """An import of the caller's units, or one that the caller made."""
    record = await session.get(Import, import_id, with_for_update=to_change or None)
    if record is None or record.kind != kind:
        raise NotFound()
    if record.taken_by != caller.account and not (
        caller.role == "officer" and await covers(session, caller, record.unit_id)
    ):
        raise NotFound()
    return record


async def list_visible_imports(
    session: ReadSession, caller: Caller, kind: ImportKind, page: Page, *, unit_code: str | None
) -> tuple[list[Import], str | None]:
    """Imports that the caller may see, the latest first."""
    query: Any = select(Import).where(col(Import.kind) == kind)
    if caller.role == "officer":
        visible = scoped(select(Import.id), caller, col(Import.unit_id))
        query = query.where(or_(col(Import.taken_by) == caller.account, col(Import.id).in_(visible)))
    else:
        query = query.where(col(Import.taken_by) == caller.account)
    if unit_code is not None:
        query = query.where(col(Import.unit_id).in_(units_under(unit_code)))
    return await page_by_id(session, query, Import.id, page)


def findings_of(record: Import, *, warnings: bool) -> Any:
    """The query for the rejected cells of an import, or for its remarks."""
    return select(ImportRejection).where(
        col(ImportRejection.import_id) == record.id, col(ImportRejection.is_warning).is_(warnings)
    )


async def list_kept_rows(session: ReadSession, record: Import) -> Sequence[ImportRow]:
    """The rows that an undo kept, in the order of the file."""
    found = await session.exec(
        select(ImportRow)
        .where(col(ImportRow.import_id) == record.id, col(ImportRow.kept_because).is_not(None))
        .order_by(col(ImportRow.row))
    )
    return found.all()
