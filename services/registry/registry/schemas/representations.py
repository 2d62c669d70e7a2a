"""Bodies about representatives of residents."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.security.identity import SCOPES, Scope
from chassis.web.bodies import Day, RequestBody
from registry.model.organizations import Organization
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


class StaffCreate(RequestBody):
    """Who may act for an organization beside its owner."""

    representative_id: UUID
    """The resident who acts, 18 or older."""
    scope: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    """What the person may do: dossiers, payments, onboarding, documents."""
    until: Day
    """The last day, at most five years from now."""


class EndReason(RequestBody):
    """Why a representation is ended."""

    reason: Annotated[str | None, Field(min_length=3, max_length=300)] = None
    """The reason, kept encrypted."""


class RepresentativeView(BaseModel):
    """A representation, as the resident and officers see it."""

    id: UUID
    """The representation."""
    resident_id: UUID | None
    """The person for whom the other acts."""
    organization_id: UUID | None
    """The organization for which the other acts."""
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
    """A person for whom the caller may act, by `X-Acting-For` with `acting_for`."""

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

    @classmethod
    def of_resident(cls, right: Representation, person: Resident) -> Self:
        """A person who named the caller, or a child whose guardian the caller is."""
        return cls.model_validate(
            _of(right)
            | {"kind": "resident", "acting_for": person.id, "resident_id": person.id, "name": person.full_name}
        )

    @classmethod
    def of_staff(cls, right: Representation, organization: Organization) -> Self:
        """An organization in which the caller works."""
        return cls.model_validate(_of(right) | _of_organization(organization))

    @classmethod
    def of_owner(cls, organization: Organization) -> Self:
        """An organization that the caller owns."""
        right = {"id": organization.id, "scope": sorted(SCOPES), "until": None, "basis": "owner", "resident_id": None}
        return cls.model_validate(right | _of_organization(organization))


def _of(right: Representation) -> dict[str, Any]:
    return right.model_dump(include={"id", "scope", "until", "basis", "resident_id", "organization_id"})


def _of_organization(organization: Organization) -> dict[str, Any]:
    found = {"acting_for": organization.id, "organization_id": organization.id, "name": organization.name}
    return {"kind": "organization", **found}
