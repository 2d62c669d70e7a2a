"""Activation of a market's list by a second officer: every merchant for itself, one that is refused stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from chassis.errors import FieldError, NotFound, Problem
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import Session
from payments_qr.commands.merchants import change_merchant
from payments_qr.commands.qr_codes import issue_code
from payments_qr.model import Merchant
from payments_qr.model.qr_codes import CodeTerms
from payments_qr.model.registration import MerchantChanges
from payments_qr.queries.merchants import lock_merchant
from payments_qr.queries.qr_codes import list_printable_codes

MOST = 500
SWEPT = ("market_stall", "shop")
"""Categories of a list that is activated as a whole."""


@dataclass(frozen=True)
class Activated:
    """What became of one merchant; `problem` is what refused it, or kept it from having a code."""

    merchant_id: UUID
    name: str
    result: Literal["activated", "unchanged", "refused"]
    problem: Problem | None = None
    has_code: bool = False


async def list_to_activate(
    session: Session, caller: Caller, unit_code: str, market: str | None, merchant_ids: Sequence[UUID] | None
) -> list[UUID]:
    """The submitted stalls and shops of a unit or market, or the merchants named of them, by id; at most 500.

    Suppliers and counters are only activated by name: people pay there without knowing whom.
    """
    query: Any = select(Merchant.id).where(col(Merchant.unit_id).in_(units_under(unit_code)))
    if merchant_ids is None:
        query = query.where(col(Merchant.status) == "submitted", col(Merchant.category).in_(SWEPT))
    else:
        query = query.where(col(Merchant.id).in_(merchant_ids))
    if market is not None:
        query = query.where(col(Merchant.market) == market)
    query = scoped(query, caller, col(Merchant.unit_id)).order_by(col(Merchant.id)).limit(MOST)
    return list(await session.exec(query))


async def activate_all(
    session: Session, caller: Caller, merchant_ids: Sequence[UUID], *, issue_codes: bool
) -> list[Activated]:
    """Verifies every merchant as `PATCH` with `status: active` does; with `issue_codes`, a static code for its counter."""
    return [await _activate(session, caller, merchant_id, issue_codes=issue_codes) for merchant_id in merchant_ids]


async def _activate(session: Session, caller: Caller, merchant_id: UUID, *, issue_codes: bool) -> Activated:
    merchant = await lock_merchant(session, merchant_id)
    if merchant is None:
        raise NotFound()
    was_active, problem = merchant.is_active, None
    published = len(session.outbox_records)
    try:
        async with session.begin_nested():
            await change_merchant(session, caller, merchant, MerchantChanges(status="active"))
    except Problem as refused:
        del session.outbox_records[published:]
        return Activated(merchant_id, merchant.name, "refused", refused)
    if issue_codes:
        problem = await _issue(session, merchant)
    has_code = bool(await list_printable_codes(session, merchant.id))
    return Activated(merchant_id, merchant.name, "unchanged" if was_active else "activated", problem, has_code)


async def _issue(session: Session, merchant: Merchant) -> Problem | None:
    """A static code for the merchant's counter, unless it has a code to print."""
    if await list_printable_codes(session, merchant.id):
        return None
    published = len(session.outbox_records)
    try:
        async with session.begin_nested():
            await issue_code(session, merchant, CodeTerms("static", counter=merchant.counter))
    except Problem as refused:
        del session.outbox_records[published:]
        return refused
    return None


def reason_of(problem: Problem) -> FieldError:
    """The first error of a problem, or the problem itself, as code and messages."""
    return problem.errors[0] if problem.errors else FieldError("", problem.slug, problem.vi, problem.en)
