"""Lists by personal number from police and telecoms."""

from collections.abc import Sequence
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import FieldError, Language, TooLarge
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.spreadsheets import XLSX
from chassis.web.imports import FindingView, PreviewView, UndoStarted, UndoView, csv_response, workbook_response
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    language_of,
    transactional_router,
)
from onboarding.commands.import_previews import preview_import, resolve_list
from onboarding.commands.import_undo import begin_undo
from onboarding.commands.imports import create_number_import
from onboarding.errors import UnreadableFile
from onboarding.lists import COLUMNS, NumberList, read_numbers
from onboarding.model.imports import ImportRejection, ImportWarning
from onboarding.model.steps import Step
from onboarding.queries.imports import (
    every_row,
    kept_rows,
    load_import,
    page_of_imports,
    page_of_rejections,
    page_of_warnings,
)
from onboarding.routes.access import purpose_of_ids, record_reads
from onboarding.routes.listing import LISTED
from onboarding.schemas.imports import ImportView, preview_view, undo_view
from tabular import UnreadableTable
from tabular.template import template_workbook

router = transactional_router(tags=["onboarding"], dependencies=LISTED)

FILE_BYTES = 10 * 1024 * 1024
Officer = Annotated[Caller, allow("officer")]
EXAMPLES = {
    "personal_id": "038085000123", "occurred_on": "15/03/2026", "level": "Mức 2", "certificate_serial": "5401A7",
    "account_kind": "Ngân hàng", "reference": "HD-15", "valid_until": "15/03/2029",
}  # fmt: skip
CHOICES = {"level": ["Mức 1", "Mức 2"], "account_kind": ["Ngân hàng", "Ví điện tử", "Tiền di động"]}


@router.post(
    "/v1/onboarding/imports",
    status_code=202,
    response_model=ImportView,
    responses={200: {"model": PreviewView, "description": "What the list would do (`dry_run`)"}},
)
async def create_onboarding_import(
    request: Request, session: Transaction, caller: Officer,
    file: Annotated[UploadFile, File(description="CSV or XLSX by personal number")],
    step: Annotated[Step, Form(description="The step that the list proves")],
    unit_code: Annotated[str, Form(max_length=64, description="The unit whose residents the list may name")],
    source_body: Annotated[
        str, Form(min_length=1, max_length=40, description="The body, or the id of the partner, that the list comes from")
    ],
    dry_run: Annotated[bool, Query(description="Answers what the list would do, and writes nothing")] = False,
    accept_language: Annotated[str | None, Header()] = None, purpose: PurposeHeader = None,
) -> JSONResponse:  # fmt: skip
    """Takes a list in; each row is applied in the background, the same file again changes nothing."""
    content = await file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise TooLarge()
    listed = await _read(file.file)
    runtime = request.app.state.runtime
    async with runtime.database.reading() as reading:
        unit = await unit_of_body(reading, unit_code)
        await require_unit(reading, caller, unit.id, is_known=True)
    if dry_run:
        residents = await resolve_list(runtime.service_client, listed)
        preview = await preview_import(session, caller, unit, step, source_body, listed, residents)
        shown = (each.resident_id for each in preview.changes)
        record_reads(session, caller, shown, action="import-preview", purpose=purpose_of_ids(caller, purpose))
        shown_preview = preview_view(preview, language_of(accept_language))
        return JSONResponse(shown_preview.model_dump(mode="json"), 200)
    taken = await create_number_import(session, caller, unit, step, source_body, content, listed)
    view = ImportView.of(taken)
    return JSONResponse(view.model_dump(mode="json"), 202, {"Location": f"/v1/onboarding/imports/{taken.id}"})


@router.get("/v1/onboarding/imports")
async def list_onboarding_imports(
    session: Reading, page: PageQuery, caller: Officer, unit_code: Annotated[str | None, Query(max_length=64)] = None
) -> Listed[ImportView]:
    """Lists that were sent, with who and when."""
    found, cursor = await page_of_imports(session, caller, unit_code, page)
    return Listed(items=[ImportView.of(each) for each in found], next_cursor=cursor)


