"""Payments: single lines for owner, provider and officers with a purpose; sums for others."""

import asyncio
import re
from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from chassis.clock import HO_CHI_MINH
from chassis.errors import FieldError, InvalidBody, InvalidQuery, NotFound
from chassis.security.access_log import purpose_of, record_access
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    etag,
    transactional_router,
)
from payments_qr.commands.bills import lock_bill
from payments_qr.commands.payments import accept_payment, dismiss_payment, refuse_decided, reopen_payment
from payments_qr.commands.several_bills import BillPart
from payments_qr.model import Merchant, Payment, QrCode
from payments_qr.printing.receipts import receipt_pdf
from payments_qr.queries.bills import list_bills_to_lock, list_payers, periods_of
from payments_qr.queries.merchants import get_merchant_for, get_merchant_to_change
from payments_qr.queries.payments import (
    get_visible_payment,
    list_bills_of_payment,
    list_daily_sums,
    list_market_totals,
    list_merchant_totals,
    list_movements,
    list_owners,
    list_suggestions,
    list_visible_payments,
)
from payments_qr.schemas.payments import (
    DailySum,
    MarketTotal,
    MerchantTotal,
    MovementView,
    PaymentResolution,
    PaymentStatus,
    PaymentView,
    Reopening,
    Suggestion,
)
from payments_qr.schemas.receipts import ReceiptView

router = transactional_router(tags=["payments"])
PaymentReader = Annotated[
    Caller, allow("officer", "resident", "organization", "partner", "operator", level=1, acting="payments")
]
PaymentDecider = Annotated[Caller, allow("officer", "resident", "organization", "operator", level=1, acting="payments")]
Since = Annotated[str | None, Query(alias="from", description="A day, or an instant; inclusive")]
Until = Annotated[str | None, Query(alias="to", description="A day, inclusive, or an instant, exclusive")]


@router.get("/v1/payments")
async def list_payments(
    session: Transaction,
    page: PageQuery,
    caller: PaymentReader,
    purpose: PurposeHeader = None,
    merchant_id: UUID | None = None,
    unit_code: str | None = None,
    status: PaymentStatus | None = None,
    partner_id: Annotated[str | None, Query(max_length=63, description="The bank or wallet that reported it")] = None,
    reference: Annotated[str | None, Query(max_length=128, description="Its number there, or our reference")] = None,
    since: Since = None,
    until: Until = None,
) -> Listed[PaymentView]:
    """Payments of the caller's own merchants and of the bills they pay; officers state a purpose and are recorded in the
    owner's access log. Operators see payments without a merchant."""
    stated = purpose_of(caller, None, purpose) if caller.role == "officer" else None
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    if merchant_id is not None and caller.role != "partner":
        await get_merchant_for(session, caller, merchant_id, "merchant.read")
    rows, cursor = await list_visible_payments(
        session, caller, page, merchant_id=merchant_id, unit_code=unit_code, status=status,
        since=_instant("/from", since, 0), until=_instant("/to", until, 1), partner_id=partner_id, reference=reference,
    )  # fmt: skip
    await _log_reads(session, caller, rows, stated)
    return Listed(items=[PaymentView.of(row) for row in rows], next_cursor=cursor)


