"""Operations on imported lists of communes."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse

from chassis.errors import Language, NotFound
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body, unit_of_query
from chassis.spreadsheets import XLSX
from chassis.storage.database import ReadSession, Session
from chassis.web.imports import (
    CSV_TITLES,
    FindingView,
    PreviewView,
    UndoStarted,
    UndoView,
    csv_of,
    workbook_response,
)
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    language_of,
)
from registry.commands.access import record_list
from registry.commands.import_preview import Preview, preview_list
from registry.commands.import_undo import start_undo
from registry.commands.imports import store_list
from registry.lists.template import template_of
from registry.model.imports import ImportRejection, ImportWarning
from registry.queries import imports
from registry.queries.imports import every_finding, first_imported, get_import, list_findings, list_kept
from registry.queries.units import list_villages
from registry.routes.references import reference_router
from registry.schemas.imports import (
    CONVERTED,
    ImportAccepted,
    ImportView,
    kept_row,
    preview_view,
    undo_started,
    undo_status,
    with_examples,
)
from registry.settings import get_registry_settings

router = reference_router(tags=["imports"])
AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]
EXAMPLES = 3
"""So many names show how a file in a legacy encoding was converted."""


@router.post(
    "/v1/resident-imports", status_code=202, response_model=ImportAccepted,
    responses={200: {"model": PreviewView, "description": "With `dry_run=true`: what the import would do"}},
)  # fmt: skip
async def create_resident_import(
    session: Transaction,
    request: Request,
    caller: Annotated[Caller, allow("officer")],
    file: Annotated[UploadFile, File(description="A commune's list: CSV, XLSX, XLS or ODS")],
    unit_code: Annotated[
        str, Form(description="The unit of the list; a list of one village needs no column of villages")
    ],
    dry_run: Annotated[bool, Query(description="Only answer what the import would do")] = False,
    purpose: PurposeHeader = None,
    accept_language: AcceptLanguage = None,
) -> Response | ImportAccepted:
    """Accept a commune's list; the same file again answers the first import. `dry_run=true` writes nothing."""
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    settings = get_registry_settings()
    if not dry_run:
        record = await store_list(session, file.file, unit, caller, settings.import_max_bytes)
        return ImportAccepted.model_validate(record.model_dump())
    purpose_code = purpose_of(caller, None, purpose or "onboarding")
    database = request.app.state.runtime.database
    preview = await preview_list(database, file.file, unit, settings.import_max_bytes, settings.import_batch_rows)
    await _record_preview(session, caller, purpose_code, preview)
    view = preview_view(preview, language_of(accept_language))
    return JSONResponse(view.model_dump(mode="json"), 200)


async def _record_preview(session: Session, caller: Caller, purpose: str | None, preview: Preview) -> None:
    """The stored values that a preview shows are read."""
    fields = sorted({change.field for change in preview.changes})
    shown = sorted({change.resident_id for change in preview.changes})
    await record_list(session, caller, shown, action="import-preview", purpose=purpose, fields=fields)


