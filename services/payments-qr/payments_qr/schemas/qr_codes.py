"""Request and response bodies of QR codes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from chassis.clock import now, today
from chassis.web.bodies import Instant, RequestBody
from payments_qr.banks import find_bank
from payments_qr.model import Merchant, QrCode
from payments_qr.model.fields import Amount, Label, future_time, plausible_time
from payments_qr.model.qr_codes import CodeTerms
from payments_qr.qr_payload import DecodedQr, Language, PayloadFault

Kind = Literal["static", "dynamic", "external"]
MAX_PAYLOAD = 20_000


class QrCodeCreate(RequestBody):
    """`static`: for a counter, used again and again. `dynamic`: for one payment. `external`: made by a bank or telecom,
    given as `payload`."""

    kind: Kind
    counter: Label | None = None
    amount: Amount | None = None
    reference: str | None = Field(default=None, min_length=1, max_length=64)
    purpose: str | None = Field(default=None, min_length=1, max_length=99)
    expires_at: Annotated[Instant, AfterValidator(plausible_time), AfterValidator(future_time)] | None = None
    payload: str | None = Field(default=None, max_length=MAX_PAYLOAD)

    def terms(self) -> CodeTerms:
        return CodeTerms(**self.model_dump(exclude={"payload"}))


class QrCodeView(BaseModel):
    """`purpose` is the memo of the code. `status` is `inactive` while the merchant is not active. `account_matches`:
    whether an external code pays into the merchant's settlement account."""

    id: UUID
    merchant_id: UUID
    kind: Kind
    payload: str
    counter: str | None
    amount: int | None
    reference: str | None
    purpose: str | None
    status: Literal["active", "inactive", "paid", "expired", "revoked"]
    account_matches: bool
    bill_id: UUID | None
    expires_at: datetime | None
    issued_at: datetime

    @classmethod
    def of(cls, code: QrCode, merchant: Merchant) -> Self:
        """The view of a code at this moment."""
        computed = {
            "payload": code.opened_payload(),
            "status": code.status_at(now(), is_merchant_active=merchant.is_active),
        }
        return cls.model_validate(code.model_dump(exclude={"payload"}) | computed)


class OrderCheck(RequestBody):
    """A payment of a provider whose reply says whether its order is known."""

    partner_id: str = Field(max_length=63)
    reference: str = Field(min_length=1, max_length=512)
    amount: Amount


class OrderCheckView(BaseModel):
    """`unknown`: no code has this reference · `wrong_amount`: its code fixes another amount."""

    result: Literal["known", "unknown", "wrong_amount"]


class DecodeRequest(RequestBody):
    payload: str = Field(
        max_length=MAX_PAYLOAD, description="The payload of the code, or a bank's deep link that contains it"
    )


class DecodeWarning(BaseModel):
    """A deviation from the standard that occurs in real codes; the code can be paid."""

    pointer: str
    code: str
    message: str
    offset: int | None

    @classmethod
    def of(cls, fault: PayloadFault, language: Language) -> Self:
        return cls(pointer=fault.pointer, code=fault.code, message=fault.message(language), offset=fault.offset)


class DecodedView(BaseModel):
    """The content of a code; null where it has none. `scheme` names the network whose rules it follows."""

    valid: Literal[True] = True
    warnings: list[DecodeWarning]
    scheme: Literal["napas", "vnpay", "evn", "other"]
    initiation: Literal["static", "dynamic"]
    bin: str | None
    bank: str | None
    account_no: str | None
    service_code: str | None
    merchant_id: str | None
    amount: int | None
    currency: str | None
    country: str | None
    merchant_name: str | None
    merchant_city: str | None
    postal_code: str | None
    mcc: str | None
    bill_number: str | None
    reference: str | None
    purpose: str | None
    store_label: str | None
    terminal_label: str | None
    customer_label: str | None

    @classmethod
    def of(cls, decoded: DecodedQr, language: Language) -> Self:
        bank = find_bank(decoded.bin, today()) if decoded.bin else None
        content: dict[str, Any] = {
            name: getattr(decoded, name) for name in cls.model_fields if hasattr(decoded, name) and name != "warnings"
        }
        warnings = [DecodeWarning.of(fault, language) for fault in decoded.warnings]
        return cls(warnings=warnings, bank=bank.short_name if bank else None, **content)
