"""Imports of files: stall lists of markets, bill files of suppliers."""

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
from payments_qr.schemas.imports import ImportView, RejectionView
from payments_qr.settings import MAX_UPLOAD_BYTES

router = transactional_router(tags=["imports"])
StallImporter = Annotated[Caller, allow("officer")]
BillImporter = Annotated[Caller, allow("officer", "organization", "resident", level=1, acting="payments")]
AcceptLanguage = Annotated[str | None, Header(include_in_schema=False)]
Accept = Annotated[str | None, Header(include_in_schema=False)]


@router.post("/v1/merchant-imports", status_code=202)
async def create_merchant_import(
    file: Annotated[UploadFile, File()],
    unit_code: Annotated[str, Form(max_length=64)],
    session: Transaction,
    caller: StallImporter,
    provider: Annotated[str, Form(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")],
    market: Annotated[str | None, Form(max_length=80)] = None,
) -> ImportView:
    """Imports a market's stall list: each valid row becomes a submitted merchant; the same file again changes nothing."""
    _refuse_large(file)
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    return ImportView.of(await import_stalls(session, caller, unit, market, provider, file.file))


@router.post("/v1/bill-imports", status_code=202)
async def create_bill_import(
    file: Annotated[UploadFile, File()],
    merchant_id: Annotated[UUID, Form()],
    session: Transaction,
    caller: BillImporter,
) -> ImportView:
    """Imports a supplier's bill file: each valid row becomes a bill with its code; the same file again changes nothing."""
    _refuse_large(file)
    merchant = await get_merchant_to_change(session, caller, merchant_id, "bill.issue")
    return ImportView.of(await import_bills(session, caller, merchant, file.file))


@router.get("/v1/merchant-imports/{import_id}")
async def get_merchant_import(import_id: UUID, session: Reading, caller: StallImporter) -> ImportView:
    """The counts of an imported stall list."""
    return ImportView.of(await _get_import(session, caller, import_id, "merchants"))


@router.get("/v1/bill-imports/{import_id}")
async def get_bill_import(import_id: UUID, session: Reading, caller: BillImporter) -> ImportView:
    """The counts of an imported bill file."""
    return ImportView.of(await _get_import(session, caller, import_id, "bills"))


@router.get(
    "/v1/merchant-imports/{import_id}/rejections",
    response_model=Listed[RejectionView],
    responses={200: {"content": {"text/csv": {}}}},
)
async def list_merchant_import_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: StallImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[RejectionView] | Response:
    """Every rejected cell; also as CSV."""
    run = await _get_import(session, caller, import_id, "merchants")
    return await _rejections(session, run, page, accept, accept_language)


@router.get(
    "/v1/bill-imports/{import_id}/rejections",
    response_model=Listed[RejectionView],
    responses={200: {"content": {"text/csv": {}}}},
)
async def list_bill_import_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: BillImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[RejectionView] | Response:
    """Every rejected cell; also as CSV."""
    run = await _get_import(session, caller, import_id, "bills")
    return await _rejections(session, run, page, accept, accept_language)


def _refuse_large(file: UploadFile) -> None:
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()


async def _get_import(session: ReadSession, caller: Caller, import_id: UUID, kind: str) -> Import:
    run = await session.get(Import, import_id)
    if run is None or run.kind != kind:
        raise NotFound()
    if run.taken_by != caller.account and not await covers(session, caller, run.unit_id):
        raise NotFound()
    return run


async def _rejections(
    session: ReadSession, run: Import, page: PageQuery, accept: str | None, accept_language: str | None
) -> Listed[RejectionView] | Response:
    language = language_of(accept_language)
    query = select(ImportRejection).where(col(ImportRejection.import_id) == run.id)
    if accept is not None and accept.startswith("text/csv"):
        found = (await session.exec(query.order_by(col(ImportRejection.id)))).all()
        return Response(
            _as_csv([RejectionView.of(row, language) for row in found]), media_type="text/csv; charset=utf-8"
        )
    rows, cursor = await page_by_id(session, query, ImportRejection.id, page)
    return Listed(items=[RejectionView.of(row, language) for row in rows], next_cursor=cursor)


def _as_csv(rejections: list[RejectionView]) -> str:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["row", "column", "code", "message"])
    lines.writerows((row.row, row.column, row.code, row.message) for row in rejections)
    return "\ufeff" + written.getvalue()
