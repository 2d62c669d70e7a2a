"""Payments and reversals as partners report them; a reversal may arrive before its payment."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.matching import ComparedPayment, MatchOutcome, status_of
from payments_qr.model.tables import Table, aware, decrypt_value, encrypt_value, encrypted, money, text


class Payment(Table, table=True):
    """A payment as a partner reported it; unique by (partner, partner_reference).

    The platform moves no money: this is a record. `is_published`: the payment was published as counted, so its reversal
    is published too. No account number is stored, only the result of the comparison (`account_matches`).
    `reference_key` is that of the code found; the memo is stored encrypted, and only while the payment waits.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("uq_payment_partner_reference", "partner_id", "partner_reference", unique=True),
        Index("ix_payment_merchant", "merchant_id", "settled_at", "id"),
        Index("ix_payment_alike", "merchant_id", "amount", "settled_at", postgresql_where="duplicate_of IS NULL"),
        Index("ix_payment_unit", "unit_id", "settled_at", "id"),
        Index("ix_payment_day", "partner_id", "business_day"),
        Index("ix_payment_qr_code", "qr_code_id", postgresql_where="qr_code_id IS NOT NULL"),
        Index("ix_payment_bill", "bill_id", postgresql_where="bill_id IS NOT NULL"),
        Index("ix_payment_inactive", "merchant_id", postgresql_where="outcome = 'merchant_not_active'"),
        Index("ix_payment_nowhere", "settled_at", "id", postgresql_where="merchant_id IS NULL"),
        Index("ix_payment_waiting", "unit_id", "id", postgresql_where="status IN ('unmatched', 'possible_duplicate')"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 1
    partner_id: str = Field(sa_type=text())
    partner_reference: str = Field(sa_type=text())
    amount: int = Field(sa_type=money())
    refunded_amount: int = Field(default=0, sa_type=money())
    settled_at: datetime = Field(sa_type=aware())
    business_day: date
    merchant_id: UUID | None = Field(default=None, foreign_key="merchant.id")
    unit_id: UUID | None = None
    qr_code_id: UUID | None = Field(default=None, foreign_key="qr_code.id")
    bill_id: UUID | None = Field(default=None, foreign_key="bill.id")
    reference_key: str | None = Field(default=None, sa_type=text())
    memo: bytes | None = Field(default=None, sa_type=encrypted())
    account_matches: bool | None = None
    outcome: str = Field(sa_type=text())
    status: str = Field(sa_type=text())
    is_published: bool = Field(default=False, sa_column_kwargs={"name": "is_announced"})
    reversed_at: datetime | None = Field(default=None, sa_type=aware())
    duplicate_of: UUID | None = None
    resolved_by: str | None = Field(default=None, sa_type=text())
    resolved_at: datetime | None = Field(default=None, sa_type=aware())
    note: str | None = Field(default=None, sa_type=text())
    received_at: datetime = Field(sa_type=aware())

    @property
    def counts(self) -> bool:
        return self.status == "settled"

    def decide(self, outcome: MatchOutcome) -> None:
        """Sets the outcome and the status that follows from it."""
        self.outcome = outcome
        self.status = status_of(outcome, is_reversed=self.reversed_at is not None)
        self.version += 1

    def keep_memo(self, memo: str) -> None:
        """Stores the memo, encrypted because it may name people, for the person who decides on the payment."""
        self.memo = encrypt_value("payment", "memo", self.id, memo)

    def opened_memo(self) -> str | None:
        return None if self.memo is None else decrypt_value("payment", "memo", self.id, self.memo)

    def refund(self, reversals: Sequence["Reversal"]) -> int:
        """Applies all reversals of this payment, in any order; returns the part that is new.

        The refunded amount is their sum, at most the payment; the payment is reversed once nothing is left of it.
        """
        before = self.refunded_amount
        self.refunded_amount = min(self.amount, sum(reversal.amount for reversal in reversals))
        if self.refunded_amount == self.amount and self.reversed_at is None:
            self.reversed_at = max(reversal.reversed_at for reversal in reversals)
        self.decide(MatchOutcome(self.outcome))
        return self.refunded_amount - before

    def compared(self) -> ComparedPayment:
        return ComparedPayment(self.partner_id, self.amount, self.settled_at, self.reference_key)


class Reversal(Table, table=True):
    """A payment given back, whole or in part, as a partner reported it; stored without a payment when it arrives first."""

    __tablename__ = "reversal"
    __table_args__ = (
        Index("uq_reversal_partner_reference", "partner_id", "partner_reference", unique=True),
        Index("ix_reversal_original", "partner_id", "original_reference"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(sa_type=text())
    partner_reference: str = Field(sa_type=text())
    original_reference: str = Field(sa_type=text())
    amount: int = Field(sa_type=money())
    reversed_at: datetime = Field(sa_type=aware())
    payment_id: UUID | None = Field(default=None, index=True)
    received_at: datetime = Field(sa_type=aware())