@router.get("/v1/payments/sums")
async def list_payment_sums(
    session: Reading,
    caller: Annotated[Caller, allow("officer", "operator", "auditor")],
    unit_code: str | None = None,
    since: Since = None,
    until: Until = None,
) -> Listed[DailySum]:
    """Count and sum of the settled payments by day and category."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows = await list_daily_sums(
        session, caller, unit_code=unit_code, since=_instant("/from", since, 0), until=_instant("/to", until, 1)
    )
    return Listed(
        items=[
            DailySum(business_day=day, category=category, count=count, amount=amount)
            for day, category, count, amount in rows
        ]
    )


@router.get("/v1/payments/merchant-totals")
async def list_totals_of_merchants(
    session: Reading,
    page: PageQuery,
    caller: Annotated[
        Caller, allow("officer", "resident", "organization", "operator", "auditor", level=1, acting="payments")
    ],
    unit_code: str | None = None,
    market: str | None = None,
    since: Since = None,
    until: Until = None,
) -> Listed[MerchantTotal]:
    """Count and sum of the payments of every merchant, by stall; owners see their own."""
    if unit_code is not None and caller.role not in ("resident", "organization"):
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await list_merchant_totals(
        session, caller, page, unit_code=unit_code, market=market, since=_instant("/from", since, 0),
        until=_instant("/to", until, 1),
    )  # fmt: skip
    items = [
        MerchantTotal(
            merchant_id=merchant.id, name=merchant.name, market=merchant.market, counter=merchant.counter, count=count,
            amount=amount,
        )
        for merchant, count, amount in rows
    ]  # fmt: skip
    return Listed(items=items, next_cursor=cursor)


@router.get("/v1/payments/market-totals")
async def list_totals_of_markets(
    session: Reading,
    caller: Annotated[Caller, allow("officer", "operator", "auditor")],
    unit_code: str | None = None,
    since: Since = None,
    until: Until = None,
) -> Listed[MarketTotal]:
    """Count and sum of the payments of every market."""
    if unit_code is not None:
        await unit_of_query(session, caller, unit_code)
    rows = await list_market_totals(
        session, caller, unit_code=unit_code, since=_instant("/from", since, 0), until=_instant("/to", until, 1)
    )
    return Listed(
        items=[
            MarketTotal(market=market, merchants=merchants, count=count, amount=amount)
            for market, merchants, count, amount in rows
        ]
    )


@router.get("/v1/payments/{payment_id}/movements")
async def list_payment_movements(
    payment_id: UUID, session: Transaction, caller: PaymentReader, purpose: PurposeHeader = None
) -> Listed[MovementView]:
    """Every movement of a payment; a payment that does not count has none."""
    stated = purpose_of(caller, None, purpose) if caller.role == "officer" else None
    payment = await get_visible_payment(session, caller, payment_id)
    await _log_reads(session, caller, [payment], stated)
    rows = await list_movements(session, payment_id=payment.id)
    return Listed(items=[MovementView.of(row) for row in rows])


@router.get("/v1/payments/{payment_id}/receipt")
async def get_receipt(
    payment_id: UUID, session: Transaction, caller: PaymentReader, purpose: PurposeHeader = None
) -> ReceiptView:
    """The receipt of a payment, for its payer and its merchant."""
    return await _get_receipt(session, caller, payment_id, purpose)


@router.get(
    "/v1/payments/{payment_id}/receipt.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_receipt(
    payment_id: UUID, session: Transaction, caller: PaymentReader, purpose: PurposeHeader = None
) -> Response:
    """The receipt of a payment as a PDF of one page."""
    receipt = await _get_receipt(session, caller, payment_id, purpose)
    pdf = await asyncio.to_thread(receipt_pdf, receipt.sheet())
    headers = {"Content-Disposition": f'inline; filename="bien-nhan-{payment_id}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


async def _get_receipt(session: Session, caller: Caller, payment_id: UUID, purpose: str | None) -> ReceiptView:
    stated = purpose_of(caller, None, purpose) if caller.role == "officer" else None
    payment = await get_visible_payment(session, caller, payment_id)
    await _log_reads(session, caller, [payment], stated)
    if payment.merchant_id is None:
        raise NotFound()
    merchant = await session.get_one(Merchant, payment.merchant_id)
    bills = await list_bills_of_payment(session, payment)
    if caller.role == "officer" and bills:
        for payer in await list_payers(session, bills):
            record_access(session, "payments-qr", caller, payer, action="read", purpose=stated, fields=["payments"])
    return ReceiptView.of(payment, merchant, bills)


@router.get("/v1/payments/{payment_id}")
async def get_payment(
    payment_id: UUID, session: Transaction, caller: PaymentReader, response: Response, purpose: PurposeHeader = None
) -> PaymentView:
    """A payment."""
    stated = purpose_of(caller, None, purpose) if caller.role == "officer" else None
    payment = await get_visible_payment(session, caller, payment_id)
    await _log_reads(session, caller, [payment], stated)
    response.headers["ETag"] = etag(payment.version)
    return PaymentView.of(payment)


@router.get("/v1/payments/{payment_id}/suggestions")
async def list_payment_suggestions(
    payment_id: UUID, session: Transaction, caller: PaymentDecider, purpose: PurposeHeader = None
) -> Listed[Suggestion]:
    """Possible codes of an unmatched payment, the likeliest first."""
    payment = await get_visible_payment(session, caller, payment_id)
    await _log_reads(session, caller, [payment], _purpose_of_decision(caller, purpose))
    found = await list_suggestions(session, payment)
    periods = await periods_of(session, [code.bill_id for code, _ in found if code.bill_id])
    return Listed(
        items=[
            Suggestion.model_validate(
                {"qr_code_id": code.id, "merchant_id": code.merchant_id, "bill_id": code.bill_id,
                 "reference": code.reference, "amount": code.amount, "why": why,
                 "period": periods.get(code.bill_id) if code.bill_id else None}
            )
            for code, why in found
        ]
    )  # fmt: skip


@router.post("/v1/payments/{payment_id}/resolve")
@personal_answer("/v1/payments/{payment_id}")
async def resolve_payment(
    payment_id: UUID,
    body: PaymentResolution,
    session: Transaction,
    caller: PaymentDecider,
    purpose: PurposeHeader = None,
) -> PaymentView:
    """Decides on a waiting payment: accepted for a merchant and optionally a code, or dismissed."""
    payment = await _get_payment_to_decide(session, caller, payment_id, purpose)
    refuse_decided(payment)
    if body.action == "dismiss":
        dismiss_payment(session, caller, payment, body.note)
        return PaymentView.of(payment)
    if body.bill_ids:
        await _accept_for_bills(session, caller, payment, body)
        return PaymentView.of(payment)
    code = await _code_to_accept(session, payment, body)
    merchant_id = body.merchant_id or (code.merchant_id if code else payment.merchant_id)
    if merchant_id is None:
        text = "Cần nêu điểm bán hoặc mã QR.", "Name the merchant or the code."
        raise InvalidBody(errors=[FieldError("/merchant_id", "required", *text)])
    merchant = await get_merchant_to_change(session, caller, merchant_id, "payment.resolve")
    await accept_payment(session, caller, payment, merchant, code, body.note)
    return PaymentView.of(payment)


@router.post("/v1/payments/{payment_id}/reopen")
@personal_answer("/v1/payments/{payment_id}")
async def reopen_dismissed_payment(
    payment_id: UUID, body: Reopening, session: Transaction, caller: PaymentDecider, purpose: PurposeHeader = None
) -> PaymentView:
    """Takes the dismissal of a payment back, with a reason: it waits for a decision again."""
    payment = await _get_payment_to_decide(session, caller, payment_id, purpose)
    reopen_payment(session, caller, payment, body.reason)
    return PaymentView.of(payment)


async def _get_payment_to_decide(session: Session, caller: Caller, payment_id: UUID, purpose: str | None) -> Payment:
    """A payment for a decision, locked after its merchant; the read is in the owner's access log."""
    payment = await get_visible_payment(session, caller, payment_id)
    if payment.merchant_id is not None:
        await get_merchant_to_change(session, caller, payment.merchant_id, "payment.resolve")
    await session.refresh(payment, with_for_update=True)
    await _log_reads(session, caller, [payment], _purpose_of_decision(caller, purpose))
    return payment


