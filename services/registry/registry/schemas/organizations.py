"""Bodies about organizations."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.security.identity import Caller
from chassis.web.bodies import NOT_NULL, RequestBody
from registry.identifiers import mask, mask_phone
from registry.queries.organizations import PlacedOrganization
from registry.schemas.checked import BlankIsNone, LongText, Phone, ShortText, TaxCode

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
    kind: str
    unit_code: str
    representative: Representative | None
    phone: str | None
    has_smartphone: bool
    active: bool
    registered_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, placed: PlacedOrganization, caller: Caller) -> Self:
        """The view for a caller; a volunteer sees no phone in full."""
        row, phone = placed.organization, placed.organization.decrypted_phone()
        tax_code = row.decrypted_tax_code()
        return cls(
            id=row.id, tax_code=mask(tax_code) if len(tax_code) == 12 else tax_code, name=row.name, kind=row.kind,
            unit_code=placed.unit_code,
            representative=Representative(resident_id=row.representative_id) if row.representative_id else None,
            phone=mask_phone(phone) if phone and caller.role == "volunteer" else phone,
            has_smartphone=row.has_smartphone, active=row.active, registered_at=row.registered_at,
            changed_at=row.changed_at,
        )  # fmt: skip


class TaxCodeBody(RequestBody):
    """A tax code to look up."""

    tax_code: TaxCode
