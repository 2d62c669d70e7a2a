"""Payloads of partner events: validated, applied, and answered with an outcome and a reason."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from chassis.clock import today
from chassis.security.encryption import blind_indexes
from chassis.security.scope import find_unit
from chassis.security.training_guard import TRAINING
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.web.bodies import Instant
from contracts.gateway import PartnerEventReceived
from contracts.payments_qr import MerchantRegistered
from payments_qr.banks import find_bank
from payments_qr.commands.merchants import apply_provider_status, find_merchant_of_owner, new_merchant
from payments_qr.commands.payments import Recorded
from payments_qr.commands.qr_codes import import_code
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal
from payments_qr.errors import InvalidQr, ReferenceExists
from payments_qr.model import Merchant
from payments_qr.model.authority import Relation, may, of_category
from payments_qr.model.fields import Category, Name, TaxCode, plausible_time, storable
from payments_qr.model.lifecycle import ProviderStatus
from payments_qr.model.registration import MerchantDetails
from payments_qr.qr_payload import UnreadablePayload, decode
from payments_qr.queries.merchants import list_merchants_of_account, lock_merchant
from payments_qr.queries.ownership import is_in_training

Result = tuple[Literal["applied", "unchanged", "rejected"], str | None]
PaymentTime = Annotated[Instant, AfterValidator(plausible_time)]
Money = Annotated[int, Field(strict=True, ge=1, lt=10**13)]
Reference = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(storable)]
Memo = Annotated[str, Field(max_length=512), AfterValidator(storable)]


class MerchantStatusPayload(BaseModel):
    """`account_name` goes with `merchant.verified`: the account holder's name at the provider."""

    merchant_id: UUID
    reason: Annotated[str, Field(max_length=2048), AfterValidator(storable)] | None = None
    account_name: Name | None = None


class PaymentSettledPayload(BaseModel):
    partner_reference: Reference
    amount: Money
    currency: Literal["VND"] = "VND"
    settled_at: PaymentTime
    merchant_id: UUID | None = None
    reference: Memo | None = None
    bin: str | None = Field(default=None, max_length=6)
    account_no: str | None = Field(default=None, max_length=19)


class PaymentReversedPayload(BaseModel):
    partner_reference: Reference
    original_reference: Reference
    amount: Money
    reversed_at: PaymentTime


class OwnerPayload(BaseModel):
    tax_code: TaxCode | None = None
    personal_id: TaxCode | None = None

    @property
    def number(self) -> str | None:
        return self.tax_code or self.personal_id


class QrIssuedPayload(BaseModel):
    """`{merchant_id}` or `{owner, name, category, unit_code}`, and the payload."""

    payload: str = Field(max_length=20_000)
    merchant_id: UUID | None = None
    owner: OwnerPayload | None = None
    name: Name | None = None
    account_name: Name | None = None
    category: Category | None = None
    unit_code: str | None = None

    @model_validator(mode="after")
    def _names_a_merchant(self) -> Self:
        described = self.owner is not None and self.owner.number and self.name and self.category and self.unit_code
        if self.merchant_id is None and not described:
            raise ValueError("neither merchant_id nor a described merchant")
        return self


async def apply_merchant_status(
    session: Session, event: PartnerEventReceived, provider_status: ProviderStatus, data: Any
) -> Result:
    """`merchant.verified`, `merchant.rejected`, `merchant.suspended`."""
    payload = MerchantStatusPayload.model_validate(data)
    refused = await apply_provider_status(
        session,
        payload.merchant_id,
        event.partner_id,
        provider_status,
        _effective_time(event),
        event.webhook_id,
        payload.reason,
        payload.account_name,
    )
    return ("rejected", refused) if refused else ("applied", None)


def _effective_time(event: PartnerEventReceived) -> datetime:
    """When the provider decided; a time in the future would make every later decision an older one."""
    return min(event.occurred_at, event.received_at)


