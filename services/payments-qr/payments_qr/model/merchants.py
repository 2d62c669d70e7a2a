"""Merchants: owner, place, settlement account, and whether codes may be issued."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.folding import fold
from chassis.ids import new_id
from chassis.security.encryption import blind_index, blind_indexes
from contracts.payments_qr import MerchantState
from payments_qr.model.lifecycle import Lifecycle
from payments_qr.model.registration import SettlementAccount
from payments_qr.model.tables import Table, aware, decrypt_value, digest, encrypt_value, encrypted, text

MCC_OF = {
    "market_stall": "5499",  # miscellaneous food stores
    "shop": "5411",  # groceries
    "electricity": "4900",  # utilities: electric, gas, water
    "water": "4900",
    "public_service": "9399",  # government services
}


class Merchant(Table, table=True):
    """A point of sale or service. `account_no`, `account_name` and `tax_code` are encrypted for this row.

    The owner is a resident, an organization, or a tax code that may be unknown to the registry. `maker` is the account
    that registered it, `checker` the one that verified it. `status` is derived from the lifecycle, stored for queries.
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
    name_folded: str | None = Field(default=None, sa_type=text())
    name_in_code: str = Field(sa_type=text())
    category: str = Field(sa_type=text())
    unit_id: UUID
    unit_code: str = Field(sa_type=text())
    market: str | None = Field(default=None, sa_type=text())
    counter: str | None = Field(default=None, sa_type=text())
    owner_resident_id: UUID | None = None
    owner_organization_id: UUID | None = None
    tax_code: bytes | None = Field(default=None, sa_type=encrypted())
    tax_code_index: bytes | None = Field(default=None, sa_type=digest())
    owner_looked_up_at: datetime | None = Field(
        default=None, sa_type=aware(), sa_column_kwargs={"name": "owner_asked_at"}
    )
    provider: str = Field(sa_type=text())
    bin: str = Field(sa_type=text())
    account_no: bytes = Field(sa_type=encrypted())
    account_index: bytes = Field(sa_type=digest())
    account_name: bytes = Field(sa_type=encrypted())
    status: str = Field(default="submitted", sa_type=text())
    verification: str = Field(default="submitted", sa_type=text())
    decided_at: datetime | None = Field(default=None, sa_type=aware(), sa_column_kwargs={"name": "said_at"})
    decided_by: str = Field(default="", sa_type=text(), sa_column_kwargs={"name": "said_by"})
    is_blocked: bool = False
    is_closed: bool = False
    reason: str | None = Field(default=None, sa_type=text())
    maker: str = Field(sa_type=text())
    makers: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    checker: str | None = Field(default=None, sa_type=text())
    has_qr: bool = False
    owner_confirmed_at: datetime | None = Field(default=None, sa_type=aware())
    inactive_since: datetime | None = Field(default=None, sa_type=aware())
    closed_by: str | None = Field(default=None, sa_type=text())
    registered_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())

    @property
    def lifecycle(self) -> Lifecycle:
        return Lifecycle(
            verification=self.verification,  # type: ignore[arg-type]  # the column holds only these values
            decided_at=self.decided_at,
            decided_by=self.decided_by,
            is_blocked=self.is_blocked,
            is_closed=self.is_closed,
            closed_by=self.closed_by,
            makers=frozenset({self.maker, *self.makers}),
        )

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    @property
    def is_owner_confirmed(self) -> bool:
        """Whether the provider or a second officer has confirmed this owner: by verifying the merchant with it."""
        return self.owner_confirmed_at is not None or self.verification == "active"

    def was_active_at(self, moment: datetime) -> bool:
        """Whether a payment of this moment was made while the codes were valid."""
        return self.is_active or (self.inactive_since is not None and moment < self.inactive_since)

    def set_lifecycle(self, lifecycle: Lifecycle, at: datetime) -> bool:
        """Stores a new lifecycle; returns whether anything changed. `at` is when the decision was made."""
        if lifecycle == self.lifecycle:
            return False
        was_active = self.is_active
        self.verification = lifecycle.verification
        self.decided_at, self.decided_by = lifecycle.decided_at, lifecycle.decided_by
        self.is_blocked, self.is_closed = lifecycle.is_blocked, lifecycle.is_closed
        self.closed_by, self.makers = lifecycle.closed_by, sorted(lifecycle.makers)
        self.status = lifecycle.status
        if self.verification == "active" and self.owner_confirmed_at is None:
            self.owner_confirmed_at = at
        if self.is_active:
            self.inactive_since = None
        elif was_active:
            self.inactive_since = at
        return True

    def put_name(self, name: str) -> None:
        """Sets the name, also without accents, by which it is found."""
        self.name, self.name_folded = name, fold(name)

    def put_account(self, bin: str, account_no: str, account_name: str | None) -> None:
        """Sets the settlement account, encrypted, with its blind index."""
        self.bin = bin
        self.account_no = encrypt_value("merchant", "account_no", self.id, account_no)
        self.account_name = encrypt_value("merchant", "account_name", self.id, account_name or "")
        self.account_index = account_index(bin, account_no)

    def put_tax_code(self, tax_code: str) -> None:
        """Sets the owner's tax code, encrypted, with its blind index; 12 digits are a personal number."""
        self.tax_code = encrypt_value("merchant", "tax_code", self.id, tax_code)
        self.tax_code_index = blind_index("tax_code", tax_code)

    def put_owner(self, resident_id: UUID | None, organization_id: UUID | None, tax_code: str | None) -> None:
        """Sets the owner; an owner found for an earlier tax code is removed."""
        self.owner_resident_id, self.owner_organization_id = resident_id, organization_id
        self.tax_code = self.tax_code_index = self.owner_looked_up_at = None
        if tax_code is not None:
            self.put_tax_code(tax_code)

    def put_changed_account(self, account: SettlementAccount | None) -> bool:
        """Sets another settlement account; returns whether it differs from the present one."""
        present = (self.bin, self.opened_account_no(), self.opened_account_name())
        if account is None or (account.bin, account.account_no, account.account_name) == present:
            return False
        self.put_account(account.bin, account.account_no, account.account_name)
        return True

    def details(self) -> dict[str, Any]:
        """The present details without the account, to compare before and after a change."""
        names = ("name", "name_in_code", "category", "market", "counter", "unit_id", "provider")
        owner = (self.owner_resident_id, self.owner_organization_id, self.opened_tax_code())
        return {name: getattr(self, name) for name in names} | {"owner": owner}

    def opened_account_no(self) -> str:
        return decrypt_value("merchant", "account_no", self.id, self.account_no)

    def opened_account_name(self) -> str | None:
        """The account holder's name at the bank; None where it is not known."""
        return decrypt_value("merchant", "account_name", self.id, self.account_name) or None

    def opened_tax_code(self) -> str | None:
        return None if self.tax_code is None else decrypt_value("merchant", "tax_code", self.id, self.tax_code)

    def touch(self, at: datetime) -> None:
        """Increments the version."""
        self.version += 1
        self.changed_at = at

    def state_event(self, kind: type[MerchantState]) -> MerchantState:
        """The event that publishes the present state of this merchant."""
        fields: dict[str, Any] = {
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
        return kind(**fields)


def account_index(bin: str, account_no: str) -> bytes:
    """The blind index of a settlement account; accounts may contain letters, case is ignored."""
    return blind_index("settlement_account", f"{bin}|{account_no.upper()}")


def account_indexes(bin: str, account_no: str) -> list[bytes]:
    """The blind indexes of an account under every key in use."""
    return blind_indexes("settlement_account", f"{bin}|{account_no.upper()}")
