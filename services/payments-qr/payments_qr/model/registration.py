"""The values of a merchant as a person, a stall list or a provider submits it: validated once, whatever the source."""

from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from payments_qr.model.fields import AccountNo, Bin, Category, Label, Name, Provider, TaxCode


class MerchantOwner(BaseModel):
    """The owner of a merchant: exactly one of the three."""

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
    """The account that receives the payments; it exists at its bank, the platform only issues codes for it."""

    bin: Bin
    account_no: AccountNo
    account_name: Name | None = None
    """The account holder's name at the bank; None where neither the list nor the provider gave it."""


class MerchantDetails(BaseModel):
    """Everything that a registration states except the unit."""

    name: Name
    name_in_code: Name | None = Field(default=None, description="At most 25 characters without accents")
    category: Category
    market: Label | None = None
    counter: Label | None = None
    owner: MerchantOwner
    provider: Provider
    settlement: SettlementAccount


class MerchantChanges(BaseModel):
    """The changes of a merchant. Fields that are not set stay; None clears `market` and `counter`."""

    status: Literal["active", "rejected", "suspended", "closed"] | None = None
    reason: str | None = None
    name: Name | None = None
    name_in_code: Name | None = None
    category: Category | None = None
    unit_code: str | None = None
    market: Label | None = None
    counter: Label | None = None
    owner: MerchantOwner | None = None
    provider: Provider | None = None
    settlement: SettlementAccount | None = None

    @property
    def has_details(self) -> bool:
        """Whether anything beside the decision is set."""
        return bool(self.model_fields_set - {"status", "reason"})
