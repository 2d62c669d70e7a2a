"""Doors of the administrative units."""

from typing import Annotated

from fastapi import File, Query, UploadFile

from chassis.clock import today
from chassis.security.identity import Caller
from chassis.web.routing import Listed, PageQuery, Reading, Transaction, allow, public, transactional_router
from registry.commands.units import import_decree, read_decree
from registry.decrees import Level
from registry.queries.units import UnitFilter, day_of, get_unit, list_undecided, list_units
from registry.schemas.units import UndecidedView, UnitImportView, UnitView

router = transactional_router(tags=["units"])

AsOf = Annotated[str | None, Query(description="The day that is meant, today by default (YYYY-MM-DD)")]


@router.get("/v1/units")
async def list_all(
    session: Reading,
    page: PageQuery,
    caller: Annotated[Caller | None, public()],
    parent: str | None = None,
    level: Level | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    as_of: AsOf = None,
) -> Listed[UnitView]:
    items, cursor = await list_units(session, UnitFilter(parent, level, q), day_of(as_of, today()), page)
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/units/{code}")
async def get_one(
    code: str, session: Reading, caller: Annotated[Caller | None, public()], as_of: AsOf = None
) -> UnitView:
    return await get_unit(session, code, day_of(as_of, today()))


@router.post("/v1/unit-imports", status_code=201)
async def import_units(
    session: Transaction,
    caller: Annotated[Caller, allow("operator")],
    file: Annotated[
        UploadFile,
        File(description="Units: code, valid_from, valid_to, level, kind, parent_code, name; or successions alone"),
    ],
    successions: Annotated[
        UploadFile | None, File(description="Who followed whom: effective_on, successor_code, code, kind")
    ] = None,
) -> UnitImportView:
    """Take over a decree's table; the same table again answers the first import."""
    units = await file.read()
    followers = await successions.read() if successions else None
    decree = read_decree(units, followers)
    record = await import_decree(session, decree, units + b"\0" + (followers or b""), caller.account)
    return UnitImportView.model_validate(record.model_dump())


@router.get("/v1/undecided-residents")
async def list_undecided_residents(
    session: Reading, page: PageQuery, caller: Annotated[Caller, allow("officer")]
) -> Listed[UndecidedView]:
    """Residents of units that were divided: give each a unit by PATCH."""
    items, cursor = await list_undecided(session, caller, page)
    return Listed(items=items, next_cursor=cursor)
