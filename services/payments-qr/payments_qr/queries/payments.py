"""Questions about payments."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import col, select

from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from payments_qr.model import Merchant, Payment, QrCode
from payments_qr.model.reference_codes import likely_keys
from payments_qr.queries.ownership import owned_by

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
) -> tuple[list[Payment], str | None]:
    """Payments that the caller may see, by the time they were settled."""
    query = _filtered(await _visible(session, caller), merchant_id, unit_code, since, until)
    if status is not None:
        query = query.where(col(Payment.status) == status)
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
    """Count of the settled payments, and their sum without refunds, by business day and category."""
    query: Any = (
        select(
            col(Payment.business_day),
            col(Merchant.category),
            func.count(),
            func.sum(col(Payment.amount) - col(Payment.refunded_amount)),
        )
        .join(Merchant, col(Merchant.id) == col(Payment.merchant_id))
        .where(col(Payment.status) == "settled")
        .group_by(col(Payment.business_day), col(Merchant.category))
        .order_by(col(Payment.business_day), col(Merchant.category))
        .limit(2_000)
    )
    query = _filtered(query, None, unit_code, since, until)
    return list(await session.exec(scoped(query, caller, col(Payment.unit_id))))


async def list_suggestions(session: ReadSession, payment: Payment) -> list[tuple[QrCode, str]]:
    """Open codes for an unmatched payment: those with a similar reference, then those with the same amount."""
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
    keys = likely_keys(payment.opened_memo() or "", [code.reference_key for code in codes if code.reference_key])
    alike = [(code, "reference") for code in codes if code.reference_key in keys]
    by_amount = [(code, "amount") for code in codes if code.amount == payment.amount and code.reference_key not in keys]
    return (alike + (by_amount if payment.merchant_id else []))[:MOST_SUGGESTIONS]


async def _visible(session: ReadSession, caller: Caller) -> Any:
    query: Any = select(Payment)
    if caller.role == "partner":
        return query.where(col(Payment.partner_id) == caller.partner_id)
    if caller.role == "operator":
        # Payments without a merchant belong to no unit: operators assign them, and see no merchant's history.
        return query.where(col(Payment.merchant_id).is_(None))
    if caller.role not in ("resident", "organization"):
        return scoped(query, caller, col(Payment.unit_id))
    return query.where(col(Payment.merchant_id).in_(select(Merchant.id).where(await owned_by(session, caller))))


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