def read_report(event: PartnerEventReceived, data: Any) -> ReportedPayment | ReportedReversal:
    """`qr.payment_settled` or `qr.payment_reversed`; raises ValidationError for data that are neither."""
    if event.event == "qr.payment_reversed":
        reversal = PaymentReversedPayload.model_validate(data)
        return ReportedReversal(
            event.partner_id,
            reversal.partner_reference,
            reversal.original_reference,
            reversal.amount,
            reversal.reversed_at,
        )
    payload = PaymentSettledPayload.model_validate(data)
    return ReportedPayment(
        partner_id=event.partner_id, partner_reference=payload.partner_reference, amount=payload.amount,
        settled_at=payload.settled_at, merchant_id=payload.merchant_id, reference=payload.reference, bin=payload.bin,
        account_no=payload.account_no,
    )  # fmt: skip


def result_of(report: ReportedPayment | ReportedReversal, recorded: Recorded) -> Result:
    """The result for the partner. Another amount under the same reference is rejected, the first stays."""
    payment, is_new = recorded
    if isinstance(report, ReportedReversal) or payment is None:
        return ("applied" if is_new else "unchanged"), None
    if payment.amount != report.amount:
        return "rejected", "amount-differs"
    return ("applied" if is_new else "unchanged"), payment.outcome.replace("_", "-")


async def apply_issued_code(session: Session, event: PartnerEventReceived, data: Any) -> Result:
    """`merchant.qr_issued`: a code of a known merchant, or of one that this event introduces."""
    payload = QrIssuedPayload.model_validate(data)
    try:
        decoded = decode(payload.payload)
    except UnreadablePayload as refused:
        return "rejected", f"invalid-qr:{refused.faults[0].code}"
    merchant, refused_because = await _merchant_of(session, event, payload, decoded.bin, decoded.account_no)
    if merchant is None:
        return "rejected", refused_because
    if not may(of_category("code.issue", merchant.category), "partner", _relation(event, merchant)):
        return "rejected", "not-by-a-partner"
    if merchant.is_closed:
        return "rejected", "merchant-closed"
    try:
        code = await import_code(session, merchant, payload.payload)
    except (InvalidQr, ReferenceExists) as problem:
        return "rejected", problem.slug
    return "applied", None if code.account_matches else "other-account"


def _relation(event: PartnerEventReceived, merchant: Merchant) -> Relation:
    return "provider" if merchant.provider == event.partner_id else "other_partner"


async def _merchant_of(
    session: Session, event: PartnerEventReceived, payload: QrIssuedPayload, bin: str | None, account_no: str | None
) -> tuple[Merchant | None, str | None]:
    if payload.merchant_id is not None:
        merchant = await lock_merchant(session, payload.merchant_id)
        if merchant is None or await is_in_training(session, merchant):
            return None, "unknown-merchant"
        return (merchant, None) if merchant.provider == event.partner_id else (None, "not-the-provider")
    assert payload.owner is not None
    assert payload.name is not None
    indexes = blind_indexes("tax_code", payload.owner.number or "")
    known = await find_merchant_of_owner(session, event.partner_id, indexes, payload.name)
    if known is not None:
        return known, None
    if bin is None or account_no is None:
        return None, "no-settlement-account"
    return await _add_merchant(session, event, payload, bin, account_no)


async def _add_merchant(
    session: Session, event: PartnerEventReceived, payload: QrIssuedPayload, bin: str, account_no: str
) -> tuple[Merchant | None, str | None]:
    """A new merchant, verified by its bank, which issued the account and the code."""
    unit = await find_unit(session, payload.unit_code or "")
    if unit is None or unit.kind == TRAINING:
        return None, "unknown-unit"
    if not may(of_category("merchant.register", str(payload.category)), "partner", "provider"):
        return None, "not-by-a-partner"
    if find_bank(bin, today()) is None:
        return None, "unknown-bin"
    same = [
        one for one in await list_merchants_of_account(session, bin, account_no) if one.provider == event.partner_id
    ]
    if same:
        return same[0], None
    assert payload.owner is not None
    details = MerchantDetails.model_validate(
        {
            "name": payload.name,
            "category": payload.category,
            "owner": {"tax_code": payload.owner.number},
            "provider": event.partner_id,
            "settlement": {"bin": bin, "account_no": account_no, "account_name": payload.account_name},
        }
    )
    merchant = new_merchant(details, unit, maker=f"partner:{event.partner_id}")
    session.add(merchant)
    await session.flush()
    publish(session, merchant.state_event(MerchantRegistered))
    await apply_provider_status(
        session, merchant.id, event.partner_id, "verified", _effective_time(event), event.webhook_id, reason=None
    )
    return merchant, None
