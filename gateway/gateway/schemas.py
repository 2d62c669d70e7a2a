"""Request bodies and views of the gateway's own REST operations."""

import ipaddress
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chassis.security.identity import Role
from chassis.web.bodies import NOT_NULL, Day, RequestBody
from chassis.web.past import PastDay
from chassis.web.vocabulary import OneOf
from gateway.model.partners import AgreementScope
from gateway.webhooks.event_types import SHAPES
from gateway.webhooks.providers import Dialect

Kind = Literal["app", "bank", "wallet", "telecom", "identity", "portal", "signature", "other"]
Text = Annotated[str, Field(min_length=1, max_length=200)]


def _known_type(value: str) -> str:
    if value not in SHAPES:
        raise PydanticCustomError("unknown-type", "There is no such event type.", {"vi": "Không có loại sự kiện này."})
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise PydanticCustomError(
            "not-a-network", "An address or network, such as 203.0.113.0/24.", {"vi": "Phải là địa chỉ hoặc dải mạng."}
        ) from None


EventType = Annotated[str, AfterValidator(_known_type)]
Network = Annotated[str, AfterValidator(_network)]
RestScope = Literal["prefill"]


class LicenceCreate(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "cyber_protection",
                    "number": "12/GP-BTTTT",
                    "issuer": "Bộ Công an",
                    "valid_from": "2026-01-01",
                }
            ]
        }
    )

    kind: Text
    number: Text
    issuer: Text
    valid_from: Day
    valid_to: Day | None = None


class LicenceChange(RequestBody):
    """What is named changes; a licence ends with its last day, null makes it open again."""

    issuer: Annotated[Text | None, NOT_NULL] = None
    """Who issued it (cơ quan cấp)."""
    valid_from: Annotated[Day | None, NOT_NULL] = None
    """The first day."""
    valid_to: Day | None = None
    """The last day (ngày hết hạn)."""


class LicenceView(BaseModel):
    id: UUID
    kind: str
    number: str
    issuer: str
    valid_from: date
    valid_to: date | None


class PartnerCreate(RequestBody):
    """`allowed_types` left out: all that the kind may send."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "ngan-hang-a", "name": "Ngân hàng A chi nhánh tỉnh", "kind": "bank"}]}
    )

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", min_length=2, max_length=40)
    name: Text
    kind: Kind = "other"
    dialect: Dialect = Dialect.STANDARD
    allowed_types: list[EventType] | None = Field(default=None, max_length=50)
    scopes: list[RestScope] = []
    addresses: list[Network] = Field(default=[], max_length=50)
    messages_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    contact: str | None = Field(default=None, max_length=200)
    licences: list[LicenceCreate] = Field(default=[], max_length=50)


class PartnerChange(RequestBody):
    """What is named changes; `status` `retired` stops the partner at once."""

    name: Annotated[Text | None, NOT_NULL] = None
    status: Annotated[Literal["active", "retired"] | None, NOT_NULL] = None
    dialect: Annotated[Dialect | None, NOT_NULL] = None
    allowed_types: Annotated[list[EventType] | None, NOT_NULL] = Field(default=None, max_length=50)
    scopes: Annotated[list[RestScope] | None, NOT_NULL] = None
    addresses: Annotated[list[Network] | None, NOT_NULL] = Field(default=None, max_length=50)
    messages_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    contact: str | None = Field(default=None, max_length=200)


class PartnerView(BaseModel):
    id: str
    name: str
    kind: Annotated[str, OneOf(Kind)]
    status: Annotated[str, OneOf("active", "retired")]
    dialect: Dialect
    allowed_types: list[str]
    scopes: list[str]
    addresses: list[str]
    messages_per_minute: int | None
    contact: str | None
    licences: list[LicenceView]
    version: int
    created_at: datetime
    updated_at: datetime


class SecretCreate(RequestBody):
    """A new secret beside the old ones, which end after `overlap_hours`. `secret` brings the partner's own (a provider's
    key, or `whpk_` and its ed25519 public key); left out, one is made."""

    use: Literal["webhook", "rest"] = "webhook"
    overlap_hours: int = Field(default=24, ge=0, le=24 * 90)
    secret: str | None = Field(default=None, min_length=16, max_length=400)


class SecretView(BaseModel):
    id: UUID
    use: str
    hint: str
    valid_from: datetime
    valid_until: datetime | None


class NewSecret(SecretView):
    """Shown this once; only its end is kept readable."""

    secret: str
    client_id: str | None = None


class AgreementCreate(RequestBody):
    number: Text
    signed_on: PastDay
    unit_code: Text
    scope: list[AgreementScope] = Field(min_length=1, max_length=5)
    valid_from: Day
    valid_to: Day | None = None


class AgreementChange(RequestBody):
    """What is named changes; an agreement ends with its last day, null makes it open again."""

    signed_on: Annotated[PastDay | None, NOT_NULL] = None
    """The day of signing (ngày ký)."""
    scope: Annotated[list[AgreementScope] | None, NOT_NULL] = Field(default=None, min_length=1, max_length=5)
    """What it is about (phạm vi)."""
    valid_from: Annotated[Day | None, NOT_NULL] = None
    """The first day."""
    valid_to: Day | None = None
    """The last day (ngày hết hạn)."""


class AgreementView(BaseModel):
    id: UUID
    number: str
    signed_on: date
    unit_code: str
    scope: list[AgreementScope]
    valid_from: date
    valid_to: date | None


class OutcomeView(BaseModel):
    service: str
    outcome: Annotated[str, OneOf("applied", "unchanged", "unmatched", "rejected")]
    reason: str | None
    at: datetime


class DeliveryView(BaseModel):
    """`status`: accepted, processed, unmatched, rejected, ignored. `conflicts` counts other bodies under the same id."""

    id: UUID
    webhook_id: str
    type: str | None
    status: Annotated[str, OneOf("accepted", "processed", "unmatched", "rejected", "ignored")]
    reason: str | None
    occurred_at: datetime
    received_at: datetime
    attempt: int
    repeats: int
    conflicts: int
    outcomes: list[OutcomeView]


class DevelopmentSignIn(RequestBody):
    """Who to be; what the role does not need is left out.

    A resident is named by `resident_id`, or by `personal_id`, `full_name` and `date_of_birth` as an identity provider states
    them: then the sign-in is linked and refused like every other.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "officer", "unit_code": "15724", "body": "police"}]}
    )

    role: Literal["resident", "organization", "volunteer", "officer", "auditor", "operator", "partner"]
    unit_code: str | None = Field(default=None, max_length=64)
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    partner_id: str | None = Field(default=None, max_length=64)
    body: Literal["police", "culture", "one_stop", "office", "youth_union"] | None = None
    subject: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_:.-]{1,64}$")
    personal_id: str | None = Field(default=None, pattern=r"^[0-9]{9}([0-9]{3})?$")
    full_name: str | None = Field(default=None, min_length=1, max_length=100)
    date_of_birth: str | None = Field(default=None, min_length=4, max_length=10)
    level: Literal[1, 2] | None = None
    """Of a resident or organization; 2 where it is left out."""


