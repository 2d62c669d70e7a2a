"""Questions about payments."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, tuple_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from payments_qr.model import Bill, Merchant, Movement, Payment, QrCode
from payments_qr.model.movements import MONEY, MovementKind
from payments_qr.model.reference_codes import customer_codes_in, likely_keys, reference_key
from payments_qr.queries.bills import bills_to_pay
from payments_qr.queries.ownership import managed_by, owned_by

MOST_SUGGESTIONS = 10
LOOK_BACK = timedelta(days=90)


async def get_visible_payment(session: ReadSession, caller: Caller, payment_id: UUID) -> Payment:
    """A payment that the caller may see."""
    found = await session.exec((await _visible(session, caller)).where(col(Payment.id) == payment_id))
    payment: Payment | None = found.first()
    if payment is None:
        raise NotFound()
    return payment


async def list_visible_payments(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    merchant_id: UUID | None,
    unit_code: str | None,
    status: str | None,
    since: datetime | None,
    until: datetime | None,
    partner_id: str | None = None,
    reference: str | None = None,
) -> tuple[list[Payment], str | None]:
    """Payments that the caller may see, by the time they were settled."""
    query = _filtered(await _visible(session, caller), merchant_id, unit_code, since, until)
    if status is not None:
        query = query.where(col(Payment.status) == status)
    if partner_id is not None:
        query = query.where(col(Payment.partner_id) == partner_id)
    if reference is not None:
        own = reference_key(reference)
        query = query.where(or_(col(Payment.partner_reference) == reference.strip(), col(Payment.reference_key) == own))
    if after := page.after_key(datetime.fromisoformat, UUID):
        query = query.where(tuple_(col(Payment.settled_at), col(Payment.id)) > after)
    rows = list(await session.exec(query.order_by(col(Payment.settled_at), col(Payment.id)).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], cursor_at(last.settled_at.isoformat(), last.id)


async def list_daily_sums(
    session: ReadSession, caller: Caller, *, unit_code: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Any]:
    """Count and sum of the payments that stand, by local date and category: sums of movements."""
    query: Any = (
        select(col(Movement.business_day), col(Merchant.category), *STANDING)
        .join(Merchant, col(Merchant.id) == col(Movement.merchant_id))
        .where(col(Movement.kind).in_(MONEY))
        .group_by(col(Movement.business_day), col(Merchant.category))
        .having(STANDING[0] > 0)
        .order_by(col(Movement.business_day), col(Merchant.category))
        .limit(2_000)
    )
    query = _of_period(query, unit_code, since, until)
    return list(await session.exec(scoped(query, caller, col(Movement.unit_id))))


STANDING = (
    func.count().filter(col(Movement.kind) == MovementKind.SETTLED)
    - func.count().filter(col(Movement.kind) == MovementKind.REVERSED),
    func.sum(col(Movement.amount)),
)
"""Number of payments that were not given back whole, and what is left of them."""


def _of_period(query: Any, unit_code: str | None, since: datetime | None, until: datetime | None) -> Any:
    """Movements of payments that were settled in a period, in a unit and below."""
    if unit_code is not None:
        query = query.where(col(Movement.unit_id).in_(units_under(unit_code)))
    if since is None and until is None:
        return query
    query = query.join(Payment, col(Payment.id) == col(Movement.payment_id))
    if since is not None:
        query = query.where(col(Payment.settled_at) >= since)
    return query if until is None else query.where(col(Payment.settled_at) < until)


async def list_movements(
    session: ReadSession, *, payment_id: UUID | None = None, bill_id: UUID | None = None
) -> Sequence[Movement]:
    """The movements of a payment or of a bill, in the order in which they were booked."""
    column, value = (Movement.payment_id, payment_id) if bill_id is None else (Movement.bill_id, bill_id)
    found = await session.exec(select(Movement).where(col(column) == value).order_by(col(Movement.id)))
    return found.all()


async def list_merchant_totals(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None,
    market: str | None,
    since: datetime | None,
    until: datetime | None,
) -> tuple[Sequence[Any], str | None]:
    """Merchant, count and sum of every merchant with movements, by id: sums of movements."""
    query: Any = (
        select(Merchant, *STANDING)
        .join(Movement, col(Movement.merchant_id) == col(Merchant.id))
        .where(col(Movement.kind).in_(MONEY))
        .group_by(col(Merchant.id))
        .order_by(col(Merchant.id))
        .limit(page.limit + 1)
    )
    if market is not None:
        query = query.where(col(Merchant.market) == market)
    if after := page.after_key(UUID):
        query = query.where(col(Merchant.id) > after[0])
    query = _of_period(query, unit_code, since, until)
    if caller.role in ("resident", "organization"):
        query = query.where(or_(await owned_by(session, caller), await managed_by(session, caller)))
    else:
        query = scoped(query, caller, col(Movement.unit_id))
    rows = list(await session.exec(query))
    if len(rows) <= page.limit:
        return rows, None
    return rows[: page.limit], cursor_at(rows[page.limit - 1][0].id)


async def list_market_totals(
    session: ReadSession, caller: Caller, *, unit_code: str | None, since: datetime | None, until: datetime | None
) -> Sequence[Any]:
    """Market, number of stalls, count and sum of every market with movements: sums of movements."""
    query: Any = (
        select(col(Merchant.market), func.count(col(Merchant.id).distinct()), *STANDING)
        .join(Movement, col(Movement.merchant_id) == col(Merchant.id))
        .where(col(Movement.kind).in_(MONEY), col(Merchant.market).is_not(None))
        .group_by(col(Merchant.market))
        .order_by(col(Merchant.market))
        .limit(2_000)
    )
    query = _of_period(query, unit_code, since, until)
    return list(await session.exec(scoped(query, caller, col(Movement.unit_id))))


async def list_suggestions(session: ReadSession, payment: Payment) -> list[tuple[QrCode, str]]:
    """Open codes for an unmatched payment: of the bills of a customer whom its memo names, the oldest first, then those with
    a similar reference, then those with the same amount."""
    memo = payment.opened_memo() or ""
    of_customer = [(code, "customer") for code in await _codes_of_customer(session, payment, memo)]
    query: Any = (
        select(QrCode)
        .join(Merchant, col(Merchant.id) == col(QrCode.merchant_id))
        .where(
            col(QrCode.state) == "active",
            col(QrCode.issued_at) >= payment.settled_at - LOOK_BACK,
            col(QrCode.kind) == "dynamic",
        )
        .order_by(col(QrCode.id).desc())
        .limit(2_000)
    )
    if payment.merchant_id is not None:
        query = query.where(col(QrCode.merchant_id) == payment.merchant_id)
    else:
        query = query.where(col(Merchant.provider) == payment.partner_id)
    codes = list(await session.exec(query))
    keys = likely_keys(memo, [code.reference_key for code in codes if code.reference_key])
    alike = [(code, "reference") for code in codes if code.reference_key in keys]
    by_amount = [(code, "amount") for code in codes if code.amount == payment.amount and payment.merchant_id]
    found = {code.id: (code, why) for code, why in reversed(of_customer + alike + by_amount)}
    return list(reversed(found.values()))[:MOST_SUGGESTIONS]


async def _codes_of_customer(session: ReadSession, payment: Payment, memo: str) -> Sequence[QrCode]:
    """The codes of the unpaid bills of the customer whom a memo names, the oldest bill first."""
    if payment.merchant_id is None or not (codes := customer_codes_in(memo)):
        return []
    query = (
        select(QrCode)
        .join(Bill, col(Bill.qr_code_id) == col(QrCode.id))
        .where(
            col(Bill.merchant_id) == payment.merchant_id, col(Bill.customer_code).in_(codes),
            col(Bill.state) == "unpaid", col(Bill.dossier_id).is_(None),
        )
        .order_by(col(Bill.due_on), col(Bill.id))
        .limit(MOST_SUGGESTIONS)
    )  # fmt: skip
    return list(await session.exec(query))


async def list_bills_of_payment(session: ReadSession, payment: Payment) -> Sequence[Bill]:
    """The bills that a payment pays, the oldest first: one, or those that it was allocated to."""
    allocated = select(Movement.bill_id).where(
        col(Movement.payment_id) == payment.id, col(Movement.kind) == MovementKind.ALLOCATED
    )
    query = select(Bill).where(or_(col(Bill.id) == payment.bill_id, col(Bill.id).in_(allocated)))
    return (await session.exec(query.order_by(col(Bill.due_on), col(Bill.id)))).all()


async def _visible(session: ReadSession, caller: Caller) -> Any:
    query: Any = select(Payment)
    if caller.role == "partner":
        return query.where(col(Payment.partner_id) == caller.partner_id)
    if caller.role == "operator":
        # Payments without a merchant belong to no unit: operators assign them, and see no merchant's history.
        return query.where(col(Payment.merchant_id).is_(None))
    if caller.role not in ("resident", "organization"):
        return scoped(query, caller, col(Payment.unit_id))
    owned = select(Merchant.id).where(await owned_by(session, caller))
    return query.where(
        or_(col(Payment.merchant_id).in_(owned), col(Payment.bill_id).in_(await bills_to_pay(session, caller)))
    )


def _filtered(
    query: Any, merchant_id: UUID | None, unit_code: str | None, since: datetime | None, until: datetime | None
) -> Any:
    if merchant_id is not None:
        query = query.where(col(Payment.merchant_id) == merchant_id)
    if unit_code is not None:
        query = query.where(col(Payment.unit_id).in_(units_under(unit_code)))
    if since is not None:
        query = query.where(col(Payment.settled_at) >= since)
    if until is not None:
        query = query.where(col(Payment.settled_at) < until)
    return query


async def list_owners(session: ReadSession, merchant_ids: Collection[UUID]) -> Sequence[UUID]:
    """The residents who own these merchants."""
    found = await session.exec(
        select(Merchant.owner_resident_id)
        .where(col(Merchant.id).in_(merchant_ids), col(Merchant.owner_resident_id).is_not(None))
        .distinct()
    )
    return [owner for owner in found if owner is not None]
