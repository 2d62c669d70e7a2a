"""The webhook types partners may send, and the shape of each type's data."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from chassis.clock import local_date, now
from chassis.errors import FieldError
from chassis.security.encryption import blind_index
from chassis.web.bodies import Instant
from chassis.web.past import not_before
from chassis.web.problems import field_errors
from gateway.webhooks.strict_json import BodyRefused

MAXIMUM_AHEAD = timedelta(days=1)
_WHOLE = 10**13
IN_THE_FUTURE = FieldError(
    "/timestamp", "in-the-future", "Thời điểm quá một ngày trong tương lai.", "The time lies more than a day ahead."
)


def _needed(vi: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("required", en, {"vi": vi})


def _has_come(moment: datetime) -> datetime:
    if moment > now() + MAXIMUM_AHEAD:
        raise PydanticCustomError(IN_THE_FUTURE.code, IN_THE_FUTURE.en, {"vi": IN_THE_FUTURE.vi})
    return moment


Past = Annotated[Instant, AfterValidator(_has_come)]
"""When something happened: at most a day ahead, for clocks that differ."""


class Shape(BaseModel):
    """Data of a webhook: what is named here must be right, what is not named passes through."""

    model_config = ConfigDict(extra="ignore", strict=False, str_min_length=1, str_max_length=512)


class ByNumber(Shape):
    personal_id: str = Field(max_length=32)


class ByNumberOrPhone(Shape):
    personal_id: str | None = Field(default=None, max_length=32)
    phone: str | None = Field(default=None, max_length=32)

    @model_validator(mode="after")
    def _names_subject(self) -> Self:
        if not (self.personal_id or self.phone):
            raise _needed("Cần personal_id hoặc phone.", "personal_id or phone is needed.")
        return self


class AccountEvent(Shape):
    resident: ByNumberOrPhone
    kind: Literal["bank", "e_wallet", "mobile_money"]
    account_ref: str
    unit_code: str | None = None


class SimEvent(Shape):
    resident: ByNumber
    phone: str = Field(max_length=32)


class PersonEvent(Shape):
    resident: ByNumber
    certificate_serial: str | None = None
    fee_charged: int | bool | None = None


class IdentityEvent(Shape):
    resident: ByNumber
    level: Literal[1, 2] | None = None


class ByTaxCode(Shape):
    tax_code: str = Field(max_length=32)


class AppEvent(Shape):
    resident: ByNumberOrPhone | None = None
    organization: ByTaxCode | None = None
    app: Literal["province_app", "cyber_protection"]

    @model_validator(mode="after")
    def _names_subject(self) -> Self:
        if (self.resident is None) == (self.organization is None):
            raise _needed("Cần resident hoặc organization, một trong hai.", "resident or organization is needed.")
        return self


class MerchantEvent(Shape):
    merchant_id: UUID
    reason: str | None = None


class OwnerShape(Shape):
    tax_code: str | None = Field(default=None, max_length=32)
    personal_id: str | None = Field(default=None, max_length=32)

    @model_validator(mode="after")
    def _names_subject(self) -> Self:
        if not (self.tax_code or self.personal_id):
            raise _needed("Cần tax_code hoặc personal_id.", "tax_code or personal_id is needed.")
        return self


class MerchantCode(Shape):
    merchant_id: UUID | None = None
    owner: OwnerShape | None = None
    name: str | None = None
    category: str | None = None
    unit_code: str | None = None
    payload: str

    @model_validator(mode="after")
    def _names_owner(self) -> Self:
        if self.merchant_id is None and not (self.owner and self.name and self.category and self.unit_code):
            raise _needed(
                "Cần merchant_id, hoặc owner cùng name, category và unit_code.",
                "merchant_id, or owner with name, category and unit_code is needed.",
            )
        return self


class PaymentSettledShape(Shape):
    partner_reference: str
    amount: int = Field(gt=0, lt=_WHOLE, strict=True)
    currency: Literal["VND"]
    settled_at: Past
    merchant_id: UUID | None = None
    reference: str | None = None
    bin: str | None = None
    account_no: str | None = None


class PaymentReversedShape(Shape):
    partner_reference: str
    original_reference: str
    amount: int = Field(gt=0, lt=_WHOLE, strict=True)
    reversed_at: Past


_NOT_BEFORE_RECEIPT = not_before("received_at", by=local_date)  # portals that know days alone write midnight


class DossierEvent(Shape):
    code: str
    procedure_code: str
    unit_code: str
    national_status: int = Field(ge=1, le=10)
    channel: Literal[1, 2, 3]
    received_at: Past
    due_at: Annotated[Instant | None, _NOT_BEFORE_RECEIPT] = None
    finished_at: Annotated[Past | None, _NOT_BEFORE_RECEIPT] = None
    fee_paid_online: bool | int | None = None


SHAPES: dict[str, type[Shape]] = {
    "payment_account.opened": AccountEvent,
    "payment_account.activated": AccountEvent,
    "payment_account.closed": AccountEvent,
    "sim.ownership_verified": SimEvent,
    "ekyc.passed": PersonEvent,
    "digital_signature.issued": PersonEvent,
    "digital_signature.revoked": PersonEvent,
    "vneid.issued": IdentityEvent,
    "vneid.activated": IdentityEvent,
    "portal_account.created": IdentityEvent,
    "app.installed": AppEvent,
    "merchant.verified": MerchantEvent,
    "merchant.rejected": MerchantEvent,
    "merchant.suspended": MerchantEvent,
    "merchant.qr_issued": MerchantCode,
    "qr.payment_settled": PaymentSettledShape,
    "qr.payment_reversed": PaymentReversedShape,
    "dossier.status_changed": DossierEvent,
}

ACCOUNTS = ["payment_account.opened", "payment_account.activated", "payment_account.closed"]
MERCHANTS = ["merchant.verified", "merchant.rejected", "merchant.suspended", "merchant.qr_issued"]
PAYMENTS = ["qr.payment_settled", "qr.payment_reversed"]
SIGNATURES = ["digital_signature.issued", "digital_signature.revoked"]

TYPES_OF_KIND: dict[str, list[str]] = {
    "app": ["app.installed"],
    "bank": [*ACCOUNTS, "ekyc.passed", *MERCHANTS, *PAYMENTS],
    "wallet": [*ACCOUNTS, "ekyc.passed", *MERCHANTS, *PAYMENTS],
    "telecom": [
        "sim.ownership_verified",
        *ACCOUNTS,
        "ekyc.passed",
        *SIGNATURES,
        "app.installed",
        *MERCHANTS,
        *PAYMENTS,
    ],
    "identity": ["vneid.issued", "vneid.activated", "ekyc.passed", "portal_account.created"],
    "portal": ["dossier.status_changed", "portal_account.created"],
    "signature": ["ekyc.passed", *SIGNATURES],
    "other": [],
}


class Envelope(Shape):
    """A webhook's body: `timestamp` is when it happened, RFC 3339 with offset, and decides state."""

    type: str = Field(max_length=64)
    timestamp: Instant
    data: dict[str, Any]


