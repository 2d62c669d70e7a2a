"""What this service knows of people: that they exist, and in which unit."""

from uuid import UUID

from sqlmodel import Field

from payments_qr.model.tables import Table


class KnownResident(Table, table=True):
    """A resident, as registry told; `merged_into` when the record was a duplicate."""

    __tablename__ = "known_resident"

    id: UUID = Field(primary_key=True)
    version: int
    unit_id: UUID
    merged_into: UUID | None = None


class KnownOrganization(Table, table=True):
    """An organization, as registry told."""

    __tablename__ = "known_organization"

    id: UUID = Field(primary_key=True)
    version: int
    unit_id: UUID
    representative_id: UUID | None = None


class KnownDossier(Table, table=True):
    """Whose dossier it is, so that the applicant sees its fee."""

    __tablename__ = "known_dossier"

    id: UUID = Field(primary_key=True)
    resident_id: UUID | None = Field(default=None, index=True)
    organization_id: UUID | None = Field(default=None, index=True)
