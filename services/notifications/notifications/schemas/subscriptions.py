"""Request bodies and views of subscriptions and of their secrets."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chassis.security.identity import Role
from chassis.web.bodies import NOT_NULL, RequestBody
from chassis.web.vocabulary import OneOf
from notifications.model.event_data import Instant
from notifications.model.event_types import BY_NAME
from notifications.model.subscriptions import Subscription, SubscriptionAct, SubscriptionSecret, SubscriptionStatus

OVERLAP_HOURS, LONGEST_OVERLAP_HOURS = 24, 24 * 90


def _known_type(value: str) -> str:
    if value not in BY_NAME:
        raise PydanticCustomError("unknown-code", "There is no such event type.", {"vi": "Không có loại sự kiện này."})
    return value


EventTypeName = Annotated[str, AfterValidator(_known_type), Field(json_schema_extra={"enum": list(BY_NAME)})]
Types = Annotated[list[EventTypeName], Field(min_length=1, max_length=100)]
Url = Annotated[str, Field(min_length=1, max_length=2000, json_schema_extra={"format": "uri"})]
Description = Annotated[str, Field(max_length=200)]


class SubscriptionCreate(RequestBody):
    """An endpoint that takes events by POST (Standard Webhooks 1.0)."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {"url": "https://partner.example/ba-khong", "types": ["delivery.processed", "payment.settled"]}
            ]
        },
    )

    url: Url
    """`https`, to a public address, without credentials; in development also `http` to the loopback."""
    types: Types
    """The types that are sent; see `GET /v1/event-types`."""
    description: Description | None = None
    """For the owner."""


class SubscriptionPatch(RequestBody):
    """What changes."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    url: Annotated[Url | None, NOT_NULL] = None
    """Another endpoint; the secrets stay."""
    types: Annotated[Types | None, NOT_NULL] = None
    """All types that are sent from now on."""
    description: Description | None = None
    """For the owner."""
    status: Annotated[Literal["active", "paused"] | None, NOT_NULL] = None
    """`active` ends a pause, and a disabling once the endpoint works again: what waited is sent at once."""

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class SubscriptionSecretCreate(RequestBody):
    """A new secret beside the old ones."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    overlap_hours: int = Field(default=OVERLAP_HOURS, ge=0, le=LONGEST_OVERLAP_HOURS)
    """Hours during which the old secrets sign too."""


class SubscriptionTest(RequestBody):
    """A sample to send."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: EventTypeName | None = None
    """Its type; left out, the first type of the subscription."""


class SubscriptionView(BaseModel):
    """A subscription."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The subscription."""
    partner_id: str
    """Its owner."""
    url: str
    """Where events are posted to."""
    types: list[str]
    """The types that are sent."""
    description: str | None
    """For the owner."""
    status: SubscriptionStatus
    """`disabled`: it failed for five days; events are kept, and `status: active` sends them."""
    status_reason: Literal["owner", "gone", "failing"] | None
    """Why it is not active; `gone`: the endpoint answered 410."""
    failing_since: Instant | None
    """The first failed attempt after the last success."""
    last_success_at: Instant | None
    """The last success, to about ten seconds."""
    created_at: Instant
    """When it was created."""
    updated_at: Instant
    """When it was changed."""
    version: int
    """Counts changes; the ETag."""

    @classmethod
    def of(cls, subscription: Subscription) -> "SubscriptionView":
        """The view of a row."""
        return cls.model_validate(subscription, from_attributes=True)


class NewSubscription(SubscriptionView):
    """A subscription that was just created."""

    secret: str
    """`whsec_…`, shown this once."""

    @classmethod
    def with_secret(cls, subscription: Subscription, secret: str) -> "NewSubscription":
        """The view with its first secret."""
        return cls(**SubscriptionView.of(subscription).model_dump(), secret=secret)


class SubscriptionSecretView(BaseModel):
    """A secret without itself."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The secret."""
    hint: str
    """Its last four characters."""
    valid_from: Instant
    """Since when it signs."""
    valid_until: Instant | None
    """Until when; null: no end is set."""


class NewSubscriptionSecret(SubscriptionSecretView):
    """A secret that was just made."""

    secret: str
    """`whsec_…`, shown this once."""

    @classmethod
    def of(cls, secret: SubscriptionSecret, plain: str) -> "NewSubscriptionSecret":
        """The view of a row with the secret itself."""
        return cls(**SubscriptionSecretView.model_validate(secret, from_attributes=True).model_dump(), secret=plain)


class SubscriptionActView(BaseModel):
    """What happened to a subscription."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """The act."""
    at: Instant
    """When."""
    actor: str
    """The account, or `notifications` for what the platform did."""
    role: Annotated[str, OneOf(Role, "platform")]
    """Its role."""
    act: str
    """Such as `subscription.created`, `subscription.failing`, `subscription.disabled`."""
    detail: str
    """More about it."""

    @classmethod
    def of(cls, act: SubscriptionAct) -> "SubscriptionActView":
        """The view of a row."""
        return cls.model_validate(act, from_attributes=True)
