"""Request and response bodies of merchants."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.clock import today
from chassis.web.bodies import NOT_NULL, RequestBody
from payments_qr.banks import find_bank
from payments_qr.model import FeeMerchant, Merchant
from payments_qr.model.fields import Category, Label, Name, Provider
from payments_qr.model.masking import mask_account, mask_tax_code
from payments_qr.model.registration import MerchantChanges, MerchantDetails, MerchantOwner, SettlementAccount


class OwnerBody(RequestBody, MerchantOwner):
    """The owner of a merchant: exactly one of the three."""


class SettlementAccountBody(RequestBody, SettlementAccount):
    """The account that receives the payments."""


class MerchantCreate(RequestBody):
    name: Name
    name_in_code: Name | None = Field(default=None, description="At most 25 characters without accents")
    category: Category
    unit_code: str = Field(max_length=64)
    market: Label | None = None
    counter: Label | None = None
    owner: OwnerBody
    provider: Provider
    settlement: SettlementAccountBody

    def details(self) -> MerchantDetails:
        return MerchantDetails.model_validate(self.model_dump(exclude={"unit_code"}))


class MerchantPatch(RequestBody):
    """Fields that are left out stay; null clears `market`, `counter` and `reason`. `status` is the office's decision.

    Another name, category, unit, owner, provider or account must be verified again; until then no code is valid.
    """

    status: Annotated[Literal["active", "rejected", "suspended", "closed"] | None, NOT_NULL] = None
    reason: str | None = Field(default=None, max_length=2048)
    name: Annotated[Name | None, NOT_NULL] = None
    name_in_code: Annotated[Name | None, NOT_NULL] = None
    category: Annotated[Category | None, NOT_NULL] = None
    unit_code: Annotated[str | None, NOT_NULL, Field(max_length=64)] = None
    market: Label | None = None
    counter: Label | None = None
    owner: Annotated[OwnerBody | None, NOT_NULL] = None
    provider: Annotated[Provider | None, NOT_NULL] = None
    settlement: Annotated[SettlementAccountBody | None, NOT_NULL] = None

    def changes(self) -> MerchantChanges:
        return MerchantChanges.model_validate(self.model_dump(exclude_unset=True))


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


class FeeMerchantPut(RequestBody):
    merchant_id: UUID


class NamingView(BaseModel):
    """A naming of a fee merchant; `confirmed_by` is the second officer."""

    merchant_id: UUID
    named_by: str
    named_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None

    @classmethod
    def of(cls, naming: FeeMerchant) -> Self:
        return cls.model_validate(naming.model_dump())


class FeeMerchantView(BaseModel):
    """The merchant that receives the unit's fees (null: none is confirmed), and the naming that waits."""

    unit_code: str
    merchant_id: UUID | None
    confirmed: NamingView | None
    pending: NamingView | None

    @classmethod
    def of(cls, unit_code: str, confirmed: FeeMerchant | None, pending: FeeMerchant | None) -> Self:
        return cls(
            unit_code=unit_code,
            merchant_id=confirmed.merchant_id if confirmed else None,
            confirmed=NamingView.of(confirmed) if confirmed else None,
            pending=NamingView.of(pending) if pending else None,
        )
