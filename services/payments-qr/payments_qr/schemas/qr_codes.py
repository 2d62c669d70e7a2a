"""Bodies about codes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from payments_qr.schemas.fields import Amount, Future, Label

Kind = Literal["static", "dynamic", "external"]
MAX_PAYLOAD = 20_000


class QrCodeCreate(BaseModel):
    """`static`: for a counter, used again and again. `dynamic`: for one payment. `external`: made by a bank or telecom,
    `payload` is what it says."""

    kind: Kind
    counter: Label | None = None
    amount: Amount | None = None
    reference: str | None = Field(default=None, min_length=1, max_length=64)
    purpose: str | None = Field(default=None, min_length=1, max_length=99)
    expires_at: Future | None = None
    payload: str | None = Field(default=None, max_length=MAX_PAYLOAD)


class QrCodeView(BaseModel):
    """`purpose` is the memo as the code carries it. `account_matches` says whether an external code pays into the
    merchant's own settlement account."""

    id: UUID
    merchant_id: UUID
    kind: Kind
    payload: str
    counter: str | None
    amount: int | None
    reference: str | None
    purpose: str | None
    status: Literal["active", "paid", "expired", "revoked"]
    account_matches: bool
    bill_id: UUID | None
    expires_at: datetime | None
    issued_at: datetime


class Payload(BaseModel):
    payload: str = Field(
        max_length=MAX_PAYLOAD, description="What the code says, or a bank's deep link that carries it"
    )


class Warned(BaseModel):
    """Something unusual that real codes do; the code can be paid."""

    pointer: str
    code: str
    message: str
    offset: int | None


class DecodedView(BaseModel):
    """What a code says; null where it says nothing. `scheme` tells whose rules it follows."""

    valid: Literal[True] = True
    warnings: list[Warned]
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
