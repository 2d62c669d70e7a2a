"""Imports of files: stall lists of markets, bill files of suppliers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import File, Form, Header, Query, Response, UploadFile
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import TooLarge
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query
from chassis.spreadsheets import XLSX
from chassis.web.imports import FindingView, PreviewView, UndoStarted, UndoView, workbook_response
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, language_of, transactional_router
from payments_qr.banks import list_banks
from payments_qr.commands.bill_imports import import_bills
from payments_qr.commands.import_undo import undo_import
from payments_qr.commands.imports import ImportRun, tried
from payments_qr.commands.stall_imports import import_stalls
from payments_qr.queries.imports import get_visible_import, list_kept_rows, list_visible_imports
from payments_qr.queries.merchants import get_merchant_to_change
from payments_qr.queries.partners import require_partner
from payments_qr.routes.import_findings import list_findings
from payments_qr.schemas.imports import ImportView, preview_view, undo_started, undo_view
from payments_qr.settings import MAX_UPLOAD_BYTES
from payments_qr.uploads import bills, stalls
from tabular.template import template_workbook

router = transactional_router(tags=["imports"])
StallImporter = Annotated[Caller, allow("officer")]
BillImporter = Annotated[Caller, allow("officer", "organization", "resident", level=1, acting="payments")]
AcceptLanguage = Annotated[str | None, Header(include_in_schema=False)]
Accept = Annotated[str | None, Header(include_in_schema=False)]
DryRun = Annotated[bool, Query(description="Answers what the file would do, and writes nothing")]
PREVIEW: dict[int | str, dict[str, Any]] = {
    200: {"model": PreviewView, "description": "What the file would do, with dry_run=true"}
}
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}
TEMPLATE: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}}, "description": "A workbook to fill in"}}


@router.post("/v1/merchant-imports", status_code=202, response_model=ImportView, responses=PREVIEW)
async def create_merchant_import(
    file: Annotated[UploadFile, File()],
    unit_code: Annotated[str, Form(max_length=64)],
    session: Transaction,
    caller: StallImporter,
    provider: Annotated[str, Form(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")],
    market: Annotated[str | None, Form(max_length=80)] = None,
    dry_run: DryRun = False,
    accept_language: AcceptLanguage = None,
) -> ImportView | JSONResponse:
    """Imports a market's stall list: each valid row becomes a submitted merchant; the same file again changes nothing."""
    _refuse_large(file)
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    await require_partner(session, provider, "/provider")
    async with tried(session, is_dry=dry_run):
        run = await import_stalls(session, caller, unit, market, provider, file.file, dry_run=dry_run)
        return _preview(run, accept_language) if dry_run else ImportView.of(run.record)


@router.post("/v1/bill-imports", status_code=202, response_model=ImportView, responses=PREVIEW)
async def create_bill_import(
    file: Annotated[UploadFile, File()],
    merchant_id: Annotated[UUID, Form()],
    session: Transaction,
    caller: BillImporter,
    dry_run: DryRun = False,
    accept_language: AcceptLanguage = None,
) -> ImportView | JSONResponse:
    """Imports a supplier's bill file: each valid row becomes a bill with its code; the same file again changes nothing."""
    _refuse_large(file)
    merchant = await get_merchant_to_change(session, caller, merchant_id, "bill.issue")
    async with tried(session, is_dry=dry_run):
        run = await import_bills(session, caller, merchant, file.file, dry_run=dry_run)
        return _preview(run, accept_language) if dry_run else ImportView.of(run.record)


@router.get("/v1/merchant-imports")
async def list_merchant_imports(
    session: Reading, page: PageQuery, caller: StallImporter, unit_code: str | None = None
) -> Listed[ImportView]:
    """The stall lists that were imported: by whom, when, with which result."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await list_visible_imports(session, caller, "merchants", page, unit_code=unit_code)
    return Listed(items=[ImportView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/bill-imports")
async def list_bill_imports(
    session: Reading, page: PageQuery, caller: BillImporter, unit_code: str | None = None
) -> Listed[ImportView]:
    """The bill files that were imported: by whom, when, with which result."""
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await list_visible_imports(session, caller, "bills", page, unit_code=unit_code)
    return Listed(items=[ImportView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/merchant-imports/template.xlsx", response_class=Response, responses=TEMPLATE)
async def get_merchant_import_template(session: Reading, caller: StallImporter) -> Response:
    """The workbook for a market's stall list: Vietnamese headings, an example row, the banks to choose from."""
    choices = {"bank": [bank.short_name for bank in list_banks(today())], "category": ["Sạp chợ", "Cửa hàng"]}
    return workbook_response(template_workbook(stalls.TEMPLATE, stalls.EXAMPLE, choices), "danh-sach-quay.xlsx")