_ENVELOPE = TypeAdapter(Envelope)


def read_envelope(document: dict[str, Any]) -> Envelope:
    """The envelope of a body; BodyRefused where a member is missing or wrong, or the time lies days ahead."""
    try:
        envelope = _ENVELOPE.validate_python(document)
    except ValidationError as error:
        raise _refused(error) from error
    check_time(envelope.timestamp)
    return envelope


def check_time(moment: datetime) -> None:
    """BodyRefused for a time more than a day ahead: it would hold back every later event."""
    if moment > now() + MAXIMUM_AHEAD:
        raise BodyRefused("timestamp lies in the future", [IN_THE_FUTURE])


def check_data(event: str, data: dict[str, Any]) -> None:
    """BodyRefused where the data of a known type are not of their shape."""
    try:
        SHAPES[event].model_validate(data)
    except ValidationError as error:
        raise _refused(error, "data") from error
    except OverflowError as error:
        raise BodyRefused("a number is too large", [TOO_LARGE_A_NUMBER]) from error


def subject_key_of(partner_id: str, event: str | None, data: dict[str, Any]) -> str:
    """The key that orders messages about one subject: the merchant's id, or a blind index of the person or thing named."""
    if merchant_id := data.get("merchant_id"):
        return str(merchant_id)
    for name in ("personal_id", "phone", "tax_code", "code"):
        if value := _find(data, name):
            return blind_index("subject", "".join(filter(str.isalnum, value)).lower()).hex()
    # A reversal must follow its payment, so both are keyed by the payment's reference.
    reference = data.get("original_reference") or data.get("partner_reference") or event
    return blind_index("subject", f"{partner_id}|{reference}").hex()


def _find(data: dict[str, Any], name: str) -> str | None:
    places = [data, *(data[part] for part in ("resident", "organization", "owner") if isinstance(data.get(part), dict))]
    for place in places:
        value = place.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def _refused(error: ValidationError, *inside: str) -> BodyRefused:
    # Only where and what kind: the message of pydantic may quote the value.
    wrong = [item | {"loc": ("body", *inside, *item["loc"])} for item in error.errors(include_url=False)]
    places = [f"/{'/'.join(map(str, item['loc'][1:]))}: {item['type']}" for item in wrong]
    return BodyRefused("; ".join(places)[:500], field_errors(wrong))


TOO_LARGE_A_NUMBER = FieldError("/data", "too-large", "Có số quá lớn.", "A number is too large.")
