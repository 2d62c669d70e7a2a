"""Recording what partners report. The platform moves no money; it keeps the record, once, and says what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import business_day, now
from chassis.database import Session
from chassis.identity import Caller
from chassis.outbox import announce
from contracts.payments_qr import BillPaid, PaymentReversed, PaymentSettled
from payments_qr.errors import AlreadyResolved
from payments_qr.model import Bill, Merchant, Payment, QrCode, Reversal
from payments_qr.model.matching import (
    DUPLICATE_WINDOW_WITH_REFERENCE,
    FoundCode,
    FoundMerchant,
    Outcome,
    Report,
    is_duplicate,
    judge,
)
from payments_qr.model.merchants import account_indexes
from payments_qr.model.reference_codes import is_mangled, reference_key, references_in
from payments_qr.queries.merchants import list_merchants_of_account


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """A payment in a partner's words; `amount` is whole VND."""

    partner_id: str
    partner_reference: str
    amount: int
    settled_at: datetime
    merchant_id: UUID | None = None
    reference: str | None = None
    bin: str | None = None
    account_no: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedReversal:
    """A partner's word that it took a payment back."""

    partner_id: str
    partner_reference: str
    original_reference: str
    amount: int
    reversed_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Where a payment belongs, as far as its report tells."""

    merchant: Merchant | None
    code: QrCode | None
    named: Merchant | None
    account_matches: bool | None


async def record_payment(session: Session, report: ReportedPayment) -> tuple[Payment, bool]:
    """The payment of a report, and whether it is new. The same report again, in any number, is the same payment."""
    await _lock_reference(session, report.partner_id, report.partner_reference)
    found = await _find(session, report)
    known, alike = await _known_and_alike(session, report, found.merchant)
    if known is not None:
        return known, False
    payment = _new_payment(report, found)
    _believe_the_provider(session, payment, alike, found.merchant)
    await _take_back_if_reversed(session, payment)
    session.add(payment)
    await session.flush()
    await _take_effect(session, payment, found.merchant)
    return payment, True


async def _lock_reference(session: Session, partner_id: str, partner_reference: str) -> None:
    """A payment and its reversal come by different partitions: neither may miss the other."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": f"{partner_id}|{partner_reference}"}
    )


async def _find_payment(session: Session, partner_id: str, partner_reference: str) -> Payment | None:
    found = await session.exec(
        select(Payment)
        .where(col(Payment.partner_id) == partner_id, col(Payment.partner_reference) == partner_reference)
        .with_for_update()
    )
    return found.first()


async def _known_and_alike(
    session: Session, report: ReportedPayment, merchant: Merchant | None
) -> tuple[Payment | None, list[Payment]]:
    """The payment of this very report, and payments of the merchant that another partner may have meant the same by.

    One statement for both: a payment-heavy day pays for every round trip.
    """
    same = (col(Payment.partner_id) == report.partner_id) & (col(Payment.partner_reference) == report.partner_reference)
    wanted = same
    if merchant is not None:
        wanted = same | (
            (col(Payment.merchant_id) == merchant.id)
            & (col(Payment.amount) == report.amount)
            & (col(Payment.partner_id) != report.partner_id)
            & (col(Payment.settled_at) >= report.settled_at - DUPLICATE_WINDOW_WITH_REFERENCE)
            & (col(Payment.settled_at) <= report.settled_at + DUPLICATE_WINDOW_WITH_REFERENCE)
            & (col(Payment.duplicate_of).is_(None))
        )
    rows = list(await session.exec(select(Payment).where(wanted).order_by(col(Payment.id)).with_for_update()))
    mine = (report.partner_id, report.partner_reference)
    known = next((row for row in rows if (row.partner_id, row.partner_reference) == mine), None)
    return known, [row for row in rows if row is not known]


async def _find(session: Session, report: ReportedPayment) -> Found:
    named = await session.get(Merchant, report.merchant_id) if report.merchant_id else None
    code = await _find_code(session, report, named)
    if code is not None:
        merchant = named or await session.get_one(Merchant, code.merchant_id)
    else:
        merchant = named or await _find_merchant_of_account(session, report)
    return Found(merchant, code, named, _account_matches(report, merchant))


async def _find_code(session: Session, report: ReportedPayment, named: Merchant | None) -> QrCode | None:
    """The one code that the reference leads to, the surest reading first; two merchants with one reference are none."""
    keys = references_in(report.reference) if report.reference else []
    if not keys:
        return None
    query = select(QrCode, Merchant).join(Merchant, col(Merchant.id) == col(QrCode.merchant_id))
    rows = list(await session.exec(query.where(col(QrCode.reference_key).in_(keys)).limit(200)))
    for key in keys:
        fitting = [(code, merchant) for code, merchant in rows if code.reference_key == key]
        chosen = _the_one(fitting, report, named)
        if chosen is not None:
            return (await session.exec(select(QrCode).where(QrCode.id == chosen.id).with_for_update())).one()
    return None


def _the_one(
    fitting: Sequence[tuple[QrCode, Merchant]], report: ReportedPayment, named: Merchant | None
) -> QrCode | None:
    for belongs in (
        lambda merchant: named is not None and merchant.id == named.id,
        lambda merchant: named is None and _account_matches(report, merchant) is True,
        lambda merchant: named is None and merchant.provider == report.partner_id,
        lambda merchant: True,
    ):
        left = [code for code, merchant in fitting if belongs(merchant)]
        if len(left) == 1:
            return left[0]
        if left:
            return None
    return None


