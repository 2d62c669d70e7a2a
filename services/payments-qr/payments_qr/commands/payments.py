"""Recording what partners report. The platform moves no money; it keeps the record, once, and says what it means."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.clock import local_date, now
from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.payments_qr import BillPaid, PaymentReversed, PaymentSettled
from payments_qr.commands.ledger import Found, Ledger, ReportedPayment, ReportedReversal, open_ledger
from payments_qr.errors import AlreadyResolved
from payments_qr.model import Bill, Merchant, Payment, QrCode, Reversal
from payments_qr.model.matching import FoundCode, FoundMerchant, Outcome, Report, is_duplicate, judge
from payments_qr.model.reference_codes import is_mangled

Recorded = tuple[Payment | None, bool]


async def record_reports(session: Session, reports: Sequence[ReportedPayment | ReportedReversal]) -> list[Recorded]:
    """Payments and reversals of one run, in their order: for each its payment (None for a reversal that came first) and
    whether the report was new. The same report again, in any number, changes nothing."""
    paid = [report for report in reports if isinstance(report, ReportedPayment)]
    taken_back = [report for report in reports if isinstance(report, ReportedReversal)]
    ledger = await open_ledger(session, paid, taken_back)
    recorded = [
        _record_payment(ledger, report) if isinstance(report, ReportedPayment) else _record_reversal(ledger, report)
        for report in reports
    ]
    await session.flush()
    return recorded


def _record_payment(ledger: Ledger, report: ReportedPayment) -> Recorded:
    known = ledger.payments.get(report.own_key)
    if known is not None:
        return known, False
    found = ledger.find(report)
    payment = _new_payment(report, found)
    _believe_the_provider(ledger, payment, found.merchant)
    reversal = ledger.reversals.get(report.own_key)
    if reversal is not None:
        reversal.payment_id = payment.id
        payment.reverse(reversal.reversed_at)
    ledger.add(payment)
    if found.merchant is not None:
        bill = ledger.bills.get(payment.bill_id) if payment.bill_id else None
        take_effect(ledger.session, payment, found.merchant, found.code, bill)
    return payment, True


def _new_payment(report: ReportedPayment, found: Found) -> Payment:
    outcome = judge(
        Report(
            partner_id=report.partner_id,
            amount=report.amount,
            settled_at=report.settled_at,
            has_reference=bool(report.reference and report.reference.strip()),
            account_matches=found.account_matches,
            merchant_named=found.named is not None,
        ),
        FoundMerchant(found.merchant.provider) if found.merchant else None,
        _found_code(report, found),
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


def _found_code(report: ReportedPayment, found: Found) -> FoundCode | None:
    code = found.code
    if code is None:
        return None
    kind: Any = code.kind
    return FoundCode(
        kind=kind,
        amount=code.amount,
        is_open=code.state == "active",
        is_paid=code.state == "paid",
        expires_at=code.expires_at,
        was_mangled=is_mangled(report.reference or "", code.reference or ""),
        belongs_to_named_merchant=found.named is None or found.named.id == code.merchant_id,
    )


def _believe_the_provider(ledger: Ledger, payment: Payment, merchant: Merchant | None) -> None:
    """Two partners with one payment: the merchant's provider is believed, the other's report is not counted."""
    if merchant is None:
        return
    others = [other for other in ledger.alike(payment) if is_duplicate(payment.sighting(), other.sighting())]
    if payment.partner_id == merchant.provider:
        waiting = next((other for other in others if other.outcome == Outcome.OTHER_PROVIDER), None)
        if waiting is not None:
            _mark_duplicate(waiting, payment)
            _say_settled(ledger.session, waiting, merchant, None)
        return
    believed = next((other for other in others if other.outcome != Outcome.OTHER_PROVIDER), None)
    if believed is not None:
        _mark_duplicate(payment, believed)


def _mark_duplicate(payment: Payment, of: Payment) -> None:
    payment.duplicate_of = of.id
    payment.decide(Outcome.POSSIBLE_DUPLICATE)


def take_effect(session: Session, payment: Payment, merchant: Merchant, code: QrCode | None, bill: Bill | None) -> None:
    """A payment that counts closes its code and pays its bill; what is announced once is taken back once."""
    if payment.status not in ("settled", "possible_duplicate"):
        return
    _say_settled(session, payment, merchant, bill)
    if not payment.counts:
        return
    if code is not None and code.kind == "dynamic" and code.state == "active" and bill is None:
        code.turn("paid", now())
    if bill is not None and bill.receive(payment.amount, payment.settled_at):
        if code is not None:
            code.turn("paid", now())
        publish(
            session,
            BillPaid(
                merchant_id=merchant.id, bill_id=bill.id, payment_id=payment.id, unit_id=merchant.unit_id,
                unit_code=merchant.unit_code, amount=bill.amount, paid_at=payment.settled_at,
                dossier_id=bill.dossier_id,
            ),
        )  # fmt: skip


def _say_settled(session: Session, payment: Payment, merchant: Merchant, bill: Bill | None) -> None:
    payment.is_announced = payment.counts
    publish(
        session,
        PaymentSettled(
            merchant_id=merchant.id, payment_id=payment.id, unit_id=merchant.unit_id, unit_code=merchant.unit_code,
            category=_category(merchant), amount=payment.amount, settled_at=payment.settled_at,
            business_day=payment.business_day, counted=payment.counts, bill_id=payment.bill_id,
            dossier_id=bill.dossier_id if bill else None,
        ),
    )  # fmt: skip


def _category(merchant: Merchant) -> Any:
    return merchant.category


def _record_reversal(ledger: Ledger, report: ReportedReversal) -> Recorded:
    payment = ledger.payments.get(report.payment_key)
    own = (report.partner_id, report.partner_reference)
    if own in ledger.reversal_keys:
        return payment, False
    reversal = Reversal(
        partner_id=report.partner_id, partner_reference=report.partner_reference,
        original_reference=report.original_reference, amount=report.amount, reversed_at=report.reversed_at,
        payment_id=payment.id if payment else None, received_at=now(),
    )  # fmt: skip
    ledger.session.add(reversal)
    ledger.reversal_keys.add(own)
    ledger.reversals.setdefault(report.payment_key, reversal)
    if payment is not None and payment.reversed_at is None:
        _take_back(ledger, payment, report.reversed_at)
    return payment, True


def _take_back(ledger: Ledger, payment: Payment, at: datetime) -> None:
    counted = payment.counts
    payment.reverse(at)
    if not counted or payment.merchant_id is None:
        return
    merchant = ledger.merchants[payment.merchant_id]
    bill = ledger.bills.get(payment.bill_id) if payment.bill_id else None
    code = ledger.codes.get(payment.qr_code_id) if payment.qr_code_id else None
    may_reopen = bill is None or bill.give_back(payment.amount, at)
    if code is not None and code.state == "paid" and may_reopen:
        code.turn("active", now())
    if payment.is_announced:
        publish(
            ledger.session,
            PaymentReversed(
                merchant_id=merchant.id, payment_id=payment.id, unit_id=merchant.unit_id, unit_code=merchant.unit_code,
                category=_category(merchant), amount=payment.amount, reversed_at=at, business_day=payment.business_day,
                bill_id=payment.bill_id, dossier_id=bill.dossier_id if bill else None,
            ),
        )  # fmt: skip


async def accept_payment(
    session: Session, caller: Caller, payment: Payment, merchant: Merchant, code: QrCode | None, note: str
) -> None:
    """An officer or the merchant decides that a waiting payment is real, for a merchant and perhaps a code."""
    _refuse_decided(payment)
    payment.merchant_id, payment.unit_id = merchant.id, merchant.unit_id
    if code is not None:
        payment.qr_code_id, payment.bill_id = code.id, code.bill_id
    payment.duplicate_of = None
    _note_decision(payment, caller, note)
    payment.decide(Outcome.ACCEPTED)
    bill = await session.get(Bill, payment.bill_id, with_for_update=True) if payment.bill_id else None
    take_effect(session, payment, merchant, code, bill)


def dismiss_payment(caller: Caller, payment: Payment, note: str) -> None:
    """A waiting payment is laid aside: it stays visible and never counts."""
    _refuse_decided(payment)
    _note_decision(payment, caller, note)
    payment.decide(Outcome.DISMISSED)


def _refuse_decided(payment: Payment) -> None:
    if payment.status not in ("unmatched", "possible_duplicate") or payment.resolved_at is not None:
        raise AlreadyResolved()


def _note_decision(payment: Payment, caller: Caller, note: str) -> None:
    payment.resolved_by, payment.resolved_at, payment.note = caller.account, now(), note
    payment.memo = None
