"""What casework knows of residents and organizations: ids and places, never who they are."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from casework.model import Table
from replicas.model import OrganizationReplica, ResidentReplica


class KnownResident(ResidentReplica, Table, table=True):
    """A copy of the registry's resident; a merged one links to the survivor."""

    __tablename__ = "known_resident"
    __table_args__ = (Index("ix_known_resident_survivor", "survivor_id", postgresql_where="survivor_id IS NOT NULL"),)

    unit_code: str = Field(sa_type=Text)
    household_id: UUID | None = None
    life: str = Field(sa_type=Text)
    survivor_id: UUID | None = None

    def shares_household_with(self, other: "KnownResident") -> bool:
        """Whether both live in the same known household."""
        return self.household_id is not None and self.household_id == other.household_id


class KnownOrganization(OrganizationReplica, Table, table=True):
    """A copy of the registry's organization."""

    __tablename__ = "known_organization"

    unit_code: str = Field(sa_type=Text)
    active: bool = True


class KnownCampaign(Table, table=True):
    """A campaign that asks its units to choose at least so many full-process services."""

    __tablename__ = "known_campaign"

    id: UUID = Field(primary_key=True)
    version: int
    unit_id: UUID = Field(index=True)
    starts_on: date | None = None
    ends_on: date | None = None
    minimum_procedures: int | None = None
