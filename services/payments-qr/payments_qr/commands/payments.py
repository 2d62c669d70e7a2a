"""Recording of reported payments and reversals, each once, with its outcome. The platform moves no money."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import local_date, now
from chassis.observability.log import logger
from chassis.security.encryption import DecryptionFailed
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import BillPaid, PaymentRefunded, PaymentReversed, PaymentSettled, PaymentUnmatched
from payments_qr.commands.acts import note_payment_act
from payments_qr.commands.ledger import book_payment, book_refund
from payments_qr.commands.report_batch import (
    PaymentTarget,
    ReportBatch,
    ReportedPayment,
    ReportedReversal,
    load_report_batch,
)
from payments_qr.commands.several_bills import BillPart, give_back_parts, parts_of, pay_parts
from payments_qr.errors import AlreadyResolved, NotResolved
from payments_qr.model import Bill, Merchant, Payment, QrCode, Reversal
from payments_qr.model.matching import FoundCode, FoundMerchant, MatchInput, MatchOutcome, is_duplicate, judge
from payments_qr.model.reference_codes import is_mangled

Recorded = tuple[Payment | None, bool]


async def record_reports(session: Session, reports: Sequence[ReportedPayment | ReportedReversal]) -> list[Recorded]:
    """Records the payments and reversals of one batch in order. Returns for each its payment (None for a reversal that
    arrived first) and whether the report was new. A repeated report changes nothing."""
    paid = [report for report in reports if isinstance(report, ReportedPayment)]
    reversals = [report for report in reports if isinstance(report, ReportedReversal)]
    batch = await load_report_batch(session, paid, reversals)
    recorded = [
        _record_payment(batch, report) if isinstance(report, ReportedPayment) else _record_reversal(batch, report)
        for report in reports
    ]
    await session.flush()
    return recorded


def _record_payment(batch: ReportBatch, report: ReportedPayment) -> Recorded:
    known = batch.payments.get(report.own_key)
    if known is not None:
        return known, False
    found = batch.find(report)
    payment = _new_payment(report, found)
    _prefer_provider(batch, payment, found.merchant)
    reversals = batch.reversals[report.own_key]
    if reversals:
        for reversal in reversals:
            reversal.payment_id = payment.id
        payment.refund(reversals)
    batch.add(payment)
    if payment.status == "unmatched":
        _publish_unmatched(batch.session, payment)
    if found.merchant is not None:
        bill = batch.bills.get(payment.bill_id) if payment.bill_id else None
        codes = batch.codes
        parts = [BillPart(one, codes.get(one.qr_code_id or one.id), one.remaining) for one in found.several]
        take_effect(batch.session, payment, found.merchant, found.code, bill, parts)
    return payment, True


def _new_payment(report: ReportedPayment, found: PaymentTarget) -> Payment:
    outcome = judge(
        MatchInput(
            partner_id=report.partner_id,
            amount=report.amount,
            settled_at=report.settled_at,
            has_reference=bool(report.reference and report.reference.strip()),
            account_matches=found.account_matches,
        ),
        _found_merchant(found.merchant, report.settled_at),
        _found_code(
            found.code,
            report.reference or "",
            found.named.id if found.named else None,
            target=found,
        ),
    )
    payment = Payment(
        partner_id=report.partner_id, partner_reference=report.partner_reference, amount=report.amount,
        settled_at=report.settled_at, business_day=local_date(report.settled_at),
        merchant_id=found.merchant.id if found.merchant else None,
        unit_id=found.merchant.unit_id if found.merchant else None,
        qr_code_id=found.code.id if found.code else None, bill_id=found.code.bill_id if found.code else None,
        reference_key=found.code.reference_key if found.code else None, account_matches=found.account_matches,
        outcome=outcome, status="unmatched", received_at=now(),
    )  # fmt: skip
    payment.decide(outcome)
    if payment.status == "unmatched" and report.reference:
        payment.keep_memo(report.reference)
    return payment


def _found_merchant(merchant: Merchant | None, settled_at: datetime) -> FoundMerchant | None:
    if merchant is None:
        return None
    return FoundMerchant(merchant.provider, is_active=merchant.was_active_at(settled_at))


def _found_code(
    code: QrCode | None, reference: str, named_id: UUID | None, *, target: PaymentTarget | None = None
) -> FoundCode | None:
    if code is None:
        return None
    kind: Any = code.kind
    return FoundCode(
        kind=kind,
        amount=code.amount,
        is_open=code.state == "active",
        is_paid=code.state == "paid",
        expires_at=code.expires_at,
        was_mangled=is_mangled(reference, code.reference or ""),
        belongs_to_named_merchant=named_id is None or named_id == code.merchant_id,
        pays_into_account=code.account_matches,
        by_customer_code=target is not None and target.by_customer_code,
        pays_several=target is not None and bool(target.several),
        is_ambiguous=target is not None and target.is_ambiguous,
    )


def _prefer_provider(batch: ReportBatch, payment: Payment, merchant: Merchant | None) -> None:
    """Of two partners that report one payment, the merchant's provider counts and the other is a possible duplicate."""
    if merchant is None:
        return
    others = [other for other in batch.alike(payment) if is_duplicate(payment.compared(), other.compared())]
    if payment.partner_id == merchant.provider:
        waiting = next((other for other in others if other.outcome == MatchOutcome.OTHER_PROVIDER), None)
        if waiting is not None:
            _mark_duplicate(waiting, payment)
            _publish_settled(batch.session, waiting, merchant, None)
        return
    preferred = next((other for other in others if other.outcome != MatchOutcome.OTHER_PROVIDER), None)
    if preferred is not None:
        _mark_duplicate(payment, preferred)


