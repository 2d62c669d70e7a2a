"""The rows that a batch of reports concerns, loaded and locked by a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, tuple_
from sqlmodel import col, select

from chassis.clock import local_date, now
from chassis.storage.database import Session
from chassis.storage.locks import join, lock_names
from payments_qr.model import Bill, Merchant, Movement, Payment, QrCode, Reversal
from payments_qr.model.bill_choice import DueBill, choose_bills, months_in
from payments_qr.model.matching import DUPLICATE_WINDOW_WITH_REFERENCE, MatchOutcome
from payments_qr.model.merchants import account_indexes
from payments_qr.model.movements import MovementKind
from payments_qr.model.reference_codes import customer_codes_in, references_in


@dataclass(frozen=True, slots=True)
class ReportedPayment:
    """A payment as a partner reports it; `amount` is whole VND."""

    partner_id: str
    partner_reference: str
    amount: int
    settled_at: datetime
    merchant_id: UUID | None = None
    reference: str | None = None
    bin: str | None = None
    account_no: str | None = None

    @property
    def own_key(self) -> tuple[str, str]:
        return self.partner_id, self.partner_reference


@dataclass(frozen=True, slots=True)
class ReportedReversal:
    """A reversal as a partner reports it; `amount` is whole VND."""

    partner_id: str
    partner_reference: str
    original_reference: str
    amount: int
    reversed_at: datetime

    @property
    def payment_key(self) -> tuple[str, str]:
        return self.partner_id, self.original_reference


@dataclass(frozen=True, slots=True)
class PaymentTarget:
    """The merchant and code that a report identifies; `by_customer_code`: the code of a bill whose customer the memo names,
    `several`: the bills that the amount is the sum of, when the code is that of the oldest, `is_ambiguous`: more than one
    reading fits."""

    merchant: Merchant | None
    code: QrCode | None
    named: Merchant | None
    account_matches: bool | None
    by_customer_code: bool = False
    several: tuple[Bill, ...] = ()
    is_ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class BilledCode:
    """The code of a customer's bill that a memo names, the first of `several`."""

    code: QrCode
    several: tuple[Bill, ...] = ()
    is_ambiguous: bool = False


