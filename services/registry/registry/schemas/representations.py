"""Bodies about representatives of residents."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.security.identity import Scope
from chassis.web.bodies import Day, RequestBody
from registry.model.representations import Basis, Representation
from registry.model.residents import Resident
from registry.schemas.checked import LongText


class RepresentativeCreate(RequestBody):
    """Who may act for a resident."""

    representative_id: UUID
    """The resident who acts, 18 or older."""
    scope: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    """What the representative may do: dossiers, payments, onboarding, documents."""
    until: Day
    """The last day; a guardian's right ends on the day before the child is 18 at the latest."""
    basis: Basis | None = None
    """`consent` by the person, which is the default; `guardian` and `paper` by an officer who has seen the paper (default)."""
    paper: LongText | None = None
    """Number and date of the paper, for an officer."""


class EndReason(RequestBody):
    """Why a representation is ended."""

    reason: Annotated[str | None, Field(min_length=3, max_length=300)] = None
    """The reason, kept encrypted."""


class RepresentativeView(BaseModel):
    """A representation, as the resident and officers see it."""

    id: UUID
    """The representation."""
    resident_id: UUID
    """For whom the other acts."""
    representative_id: UUID
    """Who acts."""
    representative_name: str
    """The name of the one who acts."""
    scope: list[Scope]
    """What the representative may do."""
    until: date
    """The last day."""
    basis: Basis
    """By which right."""
    created_at: datetime
    """When it was granted."""
    ended_at: datetime | None
    """When it was ended before its last day."""
    status: Literal["active", "ended"]
    """Whether the representative may act today."""

    @classmethod
    def of(cls, representation: Representation, representative: Resident) -> Self:
        """The view of a representation."""
        is_active = not representation.is_over and representative.life == "alive"
        return cls.model_validate(
            representation.model_dump(exclude={"paper", "end_reason"})
            | {"representative_id": representative.id, "representative_name": representative.full_name}
            | {"status": "active" if is_active else "ended"}
        )


class RepresentedView(BaseModel):
    """Somebody for whom the caller may act, by `X-Acting-For` with `acting_for`."""

    id: UUID
    """The representation; for an organization, its own id."""
    kind: Literal["resident", "organization"]
    """Whether it is a person or an organization."""
    acting_for: UUID
    """The id for the header `X-Acting-For`."""
    resident_id: UUID | None
    """The person."""
    organization_id: UUID | None
    """The organization."""
    name: str
    """The name of the person or organization."""
    scope: list[Scope]
    """What the caller may do for them."""
    until: date | None
    """The last day; null for the owner of an organization."""
    basis: Basis | Literal["owner"]
    """By which right."""