def _mark_duplicate(payment: Payment, of: Payment) -> None:
    payment.duplicate_of = of.id
    payment.decide(MatchOutcome.POSSIBLE_DUPLICATE)


def take_effect(
    session: Session, payment: Payment, merchant: Merchant, code: QrCode | None, bill: Bill | None,
    parts: Sequence[BillPart] = (),
) -> None:  # fmt: skip
    """A payment that counts closes its code and pays its bill, or the `parts` of several bills; each published payment is
    reversed at most once."""
    if payment.status not in ("settled", "possible_duplicate"):
        return
    _publish_settled(session, payment, merchant, bill)
    if not payment.counts:
        return
    book_payment(session, payment, merchant, payment.settled_at, several=bool(parts))
    if payment.refunded_amount:
        _publish_refunded(session, payment, merchant, bill, payment.settled_at)
    if code is not None and code.kind == "dynamic" and code.state == "active" and bill is None:
        code.turn("paid", now())
    if parts:
        for completed in pay_parts(session, payment, merchant, parts):
            _publish_paid(session, payment, merchant, completed)
    elif bill is not None and bill.receive(payment.amount, payment.refunded_amount, payment.settled_at):
        if code is not None:
            code.turn("paid", now())
        _publish_paid(session, payment, merchant, bill)


def _publish_paid(session: Session, payment: Payment, merchant: Merchant, bill: Bill) -> None:
    publish(
        session,
        BillPaid(
            merchant_id=merchant.id, bill_id=bill.id, payment_id=payment.id, unit_id=merchant.unit_id,
            unit_code=merchant.unit_code, amount=bill.amount, paid_at=payment.settled_at, dossier_id=bill.dossier_id,
        ),
    )  # fmt: skip


def _publish_settled(session: Session, payment: Payment, merchant: Merchant, bill: Bill | None) -> None:
    payment.is_published = payment.counts
    publish(
        session,
        PaymentSettled(
            merchant_id=merchant.id, payment_id=payment.id, unit_id=merchant.unit_id, unit_code=merchant.unit_code,
            category=_category(merchant), amount=payment.amount, settled_at=payment.settled_at,
            business_day=payment.business_day, counted=payment.counts, bill_id=payment.bill_id,
            dossier_id=bill.dossier_id if bill else None, partner_id=payment.partner_id,
        ),
    )  # fmt: skip


