"""Copies of what the registry decides about residents who sign in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.storage.database import aware
from gateway.model.tables import Table


class IdentityLink(Table, table=True):
    """An account of an identity provider and its resident, by blind indexes; one that was ended stays, not active."""

    __tablename__ = "identity_link"
    __table_args__ = (
        Index("ix_identity_link_account", "subject_index", "issuer"),
        Index("ix_identity_link_resident", "resident_id"),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    issuer: str = Field(sa_type=Text)
    subject_index: bytes
    claims_index: bytes | None = None
    linked_at: datetime = Field(sa_type=aware())
    is_active: bool


class Representation(Table, table=True):
    """A resident who may act for another resident or for an organization; the owner's has the organization's id."""

    __tablename__ = "representation"
    __table_args__ = (Index("ix_representation_representative", "representative_id"),)

    id: UUID = Field(primary_key=True)
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    representative_id: UUID
    scope: list[str] = Field(sa_type=ARRAY(Text))
    until: date | None = None
    is_active: bool
