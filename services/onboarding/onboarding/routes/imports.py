"""Lists by personal number from police and telecoms."""

import csv
import io
from typing import Annotated, Any
from uuid import UUID

import anyio.to_thread
from fastapi import File, Form, Header, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from chassis.clock import today
from chassis.errors import FieldError, InvalidQuery, NotFound, TooLarge
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.web.routing import (
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    cursor_at,
    language_of,
    transactional_router,
)
from onboarding.commands.imports import take_list
from onboarding.errors import UnreadableFile
from onboarding.lists import ListedNumber, RowFault, UnreadableList, read_numbers
from onboarding.model.imports import ImportRejection, NumberImport
from onboarding.model.steps import Step
from onboarding.routes.listing import LISTED
from onboarding.schemas.imports import ImportView, RejectionView

router = transactional_router(tags=["onboarding"], dependencies=LISTED)

FILE_BYTES = 10 * 1024 * 1024
Officer = Annotated[Caller, allow("officer")]


@router.post("/v1/onboarding/imports", status_code=202, response_model=ImportView)
async def create_import(
    session: Transaction, caller: Officer, file: Annotated[UploadFile, File(description="CSV or XLSX by personal number")],
    step: Annotated[Step, Form()], unit_code: Annotated[str, Form(max_length=64)],
    source_body: Annotated[str, Form(min_length=1, max_length=40)],
) -> JSONResponse:  # fmt: skip
    """Takes a list in; each row is applied in the background, the same file again changes nothing."""
    content = await file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise TooLarge()
    rows = await anyio.to_thread.run_sync(_read, content)
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    taken = await take_list(session, caller, unit, step, source_body, content, rows)
    view = ImportView.of(taken)
    return JSONResponse(view.model_dump(mode="json"), 202, {"Location": f"/v1/onboarding/imports/{taken.id}"})


@router.get("/v1/onboarding/imports/{import_id}")
async def get_import(import_id: UUID, session: Reading, caller: Officer) -> ImportView:
    return ImportView.of(await _own_import(session, caller, import_id))


@router.get("/v1/onboarding/imports/{import_id}/rejections", response_model=Listed[RejectionView])
async def get_rejections(
    import_id: UUID, request: Request, session: Reading, page: PageQuery, caller: Officer,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """The rows that were refused, as JSON or (Accept: text/csv) as a table."""
    taken = await _own_import(session, caller, import_id)
    language = language_of(accept_language)
    query = select(ImportRejection).where(col(ImportRejection.import_id) == taken.id)
    is_table = "text/csv" in request.headers.get("accept", "")
    start = page.after()
    if start and not is_table:
        query = query.where(col(ImportRejection.row) > _number(start))
    limit = 100_000 if is_table else page.limit + 1
    found = list(await session.exec(query.order_by(col(ImportRejection.row)).limit(limit)))
    if is_table:
        return _table([RejectionView.of(each, language) for each in found])
    kept = found[: page.limit]
    cursor = cursor_at(kept[-1].row) if len(found) > page.limit else None
    views = Listed[RejectionView](items=[RejectionView.of(each, language) for each in kept], next_cursor=cursor)
    return JSONResponse(views.model_dump(mode="json"))


async def _own_import(session: Reading, caller: Caller, import_id: UUID) -> NumberImport:
    taken = await session.get(NumberImport, import_id)
    if taken is None:
        raise NotFound()
    await require_unit(session, caller, taken.unit_id)
    return taken


def _number(cursor: list[Any]) -> int:
    try:
        return int(cursor[0])
    except (ValueError, IndexError) as error:
        raise InvalidQuery(
            errors=[
                FieldError("/cursor", "not-a-cursor", "Con trỏ trang không hợp lệ.", "This is not a cursor of ours.")
            ]
        ) from error


def _read(content: bytes) -> list[ListedNumber | RowFault]:
    try:
        return read_numbers(content, today())
    except UnreadableList as error:
        raise UnreadableFile(errors=[FieldError("/file", "unreadable", error.vi, error.en)]) from error


def _table(rejections: list[RejectionView]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "column", "code", "message"])
    writer.writerows([each.row, each.column, each.code, each.message] for each in rejections)
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