def _publish_unmatched(session: Session, payment: Payment) -> None:
    publish(
        session,
        PaymentUnmatched(
            payment_id=payment.id, partner_id=payment.partner_id, merchant_id=payment.merchant_id,
            amount=payment.amount, settled_at=payment.settled_at, at=payment.received_at,
        ),
    )  # fmt: skip


def _category(merchant: Merchant) -> Any:
    return merchant.category


def _record_reversal(batch: ReportBatch, report: ReportedReversal) -> Recorded:
    payment = batch.payments.get(report.payment_key)
    own = (report.partner_id, report.partner_reference)
    if own in batch.reversal_keys:
        return payment, False
    reversal = Reversal(
        partner_id=report.partner_id, partner_reference=report.partner_reference,
        original_reference=report.original_reference, amount=report.amount, reversed_at=report.reversed_at,
        payment_id=payment.id if payment else None, received_at=now(),
    )  # fmt: skip
    batch.session.add(reversal)
    batch.reversal_keys.add(own)
    batch.reversals[report.payment_key].append(reversal)
    if payment is not None and payment.reversed_at is None:
        _refund(batch, payment, report.reversed_at)
    return payment, True


def _refund(batch: ReportBatch, payment: Payment, at: datetime) -> None:
    """Takes a part of a payment back, or all that is left of it."""
    counted, before = payment.counts, payment.refunded_amount
    part = payment.refund(batch.reversals[payment.partner_id, payment.partner_reference])
    if not counted or payment.merchant_id is None:
        return
    merchant = batch.merchants[payment.merchant_id]
    bill = batch.bills.get(payment.bill_id) if payment.bill_id else None
    code = batch.codes.get(payment.qr_code_id) if payment.qr_code_id else None
    parts = parts_of(batch.allocations.get(payment.id, ()), batch.bills, batch.codes)
    book_refund(batch.session, payment, merchant, part, at, several=bool(parts))
    if parts:
        give_back_parts(batch.session, payment, merchant, parts, part, at)
    elif payment.reversed_at is None:
        if bill is not None:
            bill.refund(part, at)
    else:
        may_reopen = bill is None or bill.give_back(payment.amount, before, at)
        if code is not None and code.state == "paid" and may_reopen:
            code.turn("active", now())
    if payment.reversed_at is None:
        _publish_refunded(batch.session, payment, merchant, bill, at)
        return
    _publish_reversed(batch.session, payment, merchant, bill, payment.reversed_at)


def _publish_refunded(session: Session, payment: Payment, merchant: Merchant, bill: Bill | None, at: datetime) -> None:
    if payment.is_published:
        publish(
            session,
            PaymentRefunded(
                merchant_id=merchant.id, payment_id=payment.id, unit_id=merchant.unit_id, unit_code=merchant.unit_code,
                category=_category(merchant), amount=payment.amount, refunded_amount=payment.refunded_amount,
                refunded_at=at, business_day=payment.business_day, bill_id=payment.bill_id,
                dossier_id=bill.dossier_id if bill else None,
            ),
        )  # fmt: skip


def _publish_reversed(session: Session, payment: Payment, merchant: Merchant, bill: Bill | None, at: datetime) -> None:
    if payment.is_published:
        publish(
            session,
            PaymentReversed(
                merchant_id=merchant.id, payment_id=payment.id, unit_id=merchant.unit_id, unit_code=merchant.unit_code,
                category=_category(merchant), amount=payment.amount, reversed_at=at, business_day=payment.business_day,
                bill_id=payment.bill_id, dossier_id=bill.dossier_id if bill else None, partner_id=payment.partner_id,
            ),
        )  # fmt: skip