@router.get("/v1/resident-imports")
async def list_resident_imports(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    unit_code: Annotated[str | None, Query(description="Only imports of this unit and those below")] = None,
) -> Listed[ImportView]:
    """Imports with who sent them and when, oldest first."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await imports.list_imports(session, caller, unit_code, page)
    return Listed(items=[ImportView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/resident-imports/template.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
async def get_import_template(
    session: Reading,
    caller: Annotated[Caller, allow("officer")],
    unit_code: Annotated[
        str | None, Query(description="The unit whose villages are offered, the caller's own by default")
    ] = None,
) -> Response:
    """A workbook to fill in: Vietnamese titles, an example, drop-downs with the villages of the unit."""
    code = unit_code or caller.unit_code or ""
    await unit_of_query(session, caller, code)
    content = template_of([f"{village.name} ({village.code})" for village in await list_villages(session, code)])
    return workbook_response(content, f"danh-sach-nhan-khau-{code}.xlsx")


@router.get("/v1/resident-imports/{import_id}")
async def get_resident_import(
    import_id: UUID, session: Reading, caller: Annotated[Caller, allow("officer")]
) -> ImportView:
    """Progress and counts of an import."""
    return ImportView.of(await get_import(session, caller, import_id))


@router.get(
    "/v1/resident-imports/{import_id}/rejections",
    response_model=Listed[FindingView],
    responses={200: {"content": {"text/csv": {}}}},
)
async def list_import_rejections(
    import_id: UUID,
    session: Reading,
    request: Request,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    accept: Annotated[str | None, Header()] = None,
    accept_language: AcceptLanguage = None,
) -> StreamingResponse | Listed[FindingView]:
    """Rejected cells, as JSON or as CSV (`Accept: text/csv`)."""
    await get_import(session, caller, import_id)
    language = language_of(accept_language)
    if accept and "text/csv" in accept:
        return _download(request, ImportRejection, import_id, language)
    rows, cursor = await list_findings(session, ImportRejection, import_id, page)
    return Listed(items=[FindingView.of(row, language) for row in rows], next_cursor=cursor)


@router.get("/v1/resident-imports/{import_id}/warnings", response_model=Listed[FindingView])
async def list_import_warnings(
    import_id: UUID,
    session: Transaction,
    request: Request,
    page: PageQuery,
    caller: Annotated[Caller, allow("officer")],
    accept: Annotated[str | None, Header()] = None,
    accept_language: AcceptLanguage = None,
) -> StreamingResponse | Listed[FindingView]:
    """Cells that were put right or are odd, as JSON or as CSV (`Accept: text/csv`); row 1 is about the whole file.

    The warning about a converted encoding shows the first names as they were converted.
    """
    await get_import(session, caller, import_id)
    language = language_of(accept_language)
    if accept and "text/csv" in accept:
        return _download(request, ImportWarning, import_id, language)
    rows, cursor = await list_findings(session, ImportWarning, import_id, page)
    views = [FindingView.of(row, language) for row in rows]
    if any(view.code == CONVERTED for view in views):
        people = await first_imported(session, import_id, EXAMPLES)
        shown = [person.id for person in people]
        await record_list(session, caller, shown, action="import-preview", purpose="onboarding", fields=["full_name"])
        names = [person.full_name for person in people]
        views = [with_examples(view, names) for view in views]
    return Listed(items=views, next_cursor=cursor)


def _download(
    request: Request, kind: type[ImportRejection] | type[ImportWarning], import_id: UUID, language: Language
) -> StreamingResponse:
    name = "rejections" if kind is ImportRejection else "warnings"
    headers = {"Content-Disposition": f'attachment; filename="{name}-{import_id}.csv"'}
    lines = _as_csv(request, kind, import_id, language)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _as_csv(
    request: Request, kind: type[ImportRejection] | type[ImportWarning], import_id: UUID, language: Language
) -> AsyncIterator[str]:
    yield CSV_TITLES
    async with request.app.state.runtime.database.reading() as session:
        async for view in _views(session, kind, import_id, language):
            yield csv_of(view)


async def _views(
    session: ReadSession, kind: type[ImportRejection] | type[ImportWarning], import_id: UUID, language: Language
) -> AsyncIterator[FindingView]:
    if kind is ImportRejection:
        async for rejection in every_finding(session, ImportRejection, import_id):
            yield FindingView.of(rejection, language)
    else:
        async for warning in every_finding(session, ImportWarning, import_id):
            yield FindingView.of(warning, language)


@router.post("/v1/resident-imports/{import_id}/undo", status_code=202)
async def undo_resident_import(
    import_id: UUID, session: Transaction, caller: Annotated[Caller, allow("officer")]
) -> UndoStarted:
    """Take back an import: rows that nothing has changed since go back in every service, the others are listed.

    People whom the list had registered are removed, changed attributes get back the values before. A short list is done
    with the answer, a long one goes on in the background. A second time changes nothing.
    """
    record = await get_import(session, caller, import_id, for_update=True)
    await start_undo(session, record, caller)
    return undo_started(record)


@router.get("/v1/resident-imports/{import_id}/undo")
async def get_import_undo(
    import_id: UUID, session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> UndoView:
    """How far an undo is, and the rows that it left."""
    record = await get_import(session, caller, import_id)
    if record.undo_started_at is None:
        raise NotFound()
    rows, cursor = await list_kept(session, import_id, page)
    kept = [kept_row(row) for row in rows]
    return UndoView(status=undo_status(record), undone=record.undone, kept=kept, next_cursor=cursor)