class OwnLink(BaseModel):
    """An account at an identity provider that signs in as the caller."""

    id: UUID
    """The link; `DELETE /v1/me/links/{id}` ends it."""
    issuer: str
    """The identity provider."""
    linked_at: datetime
    """When the account signed in for the first time."""


class MeView(BaseModel):
    """Who the caller is, and what the sign-in is good for."""

    role: Annotated[str, OneOf(Role)]
    """The caller's role."""
    resident_id: UUID | None
    """The resident who signed in, also while acting for another."""
    organization_id: UUID | None
    """The organization that signed in."""
    unit_code: str | None
    """The unit of an official or volunteer: it and those below are the caller's."""
    body: str | None
    """The body of an official or volunteer."""
    partner_id: str | None
    """The partner."""
    level: int | None
    """1 or 2: how sure the provider is of a resident; null where sign-ins have no levels."""
    signed_in_at: datetime | None
    """When the person signed in at the provider; null where it is not known."""
    acting_for: UUID | None
    """The resident or organization for whom the caller acts in this request (`X-Acting-For`)."""
    acting_scope: list[str]
    """What the caller may do for them."""
    links: list[OwnLink]
    """The accounts that sign in as this resident."""


class Token(BaseModel):
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int


class PartnerToken(Token):
    """`scope`: what the partner may do beyond its own affairs, separated by spaces."""

    scope: str | None = None


class OAuthError(BaseModel):
    """As RFC 6749 wants it, not a problem document."""

    error: str
    """The code of RFC 6749 section 5.2, such as `invalid_client`."""
    error_description: str
    """What is wrong, in English, for the developer."""


class DeadLetterItem(BaseModel):
    """An event that a service could not apply, or that waits behind one: without its contents."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    service: str
    topic: str
    key: str
    type: str
    event_id: UUID
    state: Annotated[str, OneOf("dead", "waiting")]
    reason: str
    died_at: datetime


class DeadLetters(BaseModel):
    """`unanswered` names services that did not respond."""

    items: list[DeadLetterItem]
    next_cursor: str | None = None
    unanswered: list[str] = []


class DeletionItem(BaseModel):
    """A batch of rows that a scheduled job of a service deleted because they were kept long enough (see `docs/retention.md`).

    It names no person: what, how many, of which time, on which ground.
    """

    model_config = ConfigDict(extra="ignore")

    id: UUID
    service: str
    run_id: UUID
    """The run of the job; a run deletes batch by batch."""
    job: str
    """The scheduled job that deleted them."""
    table_name: str
    """Rows that hang on these by a foreign key went with them."""
    column_cleared: str | None
    """Null: the rows are gone. Else the rows stay and this column was emptied."""
    ground: Annotated[str, OneOf("technical", "purpose_reached")]
    """`purpose_reached`: personal data whose purpose is reached (Law 91/2025/QH15); `technical`: what the machinery remembers."""
    rows: int
    """How many."""
    oldest: datetime
    """The time of the oldest row, by the column that decides how long rows are kept."""
    newest: datetime
    """The time of the newest row."""
    deleted_at: datetime


class Deletions(BaseModel):
    """`unanswered` names services that did not respond."""

    items: list[DeletionItem]
    next_cursor: str | None = None
    unanswered: list[str] = []


class AdministrativeActView(BaseModel):
    """`act` is such as `partner.secret_added`; `detail` never holds a secret or a person."""

    id: UUID
    at: datetime
    actor: str
    role: Annotated[str, OneOf(Role)]
    act: str
    target: str
    detail: str


class SettingsView(BaseModel):
    """The gateway's settings in force, without secrets."""

    settings: dict[str, Any]
