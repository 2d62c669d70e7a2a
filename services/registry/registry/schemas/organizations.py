"""Bodies about organizations."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, field_validator

from registry.schemas.checked import BlankIsNone, LongText, Phone, ShortText, TaxCode, not_null

OrganizationKind = Literal["enterprise", "household_business", "cooperative"]


class Representative(BaseModel):
    """Who stands for the organization."""

    resident_id: UUID


class OrganizationCreate(BaseModel):
    """An organization to register."""

    tax_code: TaxCode
    name: LongText
    kind: OrganizationKind
    unit_code: ShortText
    representative: Representative | None = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    has_smartphone: bool | None = None


class OrganizationPatch(BaseModel):
    """What to change."""

    name: LongText | None = None
    kind: OrganizationKind | None = None
    unit_code: ShortText | None = None
    representative: Representative | None = None
    phone: Annotated[Phone | None, BlankIsNone] = None
    has_smartphone: bool | None = None
    active: bool | None = None

    _never_null = field_validator("name", "kind", "unit_code", "has_smartphone", "active", mode="before")(not_null)


class OrganizationView(BaseModel):
    """An organization; a tax code of 12 digits is somebody's personal number and masked."""

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


class TaxCodeBody(BaseModel):
    """Whose tax code is this?"""

    tax_code: TaxCode