async def _find_merchant_of_account(session: Session, report: ReportedPayment) -> Merchant | None:
    """The merchant of an account; several stalls with one account cannot be told apart without a reference."""
    if not report.bin or not report.account_no:
        return None
    merchants = await list_merchants_of_account(session, report.bin, report.account_no)
    return merchants[0] if len(merchants) == 1 else None


def _account_matches(report: ReportedPayment, merchant: Merchant | None) -> bool | None:
    if merchant is None or not report.account_no:
        return None
    bin = report.bin or merchant.bin
    return bin == merchant.bin and merchant.account_index in account_indexes(bin, report.account_no)


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
        settled_at=report.settled_at, business_day=business_day(report.settled_at),
        merchant_id=found.merchant.id if found.merchant else None,
        unit_id=found.merchant.unit_id if found.merchant else None,
        qr_code_id=found.code.id if found.code else None, bill_id=found.code.bill_id if found.code else None,
        reference_key=(reference_key(report.reference or "") or None), account_matches=found.account_matches,
        outcome=outcome, status="unmatched", received_at=now(),
    )  # fmt: skip
    if payment.reference_key is not None:
        payment.reference_key = payment.reference_key[:64]
    payment.decide(outcome)
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


def _believe_the_provider(
    session: Session, payment: Payment, alike: Sequence[Payment], merchant: Merchant | None
) -> None:
    """Two partners with one payment: the merchant's provider is believed, the other's report is not counted."""
    if merchant is None:
        return
    others = [other for other in alike if is_duplicate(payment.sighting(), other.sighting())]
    if payment.partner_id == merchant.provider:
        waiting = next((other for other in others if other.outcome == Outcome.OTHER_PROVIDER), None)
        if waiting is not None:
            _mark_duplicate(waiting, payment)
            _say_settled(session, waiting, merchant, None)
            return
    believed = next((other for other in others if other.outcome != Outcome.OTHER_PROVIDER), None)
    if believed is not None:
        _mark_duplicate(payment, believed)


def _mark_duplicate(payment: Payment, of: Payment) -> None:
    payment.duplicate_of = of.id
    payment.decide(Outcome.POSSIBLE_DUPLICATE)


async def _take_back_if_reversed(session: Session, payment: Payment) -> None:
    found = await session.exec(
        select(Reversal)
        .where(
            col(Reversal.partner_id) == payment.partner_id,
            col(Reversal.original_reference) == payment.partner_reference,
        )
        .order_by(col(Reversal.reversed_at))
        .limit(1)
    )
    reversal = found.first()
    if reversal is not None:
        reversal.payment_id = payment.id
        payment.reverse(reversal.reversed_at)


async def _take_effect(session: Session, payment: Payment, merchant: Merchant | None) -> None:
    """A payment that counts closes its code and pays its bill; what is announced once is taken back once."""
    if merchant is None or payment.status not in ("settled", "possible_duplicate"):
        return
    bill = await session.get(Bill, payment.bill_id, with_for_update=True) if payment.bill_id else None
    _say_settled(session, payment, merchant, bill)
    if not payment.counts:
        return
    code = await session.get(QrCode, payment.qr_code_id) if payment.qr_code_id else None
    if code is not None and code.kind == "dynamic" and code.state == "active" and bill is None:
        code.turn("paid", now())
    if bill is not None and bill.receive(payment.amount, payment.settled_at):
        if code is not None:
            code.turn("paid", now())
        announce(
            session,
            BillPaid(
                merchant_id=merchant.id, bill_id=bill.id, payment_id=payment.id, unit_id=merchant.unit_id,
                unit_code=merchant.unit_code, amount=bill.amount, paid_at=payment.settled_at,
                dossier_id=bill.dossier_id,
            ),
        )  # fmt: skip


def _say_settled(session: Session, payment: Payment, merchant: Merchant, bill: Bill | None) -> None:
    payment.is_announced = payment.counts
    announce(
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


async def record_reversal(session: Session, report: ReportedReversal) -> bool:
    """Notes a reversal and takes its payment back, now or when it comes; whether it was new."""
    await _lock_reference(session, report.partner_id, report.original_reference)
    known = await session.exec(
        select(Reversal.id).where(
            col(Reversal.partner_id) == report.partner_id, col(Reversal.partner_reference) == report.partner_reference
        )
    )
    if known.first() is not None:
        return False
    payment = await _find_payment(session, report.partner_id, report.original_reference)
    session.add(
        Reversal(
            partner_id=report.partner_id, partner_reference=report.partner_reference,
            original_reference=report.original_reference, amount=report.amount, reversed_at=report.reversed_at,
            payment_id=payment.id if payment else None, received_at=now(),
        )
    )  # fmt: skip
    if payment is not None and payment.reversed_at is None:
        await _take_back(session, payment, report.reversed_at)
    return True


async def _take_back(session: Session, payment: Payment, at: datetime) -> None:
    counted = payment.counts
    payment.reverse(at)
    if not counted or payment.merchant_id is None:
        return
    merchant = await session.get_one(Merchant, payment.merchant_id)
    bill = await session.get(Bill, payment.bill_id, with_for_update=True) if payment.bill_id else None
    code = await session.get(QrCode, payment.qr_code_id, with_for_update=True) if payment.qr_code_id else None
    may_reopen = bill is None or bill.give_back(payment.amount, at)
    if code is not None and code.state == "paid" and may_reopen:
        code.turn("active", now())
    if payment.is_announced:
        announce(
            session,
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
    await _take_effect(session, payment, merchant)


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