@dataclass
class ReportBatch:
    """The rows of one batch. It also keeps them alive: the session references its entities only weakly."""

    session: Session
    merchants: dict[UUID, Merchant] = field(default_factory=dict)
    codes: dict[UUID, QrCode] = field(default_factory=dict)
    bills: dict[UUID, Bill] = field(default_factory=dict)
    payments: dict[tuple[str, str], Payment] = field(default_factory=dict)
    reversals: dict[tuple[str, str], list[Reversal]] = field(default_factory=lambda: defaultdict(list))
    reversal_keys: set[tuple[str, str]] = field(default_factory=set)
    allocations: dict[UUID, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    _codes_by_key: dict[str, list[QrCode]] = field(default_factory=lambda: defaultdict(list))
    _merchants_by_account: dict[bytes, list[Merchant]] = field(default_factory=lambda: defaultdict(list))
    _customer_bills: dict[tuple[UUID, str], list[Bill]] = field(default_factory=lambda: defaultdict(list))
    _alike: dict[tuple[UUID, int], list[Payment]] = field(default_factory=lambda: defaultdict(list))

    def add(self, payment: Payment) -> None:
        """Adds a new payment, visible to the later reports of the batch."""
        self.session.add(payment)
        self.payments[payment.partner_id, payment.partner_reference] = payment
        if payment.merchant_id is not None:
            self._alike[payment.merchant_id, payment.amount].append(payment)

    def alike(self, payment: Payment) -> list[Payment]:
        """Payments of the same merchant and amount from other partners, possibly the same payment."""
        if payment.merchant_id is None:
            return []
        found = self._alike[payment.merchant_id, payment.amount]
        return [other for other in found if other.partner_id != payment.partner_id and other.duplicate_of is None]

    def find(self, report: ReportedPayment) -> PaymentTarget:
        """The target of a report: by reference, by the merchant it names, by the account; then by a customer's code."""
        named = self.merchants.get(report.merchant_id) if report.merchant_id else None
        code = self._find_code(report, named)
        if code is not None:
            merchant: Merchant | None = named or self.merchants[code.merchant_id]
        else:
            merchant = named or self._merchant_of_account(report)
        billed = self._find_billed(report, merchant) if code is None or code.kind == "static" else None
        matches = account_matches(report, merchant)
        if billed is None:
            return PaymentTarget(merchant, code, named, matches)
        several, is_ambiguous = billed.several, billed.is_ambiguous
        return PaymentTarget(
            merchant, billed.code, named, matches, by_customer_code=True, several=several, is_ambiguous=is_ambiguous
        )

    def _find_billed(self, report: ReportedPayment, merchant: Merchant | None) -> BilledCode | None:
        """What a memo with a customer code pays; where nothing fits, the oldest bill that is due, for a person to decide."""
        if merchant is None or not report.reference:
            return None
        for customer_code in customer_codes_in(report.reference):
            bills = self._customer_bills.get((merchant.id, customer_code), [])
            due = [bill for bill in bills if bill.state == "unpaid"]
            amounts = [DueBill(bill.period, bill.remaining) for bill in due]
            choice = choose_bills(amounts, report.amount, months_in(report.reference))
            chosen = tuple(due[number] for number in choice.positions) or tuple(due[:1] or bills[-1:])
            codes = [self.codes[bill.qr_code_id] for bill in chosen if bill.qr_code_id in self.codes]
            if codes and len(codes) == len(chosen):
                several = chosen if len(choice.positions) > 1 and are_open(codes) else ()
                return BilledCode(codes[0], several, choice.is_ambiguous)
        return None

    def _find_code(self, report: ReportedPayment, named: Merchant | None) -> QrCode | None:
        """The one code that the reference identifies, surest reading first; None where two merchants share the reference."""
        for key in references_in(report.reference) if report.reference else ():
            if key in self._codes_by_key:
                chosen = self._unambiguous_code(self._codes_by_key[key], report, named)
                if chosen is not None:
                    return chosen
        return None

    def _unambiguous_code(
        self, fitting: Sequence[QrCode], report: ReportedPayment, named: Merchant | None
    ) -> QrCode | None:
        for belongs in (
            lambda merchant: named is not None and merchant.id == named.id,
            lambda merchant: named is None and account_matches(report, merchant) is True,
            lambda merchant: named is None and merchant.provider == report.partner_id,
            lambda merchant: True,
        ):
            left = [code for code in fitting if belongs(self.merchants[code.merchant_id])]
            if left:
                return left[0] if len(left) == 1 else None
        return None

    def _merchant_of_account(self, report: ReportedPayment) -> Merchant | None:
        """The merchant of an account; None where several stalls share it, since only a reference distinguishes them."""
        if not report.bin or not report.account_no:
            return None
        indexes = account_indexes(report.bin, report.account_no)
        found = {merchant.id: merchant for index in indexes for merchant in self._merchants_by_account.get(index, ())}
        return next(iter(found.values())) if len(found) == 1 else None


def are_open(codes: Sequence[QrCode]) -> bool:
    """Whether each of some codes can still be paid."""
    return all(code.state == "active" and (code.expires_at is None or code.expires_at > now()) for code in codes)


def account_matches(report: ReportedPayment, merchant: Merchant | None) -> bool | None:
    """Whether the account of a report is the merchant's; None when it names none."""
    if merchant is None or not report.account_no:
        return None
    bin = report.bin or merchant.bin
    return bin == merchant.bin and merchant.account_index in account_indexes(bin, report.account_no)


async def load_report_batch(
    session: Session, paid: Sequence[ReportedPayment], reversals: Sequence[ReportedReversal]
) -> ReportBatch:
    """Locks the payments of the reports, always in the same order, and loads all related rows."""
    batch = ReportBatch(session)
    keys = {report.own_key for report in paid} | {report.payment_key for report in reversals}
    await _lock(session, keys)
    await _load_merchants_of_payments(batch, keys)
    await _load_payments(batch, keys)
    await _load_reversals(batch, keys)
    await _load_reversed(batch, reversals)
    fresh = [report for report in paid if report.own_key not in batch.payments]
    if fresh:
        await _load_merchants(batch, {report.merchant_id for report in fresh if report.merchant_id})
        await _load_accounts(batch, fresh)
        await _load_codes(batch, fresh)
        await _load_customer_bills(batch, fresh)
        await _load_alike(batch, fresh)
    return batch


async def _lock(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """A payment and its reversal arrive on different partitions: the lock orders them."""
    await lock_names(session, (join("payment", *key) for key in keys))


async def _load_codes(batch: ReportBatch, fresh: Sequence[ReportedPayment]) -> None:
    wanted = {key for report in fresh if report.reference for key in references_in(report.reference)}
    if wanted:
        await _store_codes(batch, col(QrCode.reference_key).in_(wanted))


async def _load_customer_bills(batch: ReportBatch, fresh: Sequence[ReportedPayment]) -> None:
    """The recent bills of the customers whose codes stand in memos that name no code of ours, the oldest first."""
    wanted: set[tuple[UUID, str]] = set()
    for report in fresh:
        found = batch.find(report) if report.reference else None
        if found and found.merchant and (found.code is None or found.code.kind == "static"):
            wanted |= {(found.merchant.id, code) for code in customer_codes_in(report.reference or "")}
    if not wanted:
        return
    bills = await batch.session.exec(
        select(Bill.id, Bill.qr_code_id)
        .where(
            tuple_(col(Bill.merchant_id), col(Bill.customer_code)).in_(wanted),
            col(Bill.dossier_id).is_(None),
            or_(
                col(Bill.state) == "unpaid",
                and_(col(Bill.state) == "paid", col(Bill.due_on) >= local_date(now() - PAID_BILLS_LOOKED_AT)),
            ),
        )
        .limit(MOST_CUSTOMER_BILLS)
    )
    ids = dict(bills.all())
    if ids:
        await _store_codes(batch, col(QrCode.id).in_([code_id for code_id in ids.values() if code_id]))
    for bill in sorted((batch.bills[id] for id in ids if id in batch.bills), key=lambda bill: (bill.due_on, bill.id)):
        batch._customer_bills[bill.merchant_id, bill.customer_code].append(bill)


PAID_BILLS_LOOKED_AT = timedelta(days=400)
MOST_CUSTOMER_BILLS = 5_000


async def _store_codes(batch: ReportBatch, condition: Any) -> None:
    # Merchants before codes, as a change of a merchant locks them.
    merchants = await batch.session.exec(select(QrCode.merchant_id).where(condition).distinct())
    await _load_merchants(batch, set(merchants))
    query = select(QrCode).where(condition).order_by(col(QrCode.id)).with_for_update()
    for code in await batch.session.exec(query):
        if code.id not in batch.codes:
            batch.codes[code.id] = code
            if code.reference_key is not None:
                batch._codes_by_key[code.reference_key].append(code)
    await _load_bills(batch, {code.bill_id for code in batch.codes.values() if code.bill_id})


async def _load_bills(batch: ReportBatch, ids: set[UUID]) -> None:
    missing = ids - set(batch.bills)
    if missing:
        query = select(Bill).where(col(Bill.id).in_(missing)).order_by(col(Bill.id)).with_for_update()
        batch.bills.update({bill.id: bill for bill in await batch.session.exec(query)})


async def _load_merchants(batch: ReportBatch, ids: set[UUID]) -> None:
    missing = ids - set(batch.merchants)
    if missing:
        await _store_merchants(batch, col(Merchant.id).in_(missing))


async def _store_merchants(batch: ReportBatch, condition: Any) -> list[Merchant]:
    """Loads merchants with a shared lock: whether they are active holds until this batch is committed."""
    query = (
        select(Merchant)
        .where(condition)
        .order_by(col(Merchant.id))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    found = list(await batch.session.exec(query))
    batch.merchants.update({merchant.id: merchant for merchant in found})
    return found


async def _load_accounts(batch: ReportBatch, fresh: Sequence[ReportedPayment]) -> None:
    accounts = {(report.bin, report.account_no) for report in fresh if report.bin and report.account_no}
    indexes = {index for bin, account_no in accounts for index in account_indexes(bin or "", account_no or "")}
    if not indexes:
        return
    is_account = col(Merchant.bin).in_({bin for bin, _ in accounts}) & col(Merchant.account_index).in_(indexes)
    for merchant in await _store_merchants(batch, is_account & col(Merchant.is_closed).is_(False)):
        batch._merchants_by_account[merchant.account_index].append(merchant)


async def _load_merchants_of_payments(batch: ReportBatch, keys: set[tuple[str, str]]) -> None:
    """Merchants before their payments, in the order in which a change of a merchant locks them."""
    of = _any_of(col(Payment.partner_id), col(Payment.partner_reference), keys)
    query = select(Payment.merchant_id).where(of, col(Payment.merchant_id).is_not(None)).distinct()
    await _load_merchants(batch, {merchant_id for merchant_id in await batch.session.exec(query) if merchant_id})


async def _load_payments(batch: ReportBatch, keys: set[tuple[str, str]]) -> None:
    wanted = _any_of(col(Payment.partner_id), col(Payment.partner_reference), keys)
    query = select(Payment).where(wanted).order_by(col(Payment.id)).with_for_update()
    for payment in await batch.session.exec(query):
        batch.payments[payment.partner_id, payment.partner_reference] = payment


async def _load_reversed(batch: ReportBatch, reversals: Sequence[ReportedReversal]) -> None:
    """Known reversals, and the codes, bills and merchants of the payments that the new ones reverse."""
    if not reversals:
        return
    wanted = {(report.partner_id, report.partner_reference) for report in reversals}
    own = _any_of(col(Reversal.partner_id), col(Reversal.partner_reference), wanted)
    known = await batch.session.exec(select(col(Reversal.partner_id), col(Reversal.partner_reference)).where(own))
    batch.reversal_keys = set(known)
    payments = [found for report in reversals if (found := batch.payments.get(report.payment_key))]
    codes = {payment.qr_code_id for payment in payments if payment.qr_code_id}
    if codes:
        await _store_codes(batch, col(QrCode.id).in_(codes))
    await _load_bills(batch, {payment.bill_id for payment in payments if payment.bill_id})
    await _load_allocations(batch, {payment.id for payment in payments})
    await _load_merchants(batch, {payment.merchant_id for payment in payments if payment.merchant_id})


async def _load_allocations(batch: ReportBatch, payment_ids: set[UUID]) -> None:
    """The parts of payments for several bills, with these bills and their codes."""
    of = col(Movement.payment_id).in_(payment_ids) & (col(Movement.kind) == MovementKind.ALLOCATED)
    for movement in await batch.session.exec(select(Movement).where(of).order_by(col(Movement.id))):
        if movement.payment_id is not None:
            batch.allocations[movement.payment_id].append(movement)
    bill_ids = {movement.bill_id for parts in batch.allocations.values() for movement in parts if movement.bill_id}
    if bill_ids:
        await _store_codes(batch, col(QrCode.id).in_(select(Bill.qr_code_id).where(col(Bill.id).in_(bill_ids))))
        await _load_bills(batch, bill_ids)


def _any_of(partner: Any, reference: Any, keys: Iterable[tuple[str, str]]) -> Any:
    """The condition for (partner, reference) pairs: one index range per partner instead of one comparison per pair."""
    references: dict[str, list[str]] = defaultdict(list)
    for partner_id, value in sorted(keys):
        references[partner_id].append(value)
    return or_(*(and_(partner == partner_id, reference.in_(values)) for partner_id, values in references.items()))


async def _load_reversals(batch: ReportBatch, keys: set[tuple[str, str]]) -> None:
    """All reversals of these payments, also those that arrived before their payment."""
    of = _any_of(col(Reversal.partner_id), col(Reversal.original_reference), keys)
    for reversal in await batch.session.exec(select(Reversal).where(of).order_by(col(Reversal.id))):
        batch.reversals[reversal.partner_id, reversal.original_reference].append(reversal)


async def _load_alike(batch: ReportBatch, fresh: Sequence[ReportedPayment]) -> None:
    """Candidates for duplicates: for a provider's report, waiting ones of others; for another partner's, all others."""
    by_provider: list[tuple[UUID, ReportedPayment]] = []
    by_others: list[tuple[UUID, ReportedPayment]] = []
    for report in fresh:
        merchant = batch.find(report).merchant
        if merchant is not None:
            (by_provider if merchant.provider == report.partner_id else by_others).append((merchant.id, report))
    await _store_alike(batch, by_provider, col(Payment.outcome) == MatchOutcome.OTHER_PROVIDER)
    await _store_alike(batch, by_others, col(Payment.outcome) != MatchOutcome.OTHER_PROVIDER)


async def _store_alike(batch: ReportBatch, places: list[tuple[UUID, ReportedPayment]], condition: Any) -> None:
    if not places:
        return
    moments = [report.settled_at for _, report in places]
    query = (
        select(Payment)
        .where(
            col(Payment.merchant_id).in_({merchant_id for merchant_id, _ in places}),
            col(Payment.amount).in_({report.amount for _, report in places}),
            condition,
            col(Payment.settled_at) >= min(moments) - DUPLICATE_WINDOW_WITH_REFERENCE,
            col(Payment.settled_at) <= max(moments) + DUPLICATE_WINDOW_WITH_REFERENCE,
            col(Payment.duplicate_of).is_(None),
        )
        .order_by(col(Payment.id))
        .with_for_update()
    )
    for payment in await batch.session.exec(query):
        if payment.merchant_id is not None:
            batch._alike[payment.merchant_id, payment.amount].append(payment)
