"""Bodies about accounts of residents at identity providers."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web.bodies import RequestBody
from registry.model.identity_links import IdentityLink, Refusal, SignIn


class SignInBody(RequestBody):
    """What a provider states about a person, encrypted by the gateway."""

    claims: Annotated[str, Field(min_length=1, max_length=8000)]
    """The sealed claims (base64)."""


class SignInView(BaseModel):
    """The resident of an account, or why the sign-in is refused."""

    link_id: UUID | None
    """The link of the account with the resident; null when the sign-in is refused."""
    resident_id: UUID | None
    """The resident, or the survivor where the record was merged."""
    linked_at: datetime | None
    """When the account was linked."""
    refusal: Refusal | None
    """The first reason that applies."""

    @classmethod
    def of(cls, result: SignIn) -> Self:
        """The view of a result."""
        link = result.link
        return cls(
            link_id=link.id if link else None, resident_id=result.resident_id,
            linked_at=link.linked_at if link else None, refusal=result.refusal,
        )  # fmt: skip


class LinkView(BaseModel):
    """An account at an identity provider that signs in as this resident."""

    id: UUID
    """The link."""
    issuer: str
    """The identity provider (its OpenID issuer)."""
    linked_at: datetime
    """When the account signed in for the first time."""
    ended_at: datetime | None
    """When the link was ended; null while the account signs in."""
    status: Literal["active", "ended"]
    """Whether the account signs in."""

    @classmethod
    def of(cls, link: IdentityLink) -> Self:
        """The view of a link."""
        return cls.model_validate(link.model_dump() | {"status": "ended" if link.ended_at else "active"})


class LinkReason(RequestBody):
    """Why an officer ends a link, or takes its end back."""

    reason: Annotated[str, Field(min_length=3, max_length=300)]
    """The reason, kept encrypted beside the access log's entry."""