@router.get("/v1/bill-imports/template.xlsx", response_class=Response, responses=TEMPLATE)
async def get_bill_import_template(session: Reading, caller: BillImporter) -> Response:
    """The workbook for a supplier's bills: Vietnamese headings and an example row."""
    return workbook_response(template_workbook(bills.TEMPLATE, bills.EXAMPLE, {}), "danh-sach-hoa-don.xlsx")


@router.get("/v1/merchant-imports/{import_id}")
async def get_merchant_import(import_id: UUID, session: Reading, caller: StallImporter) -> ImportView:
    """The counts of an imported stall list."""
    return ImportView.of(await get_visible_import(session, caller, import_id, "merchants"))


@router.get("/v1/bill-imports/{import_id}")
async def get_bill_import(import_id: UUID, session: Reading, caller: BillImporter) -> ImportView:
    """The counts of an imported bill file."""
    return ImportView.of(await get_visible_import(session, caller, import_id, "bills"))


@router.get(
    "/v1/merchant-imports/{import_id}/rejections",
    response_model=Listed[FindingView],
    responses=CSV,
)
async def list_merchant_import_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: StallImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[FindingView] | Response:
    """Every rejected cell; also as CSV."""
    record = await get_visible_import(session, caller, import_id, "merchants")
    return await list_findings(session, record, page, warnings=False, accept=accept, accept_language=accept_language)


@router.get(
    "/v1/bill-imports/{import_id}/rejections",
    response_model=Listed[FindingView],
    responses=CSV,
)
async def list_bill_import_rejections(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: BillImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[FindingView] | Response:
    """Every rejected cell; also as CSV."""
    record = await get_visible_import(session, caller, import_id, "bills")
    return await list_findings(session, record, page, warnings=False, accept=accept, accept_language=accept_language)


@router.get("/v1/merchant-imports/{import_id}/warnings", response_model=Listed[FindingView], responses=CSV)
async def list_merchant_import_warnings(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: StallImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[FindingView] | Response:
    """Every remark about the file and its rows; also as CSV."""
    record = await get_visible_import(session, caller, import_id, "merchants")
    return await list_findings(session, record, page, warnings=True, accept=accept, accept_language=accept_language)


@router.get("/v1/bill-imports/{import_id}/warnings", response_model=Listed[FindingView], responses=CSV)
async def list_bill_import_warnings(
    import_id: UUID,
    session: Reading,
    page: PageQuery,
    caller: BillImporter,
    accept: Accept = None,
    accept_language: AcceptLanguage = None,
) -> Listed[FindingView] | Response:
    """Every remark about the file and its rows; also as CSV."""
    record = await get_visible_import(session, caller, import_id, "bills")
    return await list_findings(session, record, page, warnings=True, accept=accept, accept_language=accept_language)


@router.post("/v1/merchant-imports/{import_id}/undo", status_code=202)
async def undo_merchant_import(import_id: UUID, session: Transaction, caller: StallImporter) -> UndoStarted:
    """Takes an imported stall list back: merchants that are unchanged are closed, the others are kept."""
    record = await get_visible_import(session, caller, import_id, "merchants", to_change=True)
    await require_unit(session, caller, record.unit_id, is_known=True)
    await undo_import(session, caller, record)
    return undo_started(record)


@router.post("/v1/bill-imports/{import_id}/undo", status_code=202)
async def undo_bill_import(import_id: UUID, session: Transaction, caller: BillImporter) -> UndoStarted:
    """Takes an imported bill file back: unpaid bills that are unchanged are as before, the others are kept."""
    record = await get_visible_import(session, caller, import_id, "bills", to_change=True)
    await get_merchant_to_change(session, caller, UUID(record.target.partition("|")[0]), "bill.issue")
    await undo_import(session, caller, record)
    return undo_started(record)


@router.get("/v1/merchant-imports/{import_id}/undo")
async def get_merchant_import_undo(import_id: UUID, session: Reading, caller: StallImporter) -> UndoView:
    """What the undo of a stall list kept, and why."""
    record = await get_visible_import(session, caller, import_id, "merchants")
    return undo_view(record, await list_kept_rows(session, record))


@router.get("/v1/bill-imports/{import_id}/undo")
async def get_bill_import_undo(import_id: UUID, session: Reading, caller: BillImporter) -> UndoView:
    """What the undo of a bill file kept, and why."""
    record = await get_visible_import(session, caller, import_id, "bills")
    return undo_view(record, await list_kept_rows(session, record))


def _refuse_large(file: UploadFile) -> None:
    if (file.size or 0) > MAX_UPLOAD_BYTES:
        raise TooLarge()


def _preview(run: ImportRun, accept_language: str | None) -> JSONResponse:
    return JSONResponse(preview_view(run, language_of(accept_language)).model_dump(mode="json"))