async def judge_waiting_payments(session: Session, merchant: Merchant) -> None:
    """Judges the payments that arrived while the merchant was not active; the result is that of the other order of arrival."""
    found = await session.exec(
        select(Payment)
        .where(
            col(Payment.merchant_id) == merchant.id, col(Payment.outcome) == MatchOutcome.MERCHANT_NOT_ACTIVE,
            col(Payment.resolved_at).is_(None),
        )
        .order_by(col(Payment.settled_at), col(Payment.id))
        .with_for_update()
    )  # fmt: skip
    for payment in found.all():
        await _judge_again(session, payment, merchant)


def _memo_of(payment: Payment) -> str | None:
    """The memo of a waiting payment; one that cannot be decrypted is lost, and stops no other payment."""
    try:
        return payment.opened_memo()
    except DecryptionFailed:
        logger.warning("memo cannot be decrypted", payment_id=str(payment.id))
        return None


async def _judge_again(session: Session, payment: Payment, merchant: Merchant) -> None:
    memo = _memo_of(payment)
    code = await session.get(QrCode, payment.qr_code_id, with_for_update=True) if payment.qr_code_id else None
    bill = await session.get(Bill, payment.bill_id, with_for_update=True) if payment.bill_id else None
    match = MatchInput(
        partner_id=payment.partner_id, amount=payment.amount, settled_at=payment.settled_at,
        has_reference=bool(memo and memo.strip()), account_matches=payment.account_matches,
    )  # fmt: skip
    outcome = judge(match, FoundMerchant(merchant.provider), _found_code(code, memo or "", merchant.id))
    payment.decide(outcome)
    if payment.counts:
        payment.memo = None
        take_effect(session, payment, merchant, code, bill)


async def accept_payment(
    session: Session, caller: Caller, payment: Payment, merchant: Merchant, code: QrCode | None, note: str,
    parts: Sequence[BillPart] = (),
) -> None:  # fmt: skip
    """An officer or the merchant accepts a waiting payment for a merchant and optionally a code, or for several bills."""
    refuse_decided(payment)
    note_payment_act(session, caller, "payment.accepted", payment, note)
    payment.merchant_id, payment.unit_id = merchant.id, merchant.unit_id
    if code is not None:
        payment.qr_code_id, payment.bill_id = code.id, code.bill_id
    payment.duplicate_of = None
    _note_decision(payment, caller, note)
    payment.decide(MatchOutcome.ACCEPTED)
    bill = await session.get(Bill, payment.bill_id, with_for_update=True) if payment.bill_id else None
    take_effect(session, payment, merchant, code, bill, parts)


def dismiss_payment(session: Session, caller: Caller, payment: Payment, note: str) -> None:
    """Dismisses a waiting payment: it stays visible and never counts."""
    refuse_decided(payment)
    note_payment_act(session, caller, "payment.dismissed", payment, note)
    _note_decision(payment, caller, note)
    payment.decide(MatchOutcome.DISMISSED)


def refuse_decided(payment: Payment) -> None:
    """409 for a payment that does not wait for a decision."""
    if payment.status not in ("unmatched", "possible_duplicate") or payment.resolved_at is not None:
        raise AlreadyResolved()


def _note_decision(payment: Payment, caller: Caller, note: str) -> None:
    payment.resolved_by, payment.resolved_at, payment.note = caller.account, now(), note
    payment.memo = None


def reopen_payment(session: Session, caller: Caller, payment: Payment, reason: str) -> None:
    """Takes the dismissal of a payment back: it waits again with the outcome `reopened`."""
    if payment.outcome != MatchOutcome.DISMISSED or payment.resolved_at is None:
        raise NotResolved()
    note_payment_act(session, caller, "payment.reopened", payment, reason)
    payment.resolved_by, payment.resolved_at, payment.note = None, None, f"{caller.account}: {reason}"
    payment.decide(MatchOutcome.REOPENED)
