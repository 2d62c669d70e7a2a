"""Request and response bodies of merchants."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.clock import today
from chassis.web.bodies import NOT_NULL, RequestBody
from chassis.web.vocabulary import Coded
from payments_qr.banks import find_bank
from payments_qr.model import FeeMerchant, Merchant
from payments_qr.model.fields import Category, Label, Name, Provider
from payments_qr.model.masking import mask_account, mask_tax_code
from payments_qr.model.registration import MerchantChanges, MerchantDetails, MerchantOwner, SettlementAccount

CategoryBody = Annotated[str, Coded("merchant-categories")]
"""A category by its code or by the name that people write for it."""


class OwnerBody(RequestBody, MerchantOwner):
    """The owner of a merchant: exactly one of the three."""


class SettlementAccountBody(RequestBody, SettlementAccount):
    """The account that receives the payments."""


class MerchantCreate(RequestBody):
    name: Name
    """Name of the merchant as people know it (tên điểm bán)."""
    name_in_code: Name | None = Field(
        default=None, description="At most 25 characters without accents; left out, from the name"
    )
    category: CategoryBody
    """What it is: a stall, a shop, an electricity, water or public-service point (loại điểm bán)."""
    unit_code: str = Field(max_length=64)
    """Code of its unit (đơn vị hành chính)."""
    market: Label | None = None
    """Its market (chợ)."""
    counter: Label | None = None
    """Its counter (quầy)."""
    owner: OwnerBody
    """Who owns it."""
    provider: Provider
    """The partner that serves it: its bank or wallet (nhà cung cấp)."""
    settlement: SettlementAccountBody
    """The account that receives the payments (tài khoản nhận tiền)."""

    def details(self) -> MerchantDetails:
        return MerchantDetails.model_validate(self.model_dump(exclude={"unit_code"}))


class MerchantPatch(RequestBody):
    """Fields that are left out stay; null clears `market`, `counter` and `reason`. `status` is the office's decision.

    Another name, category, unit, owner, provider or account must be verified again; until then no code is valid.
    """

    status: Annotated[Literal["active", "rejected", "suspended", "closed"] | None, NOT_NULL] = None
    """Its state."""
    reason: str | None = Field(default=None, max_length=2048)
    """Why it has this state."""
    name: Annotated[Name | None, NOT_NULL] = None
    """Name of the merchant as people know it (tên điểm bán)."""
    name_in_code: Annotated[Name | None, NOT_NULL] = None
    """Short name inside the code: at most 25 characters without accents (tên ngắn)."""
    category: Annotated[CategoryBody | None, NOT_NULL] = None
    """What it is: a stall, a shop, an electricity, water or public-service point (loại điểm bán)."""
    unit_code: Annotated[str | None, NOT_NULL, Field(max_length=64)] = None
    """Code of its unit (đơn vị hành chính)."""
    market: Label | None = None
    """Its market (chợ)."""
    counter: Label | None = None
    """Its counter (quầy)."""
    owner: Annotated[OwnerBody | None, NOT_NULL] = None
    """Who owns it."""
    provider: Annotated[Provider | None, NOT_NULL] = None
    """The partner that serves it: its bank or wallet (nhà cung cấp)."""
    settlement: Annotated[SettlementAccountBody | None, NOT_NULL] = None
    """The account that receives the payments (tài khoản nhận tiền)."""

    def changes(self) -> MerchantChanges:
        return MerchantChanges.model_validate(self.model_dump(exclude_unset=True))


class OwnerView(BaseModel):
    """A `tax_code` of 12 digits is a personal number and masked."""

    resident_id: UUID | None = None
    """The resident."""
    organization_id: UUID | None = None
    """The organization."""
    tax_code: str | None = None
    """The tax code; a personal number is masked (mã số thuế)."""


class SettlementAccountView(BaseModel):
    """`account_name` is shown to the owner only."""

    bin: str
    """Bank identification number, six digits (mã BIN)."""
    bank: str | None
    """Short name of the bank."""
    account_no: str
    """Account number; masked in answers (số tài khoản)."""
    account_name: str | None = None
    """Name of the account holder at the bank (chủ tài khoản)."""


class MerchantView(BaseModel):
    id: UUID
    """Its id."""
    name: str
    """Name of the merchant as people know it (tên điểm bán)."""
    name_in_code: str
    """Short name inside the code: at most 25 characters without accents (tên ngắn)."""
    category: Category
    """What it is: a stall, a shop, an electricity, water or public-service point (loại điểm bán)."""
    unit_code: str
    """Code of its unit (đơn vị hành chính)."""
    market: str | None
    """Its market (chợ)."""
    counter: str | None
    """Its counter (quầy)."""
    owner: OwnerView
    """Who owns it."""
    provider: str
    """The partner that serves it: its bank or wallet (nhà cung cấp)."""
    settlement: SettlementAccountView
    """The account that receives the payments (tài khoản nhận tiền)."""
    status: Literal["submitted", "active", "rejected", "suspended", "closed"]
    """Its state."""
    reason: str | None
    """Why it has this state."""
    has_qr: bool
    """Whether it has a static or external code."""
    registered_at: datetime
    """When it was registered."""
    changed_at: datetime
    """When it was last changed."""

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
    """Bank identification number, six digits (mã BIN)."""
    account_no: str
    """Account number; masked in answers (số tài khoản)."""
    merchant_ids: list[UUID]
    """The merchants."""


class FeeMerchantPut(RequestBody):
    merchant_id: UUID
    """The merchant."""


class NamingView(BaseModel):
    """A naming of a fee merchant; `confirmed_by` is the second officer."""

    merchant_id: UUID
    """The merchant."""
    named_by: str
    """Who named."""
    named_at: datetime
    """When it was named."""
    confirmed_by: str | None
    """The second officer."""
    confirmed_at: datetime | None
    """When it was confirmed."""

    @classmethod
    def of(cls, naming: FeeMerchant) -> Self:
        return cls.model_validate(naming.model_dump())


class FeeMerchantView(BaseModel):
    """The merchant that receives the unit's fees (null: none is confirmed), and the naming that waits."""

    unit_code: str
    """Code of its unit (đơn vị hành chính)."""
    merchant_id: UUID | None
    """The merchant."""
    confirmed: NamingView | None
    """The naming in force."""
    pending: NamingView | None
    """The naming that waits for a second officer."""

    @classmethod
    def of(cls, unit_code: str, confirmed: FeeMerchant | None, pending: FeeMerchant | None) -> Self:
        return cls(
            unit_code=unit_code,
            merchant_id=confirmed.merchant_id if confirmed else None,
            confirmed=NamingView.of(confirmed) if confirmed else None,
            pending=NamingView.of(pending) if pending else None,
        )
