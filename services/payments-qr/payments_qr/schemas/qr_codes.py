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
    """Its kind."""
    counter: Label | None = None
    """Its counter (quầy)."""
    amount: Amount | None = None
    """Amount in whole VND."""
    reference: str | None = Field(default=None, min_length=1, max_length=64)
    """Reference by which a payment is matched (mã tham chiếu); left out, a dynamic code gets a new one."""
    purpose: str | None = Field(default=None, min_length=1, max_length=99)
    """Memo of the transfer (nội dung chuyển khoản)."""
    expires_at: Annotated[Instant, AfterValidator(plausible_time), AfterValidator(future_time)] | None = None
    """When it ends."""
    payload: str | None = Field(default=None, max_length=MAX_PAYLOAD)
    """Text of the code."""

    def terms(self) -> CodeTerms:
        return CodeTerms(**self.model_dump(exclude={"payload"}))


class QrCodeView(BaseModel):
    """`purpose` is the memo of the code. `status` is `inactive` while the merchant is not active. `account_matches`:
    whether an external code pays into the merchant's settlement account."""

    id: UUID
    """Its id."""
    merchant_id: UUID
    """The merchant."""
    kind: Kind
    """Its kind."""
    payload: str
    """Text of the code."""
    counter: str | None
    """Its counter (quầy)."""
    amount: int | None
    """Amount in whole VND."""
    reference: str | None
    """Reference by which a payment is matched (mã tham chiếu)."""
    purpose: str | None
    """Memo of the transfer (nội dung chuyển khoản)."""
    status: Literal["active", "inactive", "paid", "expired", "revoked"]
    """Its state."""
    account_matches: bool
    """Whether it pays into the merchant's account."""
    bill_id: UUID | None
    """The bill."""
    expires_at: datetime | None
    """When it ends."""
    issued_at: datetime
    """When it was issued."""

    @classmethod
    def of(cls, code: QrCode, merchant: Merchant) -> Self:
        """The view of a code at this moment."""
        computed = {
            "payload": code.opened_payload(),
            "status": code.status_at(now(), is_merchant_active=merchant.is_active),
        }
        return cls.model_validate(code.model_dump(exclude={"payload"}) | computed)


class OrderCheck(RequestBody):
    """A payment of a provider whose reply depends on whether its order is known."""

    partner_id: str = Field(max_length=63)
    """The partner."""
    reference: str = Field(min_length=1, max_length=512)
    """Reference by which a payment is matched (mã tham chiếu)."""
    amount: Amount
    """Amount in whole VND."""


class OrderCheckView(BaseModel):
    """`unknown`: no code has this reference · `wrong_amount`: its code fixes another amount."""

    result: Literal["known", "unknown", "wrong_amount"]
    """Whether the order is known."""


class DecodeRequest(RequestBody):
    payload: str = Field(
        max_length=MAX_PAYLOAD, description="The payload of the code, or a bank's deep link that contains it"
    )


class DecodeWarning(BaseModel):
    """A deviation from the standard that occurs in real codes; the code can be paid."""

    pointer: str
    """Where in the payload, by tags."""
    code: str
    """Stable code."""
    message: str
    """The finding in the language asked for."""
    offset: int | None
    """Characters from the start of the payload."""

    @classmethod
    def of(cls, fault: PayloadFault, language: Language) -> Self:
        return cls(pointer=fault.pointer, code=fault.code, message=fault.message(language), offset=fault.offset)


class DecodedView(BaseModel):
    """The content of a code; null where it has none. `scheme` names the network whose rules it follows."""

    valid: Literal[True] = True
    """Always true; a code that may not be paid is a problem."""
    warnings: list[DecodeWarning]
    """Deviations that do not keep it from being paid."""
    scheme: Literal["napas", "vnpay", "evn", "other"]
    """Network whose rules the code follows."""
    initiation: Literal["static", "dynamic"]
    """Whether it is used again (`static`) or once (`dynamic`)."""
    bin: str | None
    """Bank identification number, six digits (mã BIN)."""
    bank: str | None
    """Short name of the bank."""
    account_no: str | None
    """Account number; masked in answers (số tài khoản)."""
    service_code: str | None
    """NAPAS service, such as QRIBFTTA."""
    merchant_id: str | None
    """The merchant."""
    amount: int | None
    """Amount in whole VND."""
    currency: str | None
    """Currency, VND."""
    country: str | None
    """Country, VN."""
    merchant_name: str | None
    """Name of the receiver in the code (tag 59)."""
    merchant_city: str | None
    """City in the code (tag 60)."""
    postal_code: str | None
    """Postal code (tag 61)."""
    mcc: str | None
    """Merchant category code (tag 52)."""
    bill_number: str | None
    """Bill number (tag 62.01)."""
    reference: str | None
    """Reference by which a payment is matched (mã tham chiếu)."""
    purpose: str | None
    """Memo of the transfer (nội dung chuyển khoản)."""
    store_label: str | None
    """Store (tag 62.03)."""
    terminal_label: str | None
    """Terminal (tag 62.07)."""
    customer_label: str | None
    """Customer (tag 62.06)."""

    @classmethod
    def of(cls, decoded: DecodedQr, language: Language) -> Self:
        bank = find_bank(decoded.bin, today()) if decoded.bin else None
        content: dict[str, Any] = {
            name: getattr(decoded, name) for name in cls.model_fields if hasattr(decoded, name) and name != "warnings"
        }
        warnings = [DecodeWarning.of(fault, language) for fault in decoded.warnings]
        return cls(warnings=warnings, bank=bank.short_name if bank else None, **content)
