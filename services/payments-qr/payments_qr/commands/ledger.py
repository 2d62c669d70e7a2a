"""Everything that a run of reports touches, loaded and locked by a handful of statements, however long the run is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, text
from sqlmodel import col, select

from chassis.storage.database import Session
from payments_qr.model import Bill, Merchant, Payment, QrCode, Reversal
from payments_qr.model.matching import DUPLICATE_WINDOW_WITH_REFERENCE, Outcome
from payments_qr.model.merchants import account_indexes
from payments_qr.model.reference_codes import references_in


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

    @property
    def own_key(self) -> tuple[str, str]:
        return self.partner_id, self.partner_reference


@dataclass(frozen=True, slots=True)
class ReportedReversal:
    """A partner's word that it took a payment back."""

    partner_id: str
    partner_reference: str
    original_reference: str
    amount: int
    reversed_at: datetime

    @property
    def payment_key(self) -> tuple[str, str]:
        return self.partner_id, self.original_reference


@dataclass(frozen=True, slots=True)
class Found:
    """Where a payment belongs, as far as its report tells."""

    merchant: Merchant | None
    code: QrCode | None
    named: Merchant | None
    account_matches: bool | None


@dataclass
class Ledger:
    """The rows of one run. It also keeps them alive: the session itself holds its entities only weakly."""

    session: Session
    merchants: dict[UUID, Merchant] = field(default_factory=dict)
    codes: dict[UUID, QrCode] = field(default_factory=dict)
    bills: dict[UUID, Bill] = field(default_factory=dict)
    payments: dict[tuple[str, str], Payment] = field(default_factory=dict)
    reversals: dict[tuple[str, str], Reversal] = field(default_factory=dict)
    reversal_keys: set[tuple[str, str]] = field(default_factory=set)
    _codes_by_key: dict[str, list[QrCode]] = field(default_factory=lambda: defaultdict(list))
    _merchants_by_account: dict[bytes, list[Merchant]] = field(default_factory=lambda: defaultdict(list))
    _alike: dict[tuple[UUID, int], list[Payment]] = field(default_factory=lambda: defaultdict(list))

    def add(self, payment: Payment) -> None:
        """A new payment, known to the reports that follow."""
        self.session.add(payment)
        self.payments[payment.partner_id, payment.partner_reference] = payment
        if payment.merchant_id is not None:
            self._alike[payment.merchant_id, payment.amount].append(payment)

    def alike(self, payment: Payment) -> list[Payment]:
        """Payments of the same merchant and amount by which another partner may mean the same."""
        if payment.merchant_id is None:
            return []
        found = self._alike[payment.merchant_id, payment.amount]
        return [other for other in found if other.partner_id != payment.partner_id and other.duplicate_of is None]

    def find(self, report: ReportedPayment) -> Found:
        """Where the report leads: by reference, by the merchant it names, by the account."""
        named = self.merchants.get(report.merchant_id) if report.merchant_id else None
        code = self._find_code(report, named)
        if code is not None:
            merchant: Merchant | None = named or self.merchants[code.merchant_id]
        else:
            merchant = named or self._merchant_of_account(report)
        return Found(merchant, code, named, account_matches(report, merchant))

    def _find_code(self, report: ReportedPayment, named: Merchant | None) -> QrCode | None:
        """The one code that the reference leads to, the surest reading first; two merchants with one reference are none."""
        for key in references_in(report.reference) if report.reference else ():
            if key in self._codes_by_key:
                chosen = self._the_one(self._codes_by_key[key], report, named)
                if chosen is not None:
                    return chosen
        return None

    def _the_one(self, fitting: Sequence[QrCode], report: ReportedPayment, named: Merchant | None) -> QrCode | None:
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
        """The merchant of an account; several stalls with one account cannot be told apart without a reference."""
        if not report.bin or not report.account_no:
            return None
        indexes = account_indexes(report.bin, report.account_no)
        found = {merchant.id: merchant for index in indexes for merchant in self._merchants_by_account.get(index, ())}
        return next(iter(found.values())) if len(found) == 1 else None


def account_matches(report: ReportedPayment, merchant: Merchant | None) -> bool | None:
    """Whether the account of a report is the merchant's; None when it names none."""
    if merchant is None or not report.account_no:
        return None
    bin = report.bin or merchant.bin
    return bin == merchant.bin and merchant.account_index in account_indexes(bin, report.account_no)


async def open_ledger(
    session: Session, paid: Sequence[ReportedPayment], taken_back: Sequence[ReportedReversal]
) -> Ledger:
    """Locks what the reports speak of, always in the same order, and loads it."""
    ledger = Ledger(session)
    keys = {report.own_key for report in paid} | {report.payment_key for report in taken_back}
    await _lock(session, keys)
    await _load_payments(ledger, keys)
    await _load_what_is_taken_back(ledger, taken_back)
    fresh = [report for report in paid if report.own_key not in ledger.payments]
    if fresh:
        await _load_codes(ledger, fresh)
        await _load_accounts(ledger, fresh)
        await _load_merchants(ledger, {report.merchant_id for report in fresh if report.merchant_id})
        await _load_waiting_reversals(ledger, fresh)
        await _load_alike(ledger, fresh)
    return ledger


async def _lock(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """A payment and its reversal come by different partitions: neither may miss the other."""
    names = sorted("|".join(key) for key in keys)
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(name, 7)) FROM unnest(cast(:names AS text[])) AS name"),
        {"names": names},
    )


