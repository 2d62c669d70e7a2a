"""Bodies about organizations."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.security.identity import Caller
from chassis.web.bodies import NOT_NULL, RequestBody
from chassis.web.vocabulary import OneOf
from registry.identifiers import mask, mask_phone
from registry.model.organizations import CLAIMED, CONFIRMED, Organization, RepresentativeClaim
from registry.queries.organizations import PlacedOrganization
from registry.schemas.checked import BlankIsNone, LongText, Phone, ShortText, TaxCode

RepresentativeStatus = Literal["claimed", "confirmed"]
OrganizationKind = Literal["enterprise", "household_business", "cooperative"]


class Representative(RequestBody):
    """The resident who represents the organization."""

    resident_id: UUID


class OrganizationCreate(RequestBody):
    """An organization to register."""

    tax_code: TaxCode
    name: LongText
    kind: OrganizationKind
    unit_code: ShortText
    representative: Representative | None = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    has_smartphone: bool | None = None


class OrganizationPatch(RequestBody):
    """Fields to change."""

    name: Annotated[LongText | None, NOT_NULL] = None
    kind: Annotated[OrganizationKind | None, NOT_NULL] = None
    unit_code: Annotated[ShortText | None, NOT_NULL] = None
    representative: Representative | None = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    has_smartphone: Annotated[bool | None, NOT_NULL] = None
    active: Annotated[bool | None, NOT_NULL] = None


class OrganizationView(BaseModel):
    """An organization; a tax code of 12 digits is a personal number and masked."""

    id: UUID
    tax_code: str
    name: str
    kind: Annotated[str, OneOf(OrganizationKind)]
    unit_code: str
    representative: Representative | None
    representative_status: RepresentativeStatus | None
    representative_confirmed: bool
    phone: str | None
    has_smartphone: bool
    active: bool
    registered_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, placed: PlacedOrganization, caller: Caller) -> Self:
        """The view for a caller; a volunteer sees no phone in full, a service only a confirmed representative."""
        row, phone = placed.organization, placed.organization.decrypted_phone()
        tax_code, confirmed = row.decrypted_tax_code(), row.confirmed_representative_id
        shown = confirmed if caller.role == "service" else row.representative_id
        view = cls(
            id=row.id, tax_code=mask(tax_code) if len(tax_code) == 12 else tax_code, name=row.name, kind=row.kind,
            unit_code=placed.unit_code, representative=Representative(resident_id=shown) if shown else None,
            representative_status=None if shown is None else "confirmed" if confirmed else "claimed",
            representative_confirmed=confirmed is not None,
            phone=mask_phone(phone) if phone and caller.role == "volunteer" else phone,
            has_smartphone=row.has_smartphone, active=row.active, registered_at=row.registered_at,
            changed_at=row.changed_at,
        )  # fmt: skip
        is_claimant = caller.role == "resident" and not (confirmed and caller.is_resident(confirmed))
        return view._for_claimant(caller) if is_claimant else view

    def _for_claimant(self, caller: Caller) -> Self:
        """What a claim shows: the public register's data and the claim, nothing of the organization or other claimants."""
        own = Representative(resident_id=caller.resident_id) if caller.resident_id else None
        hidden = {
            "phone": None,
            "has_smartphone": False,
            "representative": own,
            "representative_status": "claimed",
            "representative_confirmed": False,
        }
        return self.model_copy(update=hidden)


class RepresentativeDecision(RequestBody):
    """Whose claim is decided, and why; without a name the organization's only open claim."""

    resident_id: UUID | None = None
    reason: Annotated[LongText | None, BlankIsNone] = None


class RepresentativeClaimView(BaseModel):
    """A resident's claim to represent an organization."""

    resident_id: UUID
    status: Literal["claimed", "confirmed", "refused"]
    claimed_at: datetime
    decided_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, claim: RepresentativeClaim, organization: Organization) -> Self:
        """The view of a claim; one that another representative has replaced is open again."""
        is_representative = organization.confirmed_representative_id == claim.resident_id
        status = "confirmed" if is_representative else CLAIMED if claim.status == CONFIRMED else claim.status
        return cls.model_validate(claim.model_dump() | {"status": status, "reason": claim.decrypted_reason()})


class TaxCodeBody(RequestBody):
    """A tax code to look up."""

    tax_code: TaxCode
