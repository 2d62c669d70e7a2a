"""What this service knows of people: that they exist, and in which unit."""

from uuid import UUID

from sqlmodel import Field

from payments_qr.model.tables import Table
from replicas.model import OrganizationReplica, ResidentReplica


class KnownResident(ResidentReplica, Table, table=True):
    """A copy of the registry's resident; `merged_into` is the survivor of a duplicate."""

    SURVIVOR_COLUMN = "merged_into"
    __tablename__ = "known_resident"

    merged_into: UUID | None = None


class KnownOrganization(OrganizationReplica, Table, table=True):
    """A copy of the registry's organization."""

    __tablename__ = "known_organization"

    representative_confirmed: bool = False


class OwnerCandidate(Table, table=True):
    """An organization that was registered or confirmed, to be compared with the merchants without a linked owner."""

    __tablename__ = "owner_candidate"

    organization_id: UUID = Field(primary_key=True)


class KnownDossier(Table, table=True):
    """Whose dossier it is, so that the applicant sees its fee; `fee_version`: that of the last event about the fee."""

    __tablename__ = "known_dossier"

    id: UUID = Field(primary_key=True)
    resident_id: UUID | None = Field(default=None, index=True)
    organization_id: UUID | None = Field(default=None, index=True)
    fee_version: int = 0
