"""Recipients: the people and posts of news, and copies of residents and organizations, kept from the registry's events."""

from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from notifications.model import Table
from replicas.model import OrganizationReplica, ResidentReplica


def resident(resident_id: UUID) -> str:
    """A resident, as `person` of a notification, a device or a preference."""
    return f"resident:{resident_id}"


def organization(organization_id: UUID) -> str:
    """An organization, as `person`."""
    return f"organization:{organization_id}"


def account(subject: str) -> str:
    """An officer's, a volunteer's or an operator's account, as `person`. The subject is opaque, never a name."""
    return f"account:{subject}"


def unknown(id_: UUID) -> str:
    """A resident or an organization, where the event does not name which; replaced when it is recorded."""
    return f"{UNKNOWN}:{id_}"


UNKNOWN = "unknown"


class KnownResident(ResidentReplica, Table, table=True):
    """A copy of a resident: where the person lives, whether alive, and into which record it was merged."""

    __tablename__ = "known_resident"

    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    life: str = Field(sa_type=Text)
    survivor_id: UUID | None = Field(default=None, index=True)


class KnownOrganization(OrganizationReplica, Table, table=True):
    """A copy of an organization: where it has its seat, and whether it exists."""

    __tablename__ = "known_organization"

    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    active: bool = True
