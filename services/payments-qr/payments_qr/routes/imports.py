"""Files that are handed in: a market's stalls, a supplier's bills."""

import csv
import io
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Header, Response, UploadFile
from sqlmodel import col, select

from chassis.errors import NotFound, TooLarge
from chassis.security.identity import Caller
from chassis.security.scope import covers, require_unit, unit_of_body
from chassis.storage.database import ReadSession
from chassis.web.routing import (
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    language_of,
    page_by_id,
    transactional_router,
)
from payments_qr.commands.imports import import_bills, import_stalls
from payments_qr.model import Import, ImportRejection
from payments_qr.queries.merchants import get_merchant_to_change
from payments_qr.routes.views import import_view
from payments_qr.schemas.imports import ImportView, RejectionView
from payments_qr.settings import MAX_UPLOAD_BYTES

router = transactional_router(tags=["imports"])
Taking = Annotated[Caller, allow("officer")]
Billing = Annotated[Caller, allow("officer", "organization", "resident")]
AcceptLanguage = Annotated[str | None, Header(include_in_schema=False)]
Accept = Annotated[str | None, Header(include_in_schema=False)]


@router.post("/v1/merchant-imports", status_code=202)
async def take_stalls(
    file: Annotated[UploadFile, File()],
    unit_code: Annotated[str, Form(max_length=64)],
    session: Transaction,
    caller: Taking,
    provider: Annotated[str, Form(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")],
    market: Annotated[str | None, Form(max_length=80)] = None,
) -> ImportView:
    """A market's stall list: each good row is a submitted merchant; the same file again changes nothing."""
    _refuse_large(file)
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    return import_view(await import_stalls(session, caller, unit, market, provider, file.file))


@router.post("/v1/bill-imports", status_code=202)
async def take_bills(
    file: Annotated[UploadFile, File()],
    merchant_id: Annotated[UUID, Form()],
    session: Transaction,
    caller: Billing,
) -> ImportView:
    """A supplier's bill file: each good row is a bill with its code; the same file again changes nothing."""
    _refuse_large(file)
    merchant = await get_merchant_to_change(session, caller, merchant_id)
    return import_view(await import_bills(session, caller, merchant, file.file))


@router.get("/v1/merchant-imports/{import_id}")
async def show_stalls(import_id: UUID, session: Reading, caller: Taking) -> ImportView:
    """What became of a stall list."""
    return import_view(await _get_import(session, caller, import_id, "merchants"))


@router.get("/v1/bill-imports/{import_id}")
async def show_bills(import_id: UUID, session: Reading, caller: Billing) -> ImportView:
    """What became of a bill file."""
    return import_view(await _get_import(session, caller, import_id, "bills"))


@router.get("/v1/merchant-imports/{import_id}/rejections", response_model=Listed[RejectionView])
async def list_stall_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: Taking,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[RejectionView] | Response:
    """Every cell that could not be taken; also as CSV."""
    done = await _get_import(session, caller, import_id, "merchants")
    return await _rejections(session, done, page, accept, accept_language)


@router.get("/v1/bill-imports/{import_id}/rejections", response_model=Listed[RejectionView])
async def list_bill_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: Billing,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[RejectionView] | Response:
    """Every cell that could not be taken; also as CSV."""
    done = await _get_import(session, caller, import_id, "bills")
    return await _rejections(session, done, page, accept, accept_language)


def _refuse_large(file: UploadFile) -> None:
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()


async def _get_import(session: ReadSession, caller: Caller, import_id: UUID, kind: str) -> Import:
    done = await session.get(Import, import_id)
    if done is None or done.kind != kind:
        raise NotFound()
    if done.taken_by != caller.account and not await covers(session, caller, done.unit_id):
        raise NotFound()
    return done


async def _rejections(
    session: ReadSession, done: Import, page: PageQuery, accept: str | None, accept_language: str | None
) -> Listed[RejectionView] | Response:
    language = language_of(accept_language)
    query = select(ImportRejection).where(col(ImportRejection.import_id) == done.id)
    if accept is not None and accept.startswith("text/csv"):
        found = (await session.exec(query.order_by(col(ImportRejection.id)))).all()
        return Response(_as_csv([_view(row, language) for row in found]), media_type="text/csv; charset=utf-8")
    rows, cursor = await page_by_id(session, query, ImportRejection.id, page)
    return Listed(items=[_view(row, language) for row in rows], next_cursor=cursor)


def _view(row: ImportRejection, language: str) -> RejectionView:
    return RejectionView(row=row.row, column=row.column, code=row.code, message=row.vi if language == "vi" else row.en)


def _as_csv(rejections: list[RejectionView]) -> str:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["row", "column", "code", "message"])
    lines.writerows((row.row, row.column, row.code, row.message) for row in rejections)
    return "\ufeff" + written.getvalue()
