"""Managers of markets: a role over a group of merchants, named by two officers of the unit."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, require_unit, scoped, unit_of_body, unit_of_query, units_under
from chassis.storage.database import Session
from chassis.web.routing import (
    DeletionReason,
    Listed,
    PageQuery,
    Reading,
    Transaction,
    allow,
    created,
    page_by_id,
    transactional_router,
)
from payments_qr.commands.market_managers import confirm_manager, end_manager, name_manager
from payments_qr.model import MarketManager
from payments_qr.schemas.market_managers import MarketManagerCreate, MarketManagerView

router = transactional_router(tags=["merchants"])
Officer = Annotated[Caller, allow("officer")]


@router.post("/v1/market-managers", status_code=201, response_model=MarketManagerView)
async def create_market_manager(body: MarketManagerCreate, session: Transaction, caller: Officer) -> JSONResponse:
    """Names the manager of a market: a resident who sees its stalls, prints their posters and reads their sums."""
    unit = await unit_of_body(session, body.unit_code)
    await require_unit(session, caller, unit.id, is_known=True)
    naming = await name_manager(session, caller, unit, body.market, body.resident_id)
    return created(MarketManagerView.of(naming), f"/v1/market-managers/{naming.id}")


@router.get("/v1/market-managers")
async def list_market_managers(
    session: Reading, page: PageQuery, caller: Officer, unit_code: str | None = None
) -> Listed[MarketManagerView]:
    """The namings of the caller's units, oldest first."""
    query = scoped(select(MarketManager), caller, col(MarketManager.unit_id))
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
        query = query.where(col(MarketManager.unit_id).in_(units_under(unit_code)))
    rows, cursor = await page_by_id(session, query, MarketManager.id, page)
    return Listed(items=[MarketManagerView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/market-managers/{manager_id}")
async def get_market_manager(manager_id: UUID, session: Reading, caller: Officer) -> MarketManagerView:
    """A naming."""
    naming = await session.get(MarketManager, manager_id)
    if naming is None or not await covers(session, caller, naming.unit_id):
        raise NotFound()
    return MarketManagerView.of(naming)


@router.post("/v1/market-managers/{manager_id}/confirm")
async def confirm_market_manager(manager_id: UUID, session: Transaction, caller: Officer) -> MarketManagerView:
    """Confirms a naming, by another officer than the one who named."""
    naming = await _get_to_change(session, caller, manager_id)
    confirm_manager(caller, naming)
    return MarketManagerView.of(naming)


@router.delete("/v1/market-managers/{manager_id}", status_code=204, response_class=Response)
async def delete_market_manager(
    manager_id: UUID, session: Transaction, caller: Officer, reason: DeletionReason = None
) -> None:
    """Ends a naming: the manager sees nothing any more."""
    end_manager(session, caller, await _get_to_change(session, caller, manager_id), reason)


async def _get_to_change(session: Session, caller: Caller, manager_id: UUID) -> MarketManager:
    naming = await session.get(MarketManager, manager_id, with_for_update=True)
    if naming is None or not await covers(session, caller, naming.unit_id):
        raise NotFound()
    return naming