@router.get("/v1/onboarding/imports/template.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
async def get_onboarding_import_template(caller: Officer) -> Response:
    """The workbook to fill in: the columns with their Vietnamese titles, an example row, drop-downs."""
    content = template_workbook(COLUMNS, EXAMPLES, CHOICES)
    return workbook_response(content, "mau-danh-sach.xlsx")


@router.get("/v1/onboarding/imports/{import_id}")
async def get_onboarding_import(import_id: UUID, session: Reading, caller: Officer) -> ImportView:
    """Progress and counts of an import."""
    return ImportView.of(await load_import(session, caller, import_id))


@router.get(
    "/v1/onboarding/imports/{import_id}/rejections",
    response_model=Listed[FindingView],
    responses={200: {"content": {"text/csv": {}}}},
)
async def list_onboarding_import_rejections(
    import_id: UUID, request: Request, session: Reading, page: PageQuery, caller: Officer,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """The rows that were refused, as JSON or (Accept: text/csv) as a table."""
    taken = await load_import(session, caller, import_id)
    language = language_of(accept_language)
    if _wants_table(request):
        found = await every_row(session, ImportRejection, taken.id)
        return csv_response(FindingView.of(each, language) for each in found)
    rows, cursor = await page_of_rejections(session, taken.id, page)
    return _listed(rows, cursor, language)


@router.get("/v1/onboarding/imports/{import_id}/warnings", response_model=Listed[FindingView])
async def list_onboarding_import_warnings(
    import_id: UUID, request: Request, session: Reading, page: PageQuery, caller: Officer,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """What was put right or left out, by row, as JSON or (Accept: text/csv) as a table."""
    taken = await load_import(session, caller, import_id)
    language = language_of(accept_language)
    if _wants_table(request):
        found = await every_row(session, ImportWarning, taken.id)
        return csv_response(FindingView.of(each, language) for each in found)
    rows, cursor = await page_of_warnings(session, taken.id, page)
    return _listed(rows, cursor, language)


@router.post("/v1/onboarding/imports/{import_id}/undo", status_code=202)
async def undo_onboarding_import(import_id: UUID, session: Transaction, caller: Officer) -> UndoStarted:
    """Takes a list back: rows that are unchanged go back, the others are kept and listed."""
    taken = await load_import(session, caller, import_id, for_update=True)
    await begin_undo(session, caller, taken)
    status = "undone" if taken.status == "undone" else "undoing"
    return UndoStarted(id=taken.id, status=status, undone=taken.undone, kept=taken.kept)


@router.get("/v1/onboarding/imports/{import_id}/undo")
async def get_onboarding_import_undo(
    import_id: UUID, session: Transaction, caller: Officer, purpose: PurposeHeader = None
) -> UndoView:
    """Which rows were taken back, and which stay and why."""
    stated = purpose_of(caller, None, purpose)
    taken = await load_import(session, caller, import_id)
    kept = await kept_rows(session, taken.id)
    record_reads(session, caller, (each.subject_id for each in kept), action="import-undo", purpose=stated)
    return undo_view(taken, kept)


async def _read(file: BinaryIO) -> NumberList:
    try:
        return await read_numbers(file, today())
    except UnreadableTable as error:
        found = error.finding
        raise UnreadableFile(errors=[FieldError("/file", "unreadable", found.vi, found.en)]) from error


def _wants_table(request: Request) -> bool:
    return "text/csv" in request.headers.get("accept", "")


def _listed(rows: Sequence[ImportRejection | ImportWarning], cursor: str | None, language: Language) -> Response:
    views = Listed[FindingView](items=[FindingView.of(each, language) for each in rows], next_cursor=cursor)
    return JSONResponse(views.model_dump(mode="json"))
