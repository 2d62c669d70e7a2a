"""Operations on administrative units."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Query, Response, UploadFile
from sqlmodel import select

from chassis.clock import today
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.spreadsheets import XLSX
from chassis.web.imports import UndoStarted
from chassis.web.routing import (
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    page_by_id,
    public,
    transactional_router,
)
from registry import decrees
from registry.commands import unit_import_undo as commands
from registry.commands.unit_files import as_csv
from registry.commands.units import import_decree, read_decree
from registry.decrees import Level
from registry.model.units import UnitImport
from registry.queries import units
from registry.queries.units import UnitFilter, day_of
from registry.schemas.units import UndecidedView, UnitImportView, UnitView, unit_undo

router = transactional_router(tags=["units"])

AsOf = Annotated[str | None, Query(description="The day of the tree, today by default (YYYY-MM-DD)")]


@router.get("/v1/units")
async def list_units(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller | None, public()],
    parent: str | None = None,
    level: Level | None = None,
    q: Annotated[
        str | None, Query(max_length=100, description="A name, with or without accents and kind, or a code")
    ] = None,
    as_of: AsOf = None,
) -> Listed[UnitView]:
    """Units of a day. A search without a day finds units of the past too, with their last day and successors."""
    found, cursor = await units.list_units(session, UnitFilter(parent, level, q), day_of(as_of), page)
    return Listed(items=[UnitView.of(placed) for placed in found], next_cursor=cursor)


@router.get("/v1/units/{code}")
async def get_unit(
    code: str, session: Reading, caller: Annotated[Caller | None, public()], as_of: AsOf = None
) -> UnitView:
    """A unit on a day; 404 `unit-ended` names the successors of a unit that ended before."""
    return UnitView.of(await units.get_unit(session, code, day_of(as_of) or today()))


@router.post("/v1/unit-imports", status_code=201)
async def create_unit_import(
    session: Transaction,
    caller: Annotated[Caller, allow("operator")],
    file: Annotated[
        UploadFile,
        File(description="Units: code, valid_from, valid_to, level, kind, parent_code, name; or successions alone"),
    ],
    successions: Annotated[
        UploadFile | None, File(description="Successions: effective_on, successor_code, code, kind")
    ] = None,
) -> UnitImportView:
    """Import a decree; the same tables again answer the first import."""
    rows = await as_csv(await file.read())
    following = await as_csv(await successions.read()) if successions else None
    decree = read_decree(rows, following)
    record = await import_decree(session, decree, rows + b"\0" + (following or b""), caller.account)
    return UnitImportView.of(record)


@router.get("/v1/unit-imports")
async def list_unit_imports(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("operator")]
) -> Listed[UnitImportView]:
    """Imported decrees, oldest first, with who imported them and when."""
    rows, cursor = await page_by_id(session, select(UnitImport), UnitImport.id, page)
    return Listed(items=[UnitImportView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/unit-imports/template.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}}})
async def get_unit_template(caller: Annotated[Caller, allow("operator")]) -> Response:
    """A workbook to fill in: Vietnamese titles, an example, drop-downs of levels and kinds."""
    headers = {"Content-Disposition": 'attachment; filename="danh-muc-don-vi.xlsx"'}
    return Response(decrees.template(), media_type=XLSX, headers=headers)


@router.get("/v1/unit-imports/{import_id}")
async def get_unit_import(
    import_id: UUID, session: Reading, caller: Annotated[Caller, allow("operator")]
) -> UnitImportView:
    """Counts of an imported decree."""
    record = await session.get(UnitImport, import_id)
    if record is None:
        raise NotFound()
    return UnitImportView.of(record)


@router.post("/v1/unit-imports/{import_id}/undo", status_code=202)
async def undo_unit_import(
    import_id: UUID, session: Transaction, caller: Annotated[Caller, allow("operator")]
) -> UndoStarted:
    """Take back a decree as a whole: units, villages, residents and organizations stand as before, in every service.

    Units that it made end before their first day, and what was recorded there belongs to those that they had taken over.
    Residents and organizations that have moved on since stay. A second time changes nothing.
    """
    return unit_undo(await commands.undo_unit_import(session, import_id, caller.account))


@router.get("/v1/undecided-residents")
async def list_undecided_residents(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> Listed[UndecidedView]:
    """Residents of divided units without a decision; PATCH the resident's unit to decide."""
    found, cursor = await units.list_undecided(session, caller, page)
    return Listed(items=[UndecidedView(**undecided._asdict()) for undecided in found], next_cursor=cursor)
