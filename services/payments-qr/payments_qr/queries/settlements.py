"""Reads of settlements: whole ones for operators and their partner, single lines for officers of the merchants' units."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import col, false, or_, select

from chassis.errors import Forbidden, NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from payments_qr.model import Payment, Settlement, SettlementLine
from payments_qr.model.authority import Action, Relation, may

MOST_SHOWN = 200
STATES = ("matched", "missing_here", "missing_there", "amount_mismatch", "booked_another_day")


async def get_visible_settlement(session: ReadSession, caller: Caller, settlement_id: UUID) -> Settlement:
    """A settlement; an officer gets one with lines of merchants in their units, with the figures of these lines."""
    settlement = await session.get(Settlement, settlement_id)
    if settlement is None:
        raise NotFound()
    if may("settlement.read", caller.role, _relation(caller, settlement)):
        return settlement
    seen = await _with_figures_of_visible_lines(session, caller, [settlement])
    if not seen:
        raise NotFound()
    return seen[0]


async def get_settlement_to_resolve(session: ReadSession, caller: Caller, settlement_id: UUID) -> Settlement:
    """A settlement for a decision on its lines, by an operator or its partner."""
    settlement = await get_visible_settlement(session, caller, settlement_id)
    action: Action = "settlement.resolve"
    if not may(action, caller.role, _relation(caller, settlement)):
        raise Forbidden()
    return settlement


def _relation(caller: Caller, settlement: Settlement) -> Relation | None:
    if caller.role == "partner":
        return "provider" if settlement.partner_id == caller.partner_id else "other_partner"
    return "any" if caller.role == "operator" else "in_unit"


async def list_visible_settlements(
    session: ReadSession, caller: Caller, page: Page, *, partner_id: str | None
) -> tuple[list[Settlement], str | None]:
    """Settlements, oldest first."""
    query: Any = select(Settlement)
    if caller.role == "partner":
        query = query.where(col(Settlement.partner_id) == caller.partner_id)
    elif caller.role == "officer":
        query = query.where(col(Settlement.id).in_(_lines_in_units(caller, SettlementLine.settlement_id)))
    elif caller.role != "operator":
        query = query.where(false())
    if partner_id is not None:
        query = query.where(col(Settlement.partner_id) == partner_id)
    rows, cursor = await page_by_id(session, query, Settlement.id, page)
    if caller.role == "officer":
        rows = await _with_figures_of_visible_lines(session, caller, rows)
    return rows, cursor


def _lines_in_units(caller: Caller, column: Any) -> Any:
    query = select(column).join(Payment, col(Payment.id) == col(SettlementLine.payment_id))
    return scoped(query, caller, col(Payment.unit_id))


async def _with_figures_of_visible_lines(
    session: ReadSession, caller: Caller, settlements: Sequence[Settlement]
) -> list[Settlement]:
    """Copies with the figures of the lines that the officer sees; settlements without such a line are left out."""
    signed = case(
        (col(SettlementLine.kind) == "payment", col(SettlementLine.amount)), else_=-col(SettlementLine.amount)
    )
    is_row = col(SettlementLine.number).is_not(None)
    counts = [func.count().filter(col(SettlementLine.state) == state) for state in STATES]
    query: Any = (
        select(
            col(SettlementLine.settlement_id), func.count().filter(is_row),
            func.coalesce(func.sum(signed).filter(is_row), 0), *counts,
        )
        .join(Payment, col(Payment.id) == col(SettlementLine.payment_id))
        .where(col(SettlementLine.settlement_id).in_([settlement.id for settlement in settlements]))
        .group_by(col(SettlementLine.settlement_id))
    )  # fmt: skip
    found = {row[0]: row[1:] for row in await session.execute(scoped(query, caller, col(Payment.unit_id)))}
    seen = []
    for settlement in settlements:
        if settlement.id in found:
            rows, amount, *states = found[settlement.id]
            figures = dict(zip(STATES, states, strict=True)) | {
                "row_count": rows,
                "row_sum": int(amount),
                "repeated": 0,
            }
            seen.append(Settlement(**settlement.model_dump() | figures))
    return seen


async def our_sums(session: ReadSession, caller: Caller, settlements: Sequence[Settlement]) -> dict[UUID, int]:
    """What the recorded movements that were compared add up to, by settlement: those of its rows, and those it lacks."""
    ours = col(SettlementLine.our_amount)
    signed = case((col(SettlementLine.kind) == "payment", ours), else_=-ours)
    query: Any = (
        select(col(SettlementLine.settlement_id), func.coalesce(func.sum(signed), 0))
        .where(
            col(SettlementLine.settlement_id).in_([settlement.id for settlement in settlements]),
            or_(col(SettlementLine.number).is_not(None), col(SettlementLine.state) == "missing_there"),
        )
        .group_by(col(SettlementLine.settlement_id))
    )
    if caller.role == "officer":
        query = query.join(Payment, col(Payment.id) == col(SettlementLine.payment_id))
        query = scoped(query, caller, col(Payment.unit_id))
    return {settlement_id: int(amount) for settlement_id, amount in await session.execute(query)}


async def list_lines(
    session: ReadSession, caller: Caller, settlement_id: UUID, page: Page, *, state: str | None
) -> tuple[list[SettlementLine], str | None]:
    """The lines of a settlement that the caller may see, in the order of the file."""
    query = _visible_lines(caller, settlement_id)
    if state is not None:
        query = query.where(col(SettlementLine.state) == state)
    return await page_by_id(session, query, SettlementLine.id, page)


async def list_open_lines(session: ReadSession, caller: Caller, settlement_id: UUID) -> list[SettlementLine]:
    """The first lines that did not match."""
    query = _visible_lines(caller, settlement_id).where(col(SettlementLine.state) != "matched")
    return list(await session.exec(query.order_by(col(SettlementLine.id)).limit(MOST_SHOWN)))


def _visible_lines(caller: Caller, settlement_id: UUID) -> Any:
    query: Any = select(SettlementLine).where(col(SettlementLine.settlement_id) == settlement_id)
    if caller.role == "officer":
        query = query.where(col(SettlementLine.id).in_(_lines_in_units(caller, SettlementLine.id)))
    return query


async def list_merchants_of_lines(session: ReadSession, lines: Sequence[SettlementLine]) -> set[UUID]:
    """The merchants whose payments these lines concern."""
    payments = [line.payment_id for line in lines if line.payment_id is not None]
    found = await session.exec(select(Payment.merchant_id).where(col(Payment.id).in_(payments)))
    return {merchant_id for merchant_id in found if merchant_id is not None}