async def _load_codes(ledger: Ledger, fresh: Sequence[ReportedPayment]) -> None:
    wanted = {key for report in fresh if report.reference for key in references_in(report.reference)}
    if wanted:
        await _keep_codes(ledger, col(QrCode.reference_key).in_(wanted))


async def _keep_codes(ledger: Ledger, condition: Any) -> None:
    query = select(QrCode).where(condition).order_by(col(QrCode.id)).with_for_update()
    for code in await ledger.session.exec(query):
        if code.id not in ledger.codes:
            ledger.codes[code.id] = code
            if code.reference_key is not None:
                ledger._codes_by_key[code.reference_key].append(code)
    await _load_bills(ledger, {code.bill_id for code in ledger.codes.values() if code.bill_id})
    await _load_merchants(ledger, {code.merchant_id for code in ledger.codes.values()})


async def _load_bills(ledger: Ledger, ids: set[UUID]) -> None:
    missing = ids - set(ledger.bills)
    if missing:
        query = select(Bill).where(col(Bill.id).in_(missing)).order_by(col(Bill.id)).with_for_update()
        ledger.bills.update({bill.id: bill for bill in await ledger.session.exec(query)})


async def _load_merchants(ledger: Ledger, ids: set[UUID]) -> None:
    missing = ids - set(ledger.merchants)
    if missing:
        found = await ledger.session.exec(select(Merchant).where(col(Merchant.id).in_(missing)))
        ledger.merchants.update({merchant.id: merchant for merchant in found})


async def _load_accounts(ledger: Ledger, fresh: Sequence[ReportedPayment]) -> None:
    accounts = {(report.bin, report.account_no) for report in fresh if report.bin and report.account_no}
    indexes = {index for bin, account_no in accounts for index in account_indexes(bin or "", account_no or "")}
    if not indexes:
        return
    found = await ledger.session.exec(
        select(Merchant).where(
            col(Merchant.bin).in_({bin for bin, _ in accounts}),
            col(Merchant.account_index).in_(indexes),
            col(Merchant.is_closed).is_(False),
        )
    )
    for merchant in found:
        ledger.merchants[merchant.id] = merchant
        ledger._merchants_by_account[merchant.account_index].append(merchant)


async def _load_payments(ledger: Ledger, keys: set[tuple[str, str]]) -> None:
    wanted = _any_of(col(Payment.partner_id), col(Payment.partner_reference), keys)
    query = select(Payment).where(wanted).order_by(col(Payment.id)).with_for_update()
    for payment in await ledger.session.exec(query):
        ledger.payments[payment.partner_id, payment.partner_reference] = payment


async def _load_what_is_taken_back(ledger: Ledger, taken_back: Sequence[ReportedReversal]) -> None:
    """Reversals that are known already, and what the payments of the new ones have paid."""
    if not taken_back:
        return
    wanted = {(report.partner_id, report.partner_reference) for report in taken_back}
    own = _any_of(col(Reversal.partner_id), col(Reversal.partner_reference), wanted)
    known = await ledger.session.exec(select(col(Reversal.partner_id), col(Reversal.partner_reference)).where(own))
    ledger.reversal_keys = set(known)
    payments = [found for report in taken_back if (found := ledger.payments.get(report.payment_key))]
    codes = {payment.qr_code_id for payment in payments if payment.qr_code_id}
    if codes:
        await _keep_codes(ledger, col(QrCode.id).in_(codes))
    await _load_bills(ledger, {payment.bill_id for payment in payments if payment.bill_id})
    await _load_merchants(ledger, {payment.merchant_id for payment in payments if payment.merchant_id})


def _any_of(partner: Any, reference: Any, keys: Iterable[tuple[str, str]]) -> Any:
    """Rows of these (partner, reference) pairs: one index range per partner, where pairs would be compared one by one."""
    references: dict[str, list[str]] = defaultdict(list)
    for partner_id, value in sorted(keys):
        references[partner_id].append(value)
    return or_(*(and_(partner == partner_id, reference.in_(values)) for partner_id, values in references.items()))


async def _load_waiting_reversals(ledger: Ledger, fresh: Sequence[ReportedPayment]) -> None:
    """Reversals that came before their payment."""
    of = _any_of(col(Reversal.partner_id), col(Reversal.original_reference), {report.own_key for report in fresh})
    found = await ledger.session.exec(select(Reversal).where(of).order_by(col(Reversal.reversed_at)))
    for reversal in found:
        ledger.reversals.setdefault((reversal.partner_id, reversal.original_reference), reversal)


async def _load_alike(ledger: Ledger, fresh: Sequence[ReportedPayment]) -> None:
    """For a provider's report only other partners' waiting reports matter; for another partner's, everybody else's."""
    by_provider: list[tuple[UUID, ReportedPayment]] = []
    by_others: list[tuple[UUID, ReportedPayment]] = []
    for report in fresh:
        merchant = ledger.find(report).merchant
        if merchant is not None:
            (by_provider if merchant.provider == report.partner_id else by_others).append((merchant.id, report))
    await _keep_alike(ledger, by_provider, col(Payment.outcome) == Outcome.OTHER_PROVIDER)
    await _keep_alike(ledger, by_others, col(Payment.outcome) != Outcome.OTHER_PROVIDER)


async def _keep_alike(ledger: Ledger, places: list[tuple[UUID, ReportedPayment]], condition: Any) -> None:
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
    for payment in await ledger.session.exec(query):
        if payment.merchant_id is not None:
            ledger._alike[payment.merchant_id, payment.amount].append(payment)
