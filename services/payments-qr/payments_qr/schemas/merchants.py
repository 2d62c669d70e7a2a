"""Bodies about merchants."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from payments_qr.schemas.fields import AccountNo, Bin, Category, Label, Name, Provider, TaxCode


class Owner(BaseModel):
    """Whose merchant it is: exactly one of the three."""

    resident_id: UUID | None = None
    organization_id: UUID | None = None
    tax_code: TaxCode | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(value is not None for value in (self.resident_id, self.organization_id, self.tax_code)) != 1:
            raise PydanticCustomError(
                "one-owner",
                "Name exactly one of resident_id, organization_id, tax_code.",
                {"vi": "Nêu đúng một trong resident_id, organization_id, tax_code."},
            )
        return self


class SettlementAccount(BaseModel):
    """The account where payments arrive; it exists at its bank, the platform only writes codes for it."""

    bin: Bin
    account_no: AccountNo
    account_name: Name


class MerchantCreate(BaseModel):
    name: Name
    name_in_code: Name | None = Field(default=None, description="At most 25 characters without accents")
    category: Category
    unit_code: str = Field(max_length=64)
    market: Label | None = None
    counter: Label | None = None
    owner: Owner
    provider: Provider
    settlement: SettlementAccount


class MerchantPatch(BaseModel):
    """What is left out stays. `status` is the office's decision; another account must be verified again."""

    status: Literal["active", "rejected", "suspended", "closed"] | None = None
    reason: str | None = Field(default=None, max_length=2048)
    name: Name | None = None
    name_in_code: Name | None = None
    category: Category | None = None
    market: Label | None = None
    counter: Label | None = None
    settlement: SettlementAccount | None = None


class OwnerView(BaseModel):
    """`tax_code` of 12 digits is a person's number and masked."""

    resident_id: UUID | None = None
    organization_id: UUID | None = None
    tax_code: str | None = None


class SettlementAccountView(BaseModel):
    """`account_name` is shown to the owner only."""

    bin: str
    bank: str | None
    account_no: str
    account_name: str | None = None


class MerchantView(BaseModel):
    id: UUID
    name: str
    name_in_code: str
    category: Category
    unit_code: str
    market: str | None
    counter: str | None
    owner: OwnerView
    provider: str
    settlement: SettlementAccountView
    status: Literal["submitted", "active", "rejected", "suspended", "closed"]
    reason: str | None
    has_qr: bool
    registered_at: datetime
    changed_at: datetime


class AccountDuplicates(BaseModel):
    """Merchants that share one settlement account: one owner with several stalls, or a mistake."""

    bin: str
    account_no: str
    merchant_ids: list[UUID]