def _purpose_of_decision(caller: Caller, purpose: str | None) -> str | None:
    """Deciding on payments is the purpose `payment`, unless another one is stated."""
    return purpose_of(caller, None, purpose or "payment") if caller.role == "officer" else None


async def _accept_for_bills(session: Session, caller: Caller, payment: Payment, body: PaymentResolution) -> None:
    """Accepts a payment for unpaid bills of one merchant; 422 unless what remains of them is its amount."""
    bills = await list_bills_to_lock(session, body.bill_ids)
    merchant_ids = {bill.merchant_id for bill in bills}
    if len(bills) < len(set(body.bill_ids)) or len(merchant_ids) != 1 or body.merchant_id not in (None, *merchant_ids):
        text = "Các hóa đơn phải cùng một điểm thu.", "The bills must be of one merchant."
        raise InvalidBody(errors=[FieldError("/bill_ids", "other-merchant", *text)])
    merchant = await get_merchant_to_change(session, caller, merchant_ids.pop(), "payment.resolve")
    parts = [BillPart(bill, await lock_bill(session, bill), bill.remaining) for bill in bills]
    if any(bill.state != "unpaid" for bill in bills) or sum(part.amount for part in parts) != payment.amount:
        text = "Tổng còn lại của các hóa đơn phải bằng số tiền.", "What remains of the bills must be the amount."
        raise InvalidBody(errors=[FieldError("/bill_ids", "other-sum", *text)])
    await accept_payment(session, caller, payment, merchant, parts[0].code, body.note, parts if len(parts) > 1 else ())


async def _code_to_accept(session: Session, payment: Payment, body: PaymentResolution) -> QrCode | None:
    code_id = body.qr_code_id or payment.qr_code_id
    code = await session.get(QrCode, code_id, with_for_update=True) if code_id else None
    if body.qr_code_id is not None and code is None:
        raise NotFound()
    if code is not None and body.merchant_id not in (None, code.merchant_id):
        text = "Mã QR không thuộc điểm bán này.", "The code is not this merchant's."
        raise InvalidBody(errors=[FieldError("/qr_code_id", "other-merchant", *text)])
    return code


async def _log_reads(session: Session, caller: Caller, payments: list[Payment], purpose: str | None) -> None:
    """Records an officer's read of a merchant's payments in the access log of the resident who owns it."""
    merchant_ids = {payment.merchant_id for payment in payments if payment.merchant_id}
    if caller.role != "officer" or not merchant_ids:
        return
    for owner in await list_owners(session, merchant_ids):
        record_access(session, "payments-qr", caller, owner, action="read", purpose=purpose, fields=["payments"])


def _instant(pointer: str, value: str | None, add_days: int) -> datetime | None:
    """A day of the business calendar (Asia/Ho_Chi_Minh) or an RFC 3339 instant; the last day is included."""
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            day = date.fromisoformat(value) + timedelta(days=add_days)
            return datetime.combine(day, time(0), tzinfo=HO_CHI_MINH)
        moment = datetime.fromisoformat(value.replace(" ", "+"))
        if moment.tzinfo is not None:
            return moment
    except (ValueError, OverflowError):
        pass
    text = "Phải là ngày (YYYY-MM-DD) hoặc thời điểm có múi giờ.", "Must be a day, or an instant with an offset."
    raise InvalidQuery(errors=[FieldError(pointer, "wrong-time", *text)])
