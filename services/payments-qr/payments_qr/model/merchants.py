"""A merchant: who receives, where, into which account, and whether codes may be issued."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from chassis.ids import new_id
from chassis.security.encryption import blind_index, blind_indexes
from contracts.payments_qr import MerchantState
from payments_qr.model.standing import Standing
from payments_qr.model.tables import Table, aware, open_sealed, sealed, sealed_for, text

MCC_OF = {
    "market_stall": "5499",  # miscellaneous food stores
    "shop": "5411",  # groceries
    "electricity": "4900",  # utilities: electric, gas, water
    "water": "4900",
    "public_service": "9399",  # government services
}
CITY = "THANH HOA"


class Merchant(Table, table=True):
    """A point of sale or service. `account_no`, `account_name` and `tax_code` are sealed for this row.

    The owner is a resident, an organization, or a tax code that the registry need not know. `maker` is the account
    that registered it, `checker` the one that verified it. `status` repeats the standing for queries.
    """

    __tablename__ = "merchant"
    __table_args__ = (
        Index("ix_merchant_unit", "unit_id", "id"),
        Index("ix_merchant_account", "bin", "account_index"),
        Index("ix_merchant_resident", "owner_resident_id", postgresql_where="owner_resident_id IS NOT NULL"),
        Index(
            "ix_merchant_organization", "owner_organization_id", postgresql_where="owner_organization_id IS NOT NULL"
        ),
        Index("ix_merchant_tax_code", "tax_code_index", postgresql_where="tax_code_index IS NOT NULL"),
        Index("ix_merchant_fees", "unit_id", postgresql_where="category = 'public_service' AND status = 'active'"),
        Index("ix_merchant_provider", "provider", "id"),
        Index(
            "ix_merchant_unlinked",
            "id",
            postgresql_where="tax_code IS NOT NULL AND owner_resident_id IS NULL AND owner_organization_id IS NULL",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 1
    name: str = Field(sa_type=text())
    name_in_code: str = Field(sa_type=text())
    category: str = Field(sa_type=text())
    unit_id: UUID
    unit_code: str = Field(sa_type=text())
    market: str | None = Field(default=None, sa_type=text())
    counter: str | None = Field(default=None, sa_type=text())
    owner_resident_id: UUID | None = None
    owner_organization_id: UUID | None = None
    tax_code: bytes | None = Field(default=None, sa_type=sealed())
    tax_code_index: bytes | None = Field(default=None, sa_type=sealed())
    owner_asked_at: datetime | None = Field(default=None, sa_type=aware())
    provider: str = Field(sa_type=text())
    bin: str = Field(sa_type=text())
    account_no: bytes = Field(sa_type=sealed())
    account_index: bytes = Field(sa_type=sealed())
    account_name: bytes = Field(sa_type=sealed())
    status: str = Field(default="submitted", sa_type=text())
    verification: str = Field(default="submitted", sa_type=text())
    said_at: datetime | None = Field(default=None, sa_type=aware())
    said_by: str = Field(default="", sa_type=text())
    is_blocked: bool = False
    is_closed: bool = False
    reason: str | None = Field(default=None, sa_type=text())
    maker: str = Field(sa_type=text())
    checker: str | None = Field(default=None, sa_type=text())
    has_qr: bool = False
    registered_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    @property
    def standing(self) -> Standing:
        return Standing(
            verification=self.verification,  # type: ignore[arg-type]  # the column holds only these words
            said_at=self.said_at,
            said_by=self.said_by,
            is_blocked=self.is_blocked,
            is_closed=self.is_closed,
        )

    def take_standing(self, standing: Standing) -> bool:
        """Takes over a new standing; whether anything changed."""
        if standing == self.standing:
            return False
        self.verification, self.said_at, self.said_by = standing.verification, standing.said_at, standing.said_by
        self.is_blocked, self.is_closed = standing.is_blocked, standing.is_closed
        self.status = standing.status
        return True

    def put_account(self, bin: str, account_no: str, account_name: str) -> None:
        """Sets the settlement account, sealed and indexed."""
        self.bin = bin
        self.account_no = sealed_for("merchant", "account_no", self.id, account_no)
        self.account_name = sealed_for("merchant", "account_name", self.id, account_name)
        self.account_index = account_index(bin, account_no)

    def put_tax_code(self, tax_code: str) -> None:
        """Sets the owner's tax code, sealed and indexed; 12 digits are a person's number."""
        self.tax_code = sealed_for("merchant", "tax_code", self.id, tax_code)
        self.tax_code_index = blind_index("tax_code", tax_code)

    def opened_account_no(self) -> str:
        return open_sealed("merchant", "account_no", self.id, self.account_no)

    def opened_account_name(self) -> str:
        return open_sealed("merchant", "account_name", self.id, self.account_name)

    def opened_tax_code(self) -> str | None:
        return None if self.tax_code is None else open_sealed("merchant", "tax_code", self.id, self.tax_code)

    def touch(self, at: datetime) -> None:
        """Counts one more change."""
        self.version += 1
        self.changed_at = at

    def said(self) -> dict[str, Any]:
        """The fields of `MerchantState`, for any fact about this merchant."""
        return {
            "merchant_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": self.unit_code,
            "category": self.category,
            "status": self.status,
            "provider": self.provider,
            "at": self.changed_at,
            "has_qr": self.has_qr,
            "owner_resident_id": self.owner_resident_id,
            "owner_organization_id": self.owner_organization_id,
        }

    def fact(self, kind: type[MerchantState]) -> MerchantState:
        return kind(**self.said())


def account_index(bin: str, account_no: str) -> bytes:
    """The blind index by which a settlement account is found; accounts may have letters, case does not matter."""
    return blind_index("settlement_account", f"{bin}|{account_no.upper()}")


def account_indexes(bin: str, account_no: str) -> list[bytes]:
    """The index under every key in use."""
    return blind_indexes("settlement_account", f"{bin}|{account_no.upper()}")
