"""What notifications knows of partners, merchants and dossiers: who may see which public event, and what is a change."""

from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext
from notifications.model import Table

APP = "app"
"""The kind of the province's app: it sees the events of all residents and organizations."""
CONTACT = CipherContext("notifications", "known_partner", "contact")


class KnownPartner(Table, table=True):
    """A copy of the gateway's partner. `kind` is None for partners that an earlier release published."""

    __tablename__ = "known_partner"

    id: str = Field(primary_key=True, sa_type=Text)
    version: int
    kind: str | None = Field(default=None, sa_type=Text)
    is_active: bool
    contact: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The partner's contact, encrypted for this row."""

    @property
    def is_app(self) -> bool:
        return self.kind == APP


class KnownMerchant(Table, table=True):
    """A copy of a merchant of payments-qr: its provider and its owner."""

    __tablename__ = "known_merchant"

    id: UUID = Field(primary_key=True)
    version: int
    provider: str = Field(sa_type=Text)
    owner_resident_id: UUID | None = None
    owner_organization_id: UUID | None = None


class KnownDossier(Table, table=True):
    """The status of a dossier after its last event."""

    __tablename__ = "known_dossier"

    id: UUID = Field(primary_key=True)
    version: int
    status: str = Field(sa_type=Text)
