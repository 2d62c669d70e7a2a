"""Bills: a utility bill of a customer code and period, or the fee of a dossier."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from payments_qr.model.tables import Table, aware, money, text

DAYS_PAYABLE_AFTER_DUE = 60
"""An overdue bill can be paid by its code for two more months, afterwards only at the counter."""


@dataclass(frozen=True, slots=True)
class BillTerms:
    """The content of a bill; `period` is `YYYY-MM`, `amount` whole VND."""

    customer_code: str
    period: str
    amount: int
    due_on: date


@dataclass(frozen=True, slots=True)
class BillProof:
    """Knowledge of a bill that proves a customer code: its period and its amount in VND."""

    period: str
    amount: int


class Bill(Table, table=True):
    """A bill. `state`: unpaid, paid, cancelled, written_off, paid_at_counter; overdue follows from the date. A dossier's fee has
    `dossier_id`; taken at the counter it has no movement of money here.

    `paid_amount` is what the payments that count have left after refunds, `refunded_amount` what was given back of them.
    A refund in parts leaves a bill paid; a payment that is given back whole does not.
    """

    __tablename__ = "bill"
    __table_args__ = (
        Index("uq_bill_customer_period", "merchant_id", "customer_code", "period", unique=True),
        Index("uq_bill_dossier", "dossier_id", unique=True, postgresql_where="dossier_id IS NOT NULL"),
        Index("ix_bill_merchant", "merchant_id", "id"),
        Index("ix_bill_unpaid", "due_on", "id", postgresql_where="state = 'unpaid'"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 1
    merchant_id: UUID = Field(foreign_key="merchant.id")
    customer_code: str = Field(sa_type=text())
    period: str = Field(sa_type=text())
    amount: int = Field(sa_type=money())
    paid_amount: int = Field(default=0, sa_type=money())
    refunded_amount: int = Field(default=0, sa_type=money())
    written_off_amount: int = Field(default=0, sa_type=money())
    reminders_sent: int = 0
    due_on: date
    state: str = Field(default="unpaid", sa_type=text())
    qr_code_id: UUID | None = None
    dossier_id: UUID | None = None
    paid_at: datetime | None = Field(default=None, sa_type=aware())
    issued_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    def status_on(self, day: date) -> str:
        """The status that is shown: overdue follows from the date."""
        return "overdue" if self.state == "unpaid" and self.due_on < day else self.state

    def receive(self, amount: int, refunded: int, at: datetime) -> bool:
        """Adds a payment of which a part was given back already; returns whether it completes the bill."""
        self._move(amount - refunded, refunded, at)
        if self.state != "unpaid" or self._standing < self.amount:
            return False
        self.state, self.paid_at = "paid", at
        return True

    def refund(self, part: int, at: datetime) -> None:
        """Subtracts a part of a payment that was given back."""
        self._move(-part, part, at)

    def give_back(self, amount: int, refunded: int, at: datetime) -> bool:
        """Removes a payment that was given back whole, in parts or at once; returns whether the bill becomes unpaid."""
        self._move(refunded - amount, -refunded, at)
        if self.state != "paid" or self._standing >= self.amount:
            return False
        self.state, self.paid_at = "unpaid", None
        return True

    @property
    def remaining(self) -> int:
        """What is still due."""
        if self.state in ("cancelled", "written_off", "paid_at_counter"):
            return 0
        return max(self.amount - self._standing, 0)

    @property
    def _standing(self) -> int:
        """What the payments that were not given back whole amount to."""
        return self.paid_amount + self.refunded_amount

    def _move(self, paid: int, refunded: int, at: datetime) -> None:
        self.paid_amount += paid
        self.refunded_amount += refunded
        self.changed_at = at
        self.version += 1


class UtilityAccount(Table, table=True):
    """The customer code of a resident at a supplier, by which they find their bills: a claim until `confirmed_at`."""

    __tablename__ = "utility_account"
    __table_args__ = (
        Index("uq_utility_account", "resident_id", "merchant_id", "customer_code", unique=True),
        Index("ix_utility_account_customer", "merchant_id", "customer_code"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    resident_id: UUID
    merchant_id: UUID = Field(foreign_key="merchant.id")
    customer_code: str = Field(sa_type=text())
    linked_at: datetime = Field(sa_type=aware())
    confirmed_at: datetime | None = Field(default=None, sa_type=aware())
    confirmed_by: str | None = Field(default=None, sa_type=text())
    wrong_proofs: int = 0
    last_proof_at: datetime | None = Field(default=None, sa_type=aware())

    @property
    def status(self) -> str:
        return "pending" if self.confirmed_at is None else "confirmed"

    def confirm(self, by: str, at: datetime) -> None:
        """Confirms the claim once; a later confirmation changes nothing."""
        if self.confirmed_at is None:
            self.confirmed_by, self.confirmed_at = by, at
