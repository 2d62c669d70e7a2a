"""The content of a QR code: the fields that can be written, and all fields that can be read."""

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Literal

from payments_qr.qr_payload.faults import PayloadFault
from payments_qr.qr_payload.folding import folded

Initiation = Literal["static", "dynamic"]
NAPAS_GUID = "A000000727"
VNPAY_GUID = "A000000775"
VND = "704"


class ServiceCode(StrEnum):
    """NAPAS QR Switching, part IV: what the payer's application is to do with the account."""

    TRANSFER_TO_ACCOUNT = "QRIBFTTA"
    TRANSFER_TO_CARD = "QRIBFTTC"
    PURCHASE = "QRPUSH"
    CASH_WITHDRAWAL = "QRCASH"


class Scheme(StrEnum):
    """Whose rules the account template follows."""

    NAPAS = "napas"
    VNPAY = "vnpay"
    EVN = "evn"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class QrContent:
    """The fields of a VietQR code that can be written. `amount` and `tip_fixed` are whole VND."""

    initiation: Initiation
    bin: str
    account_no: str
    service_code: str = ServiceCode.TRANSFER_TO_ACCOUNT
    amount: int | None = None
    mcc: str | None = None
    tip: str | None = None
    tip_fixed: int | None = None
    tip_percent: str | None = None
    merchant_name: str | None = None
    merchant_city: str | None = None
    postal_code: str | None = None
    bill_number: str | None = None
    mobile: str | None = None
    store_label: str | None = None
    loyalty_number: str | None = None
    reference: str | None = None
    customer_label: str | None = None
    terminal_label: str | None = None
    purpose: str | None = None
    consumer_data: str | None = None

    def folded(self) -> "QrContent":
        """The same content with every free text in ASCII, the form in which it is written and read back."""
        texts: dict[str, Any] = {
            name: folded(value) for name in FREE_TEXTS if (value := getattr(self, name)) is not None
        }
        return replace(self, **texts)


FREE_TEXTS = (
    "merchant_name",
    "merchant_city",
    "bill_number",
    "store_label",
    "loyalty_number",
    "reference",
    "customer_label",
    "terminal_label",
    "purpose",
)
ADDITIONAL_TAGS = {
    "bill_number": "01",
    "mobile": "02",
    "store_label": "03",
    "loyalty_number": "04",
    "reference": "05",
    "customer_label": "06",
    "terminal_label": "07",
    "purpose": "08",
    "consumer_data": "09",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedQr:
    """The complete content of a payload. A field that the payload does not contain is None.

    `merchant_id` is the account of schemes other than NAPAS (VNPAY, EVN, AirPay); `bin` and `account_no` are
    None there. `extra` holds the tags that this reader skips, by their path.
    """

    payload: str
    scheme: Scheme
    initiation: Initiation
    bin: str | None
    account_no: str | None
    service_code: str | None
    merchant_id: str | None
    network_guid: str | None
    amount: int | None
    currency: str | None
    country: str | None
    mcc: str | None
    tip: str | None
    tip_fixed: int | None
    tip_percent: str | None
    merchant_name: str | None
    merchant_city: str | None
    postal_code: str | None
    local_language: str | None
    local_name: str | None
    local_city: str | None
    bill_number: str | None
    mobile: str | None
    store_label: str | None
    loyalty_number: str | None
    reference: str | None
    customer_label: str | None
    terminal_label: str | None
    purpose: str | None
    consumer_data: str | None
    extra: tuple[tuple[str, str], ...]
    warnings: tuple[PayloadFault, ...]

    @property
    def content(self) -> QrContent | None:
        """The part that this package can write itself; None for codes other than NAPAS codes."""
        if self.bin is None or self.account_no is None:
            return None
        names = [known.name for known in fields(QrContent) if known.name != "service_code"]
        service_code = self.service_code or ServiceCode.PURCHASE
        return QrContent(service_code=service_code, **{name: getattr(self, name) for name in names})
