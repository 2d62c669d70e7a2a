"""A partner (bank, telecom, wallet, portal): what it may send, under which keys, agreements and licences."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from gateway.model.tables import Table

AgreementScope = Literal["digital_signature", "payment_account", "qr", "infrastructure", "staff"]
WEBHOOK_SECRET = CipherContext("gateway", "partner_secret", "sealed")


class Partner(Table, table=True):
    """`version` counts every change of the partner and of what it holds; the partner caches reload by it."""

    __tablename__ = "partner"

    id: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    status: str = Field(default="active", sa_type=Text)
    dialect: str = Field(default="standard", sa_type=Text)
    allowed_types: list[str] = Field(sa_type=ARRAY(Text))
    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    addresses: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    """Networks (CIDR) that its webhooks come from; empty: any."""
    messages_per_minute: int | None = None
    contact: str | None = Field(default=None, sa_type=Text)
    version: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=aware())
    updated_at: datetime = Field(default_factory=now, sa_type=aware())

    @property
    def is_active(self) -> bool:
        return self.status == "active"

    def touch(self) -> None:
        self.version += 1
        self.updated_at = now()


class PartnerSecret(Table, table=True):
    """A secret with the time it counts. `use` webhook: encrypted, to verify with; rest: only its digest is stored."""

    __tablename__ = "partner_secret"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(foreign_key="partner.id", index=True, sa_type=Text)
    use: str = Field(sa_type=Text)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    hint: str = Field(sa_type=Text)
    """The last four characters, to distinguish secrets."""
    valid_from: datetime = Field(default_factory=now, sa_type=aware())
    valid_until: datetime | None = Field(default=None, sa_type=aware())

    def is_valid_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)


class Agreement(Table, table=True):
    """A cooperation agreement (thỏa thuận hợp tác) of a partner with a unit."""

    __tablename__ = "partner_agreement"
    __table_args__ = (UniqueConstraint("partner_id", "number", "unit_code"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(foreign_key="partner.id", sa_type=Text)
    number: str = Field(sa_type=Text)
    signed_on: date
    unit_code: str = Field(sa_type=Text)
    scope: list[str] = Field(sa_type=ARRAY(Text))
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Licence(Table, table=True):
    """A licence of a partner, for instance to provide cyber protection (`cyber_protection`)."""

    __tablename__ = "partner_licence"
    __table_args__ = (UniqueConstraint("partner_id", "kind", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    partner_id: str = Field(foreign_key="partner.id", sa_type=Text)
    kind: str = Field(sa_type=Text)
    number: str = Field(sa_type=Text)
    issuer: str = Field(sa_type=Text)
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
