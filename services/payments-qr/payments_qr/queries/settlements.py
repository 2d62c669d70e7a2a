"""Reads of settlements."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from payments_qr.model import Settlement, SettlementLine

MOST_SHOWN = 200


async def get_visible_settlement(session: ReadSession, caller: Caller, settlement_id: UUID) -> Settlement:
    """A settlement; a partner sees its own."""
    settlement = await session.get(Settlement, settlement_id)
    if settlement is None or (caller.role == "partner" and settlement.partner_id != caller.partner_id):
        raise NotFound()
    return settlement


async def list_visible_settlements(
    session: ReadSession, caller: Caller, page: Page, *, partner_id: str | None
) -> tuple[list[Settlement], str | None]:
    """Settlements, oldest first."""
    query: Any = select(Settlement)
    wanted = caller.partner_id if caller.role == "partner" else partner_id
    if wanted is not None:
        query = query.where(col(Settlement.partner_id) == wanted)
    return await page_by_id(session, query, Settlement.id, page)


async def list_lines(
    session: ReadSession, settlement_id: UUID, page: Page, *, state: str | None
) -> tuple[list[SettlementLine], str | None]:
    """The lines of a settlement, in the order of the file."""
    query: Any = select(SettlementLine).where(col(SettlementLine.settlement_id) == settlement_id)
    if state is not None:
        query = query.where(col(SettlementLine.state) == state)
    return await page_by_id(session, query, SettlementLine.id, page)


async def list_open_lines(session: ReadSession, settlement_id: UUID) -> Sequence[SettlementLine]:
    """The first lines that did not match."""
    found = await session.exec(
        select(SettlementLine)
        .where(col(SettlementLine.settlement_id) == settlement_id, col(SettlementLine.state) != "matched")
        .order_by(col(SettlementLine.id))
        .limit(MOST_SHOWN)
    )
    return found.all()
