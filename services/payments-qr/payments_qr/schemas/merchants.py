"""Request and response bodies of merchants."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.clock import today
from payments_qr.banks import find_bank
from payments_qr.model import Merchant
from payments_qr.model.fields import Category, Label, Name, Provider
from payments_qr.model.masking import mask_account, mask_tax_code
from payments_qr.model.registration import MerchantChanges, MerchantDetails, MerchantOwner, SettlementAccount


class MerchantCreate(BaseModel):
    name: Name
    name_in_code: Name | None = Field(default=None, description="At most 25 characters without accents")
    category: Category
    unit_code: str = Field(max_length=64)
    market: Label | None = None
    counter: Label | None = None
    owner: MerchantOwner
    provider: Provider
    settlement: SettlementAccount

    def details(self) -> MerchantDetails:
        return MerchantDetails.model_validate(self.model_dump(exclude={"unit_code"}))


class MerchantPatch(BaseModel):
    """Fields that are left out stay. `status` is the office's decision; another account must be verified again."""

    status: Literal["active", "rejected", "suspended", "closed"] | None = None
    reason: str | None = Field(default=None, max_length=2048)
    name: Name | None = None
    name_in_code: Name | None = None
    category: Category | None = None
    market: Label | None = None
    counter: Label | None = None
    settlement: SettlementAccount | None = None

    def changes(self) -> MerchantChanges:
        return MerchantChanges.model_validate(self.model_dump())


class OwnerView(BaseModel):
    """A `tax_code` of 12 digits is a personal number and masked."""

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

    @classmethod
    def of(cls, merchant: Merchant, *, to_owner: bool) -> Self:
        """The view of a merchant; the account's holder is a person's name, shown to the owner only."""
        bank = find_bank(merchant.bin, today())
        owner = OwnerView(
            resident_id=merchant.owner_resident_id,
            organization_id=merchant.owner_organization_id,
            tax_code=mask_tax_code(merchant.opened_tax_code()),
        )
        settlement = SettlementAccountView(
            bin=merchant.bin,
            bank=bank.short_name if bank else None,
            account_no=mask_account(merchant.opened_account_no()),
            account_name=merchant.opened_account_name() if to_owner else None,
        )
        fields = merchant.model_dump(include=set(cls.model_fields) - {"owner", "settlement"})
        return cls.model_validate(fields | {"owner": owner, "settlement": settlement})


class AccountDuplicates(BaseModel):
    """Merchants with one settlement account: one owner with several stalls, or an error."""

    bin: str
    account_no: str
    merchant_ids: list[UUID]
