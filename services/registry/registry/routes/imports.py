"""Operations on imported lists of communes."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Header, Request, UploadFile
from fastapi.responses import StreamingResponse

from chassis.errors import Language
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, language_of
from registry.commands.imports import store_list
from registry.queries.imports import every_rejection, get_import, list_imports, list_rejections
from registry.routes.references import reference_router
from registry.schemas.imports import ImportAccepted, ImportView, RejectionView
from registry.settings import get_registry_settings

router = reference_router(tags=["imports"])
AcceptLanguage = Annotated[str | None, Header(alias="Accept-Language")]


@router.post("/v1/resident-imports", status_code=202)
async def create_resident_import(
    session: Transaction,
    caller: Annotated[Caller, allow("officer")],
    file: Annotated[UploadFile, File(description="A commune's list, CSV or XLSX")],
    unit_code: Annotated[str, Form()],
) -> ImportAccepted:
    """Accept a commune's list; the same file again answers the first import."""
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    limit = get_registry_settings().import_max_bytes
    record = await store_list(session, file.file, unit, caller.account, limit)
    return ImportAccepted(id=record.id, status=record.status)


@router.get("/v1/resident-imports")
async def list_resident_imports(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> Listed[ImportView]:
    rows, cursor = await list_imports(session, caller, page)
    return Listed(items=[ImportView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/resident-imports/{import_id}")
async def get_resident_import(
    import_id: UUID, session: Reading, caller: Annotated[Caller, allow("officer")]
) -> ImportView:
    return ImportView.of(await get_import(session, caller, import_id))


@router.get(
    "/v1/resident-imports/{import_id}/rejections",
    response_model=Listed[RejectionView],
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
) -> StreamingResponse | Listed[RejectionView]:
    """Rejected cells, as JSON or as CSV (`Accept: text/csv`)."""
    record = await get_import(session, caller, import_id)
    language = language_of(accept_language)
    if accept and "text/csv" in accept:
        name = f'attachment; filename="rejections-{record.id}.csv"'
        lines = _as_csv(request, record.id, language)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})
    rows, cursor = await list_rejections(session, record.id, page)
    return Listed(items=[RejectionView.of(row, language) for row in rows], next_cursor=cursor)


async def _as_csv(request: Request, import_id: UUID, language: Language) -> AsyncIterator[str]:
    # Spreadsheet programs recognise UTF-8 by its byte order mark.
    yield "\ufeff" + _line("row", "column", "code", "message")
    async with request.app.state.runtime.database.reading() as session:
        async for row in every_rejection(session, import_id):
            view = RejectionView.of(row, language)
            yield _line(view.row, view.column, view.code, view.message)


def _line(*cells: object) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_safe(str(cell)) for cell in cells])
    return text.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet program does not read as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
