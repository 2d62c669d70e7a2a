"""Lists by personal number from police and telecoms."""

import csv
import io
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import File, Form, Header, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from chassis.clock import today
from chassis.errors import FieldError, TooLarge
from chassis.security.identity import Caller
from chassis.security.scope import require_unit, unit_of_body
from chassis.web.routing import (
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    language_of,
    transactional_router,
)
from onboarding.commands.imports import create_number_import
from onboarding.errors import UnreadableFile
from onboarding.lists import ListedNumber, RowFault, read_numbers
from onboarding.model.steps import Step
from onboarding.queries.imports import every_rejection, load_import, page_of_rejections
from onboarding.routes.listing import LISTED
from onboarding.schemas.imports import ImportView, RejectionView
from tabular import UnreadableTable

router = transactional_router(tags=["onboarding"], dependencies=LISTED)

FILE_BYTES = 10 * 1024 * 1024
Officer = Annotated[Caller, allow("officer")]


@router.post("/v1/onboarding/imports", status_code=202, response_model=ImportView)
async def create_onboarding_import(
    session: Transaction, caller: Officer, file: Annotated[UploadFile, File(description="CSV or XLSX by personal number")],
    step: Annotated[Step, Form()], unit_code: Annotated[str, Form(max_length=64)],
    source_body: Annotated[str, Form(min_length=1, max_length=40)],
) -> JSONResponse:  # fmt: skip
    """Takes a list in; each row is applied in the background, the same file again changes nothing."""
    content = await file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise TooLarge()
    rows = await _read(file.file)
    unit = await unit_of_body(session, unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    taken = await create_number_import(session, caller, unit, step, source_body, content, rows)
    view = ImportView.of(taken)
    return JSONResponse(view.model_dump(mode="json"), 202, {"Location": f"/v1/onboarding/imports/{taken.id}"})


@router.get("/v1/onboarding/imports/{import_id}")
async def get_onboarding_import(import_id: UUID, session: Reading, caller: Officer) -> ImportView:
    return ImportView.of(await load_import(session, caller, import_id))


@router.get("/v1/onboarding/imports/{import_id}/rejections", response_model=Listed[RejectionView])
async def list_onboarding_import_rejections(
    import_id: UUID, request: Request, session: Reading, page: PageQuery, caller: Officer,
    accept_language: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """The rows that were refused, as JSON or (Accept: text/csv) as a table."""
    taken = await load_import(session, caller, import_id)
    language = language_of(accept_language)
    if "text/csv" in request.headers.get("accept", ""):
        whole = await every_rejection(session, taken.id)
        return _table([RejectionView.of(each, language) for each in whole])
    kept, cursor = await page_of_rejections(session, taken.id, page)
    views = Listed[RejectionView](items=[RejectionView.of(each, language) for each in kept], next_cursor=cursor)
    return JSONResponse(views.model_dump(mode="json"))


async def _read(file: BinaryIO) -> list[ListedNumber | RowFault]:
    try:
        return await read_numbers(file, today())
    except UnreadableTable as error:
        raise UnreadableFile(errors=[FieldError("/file", "unreadable", error.finding.vi, error.finding.en)]) from error


def _table(rejections: list[RejectionView]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "column", "code", "message"])
    writer.writerows([each.row, each.column, each.code, each.message] for each in rejections)
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
