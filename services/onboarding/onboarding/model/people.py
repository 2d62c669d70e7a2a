"""Copies of the registry's residents and organizations: an id, a unit, and which conditions hold. No names, no numbers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.storage.database import aware
from contracts.registry import ResidentSnapshot
from onboarding.model.journey import KnownAttributes
from onboarding.model.tables import OnboardingTable, document
from replicas.model import OrganizationReplica, ResidentReplica

CONDITIONS = ("citizen_id_card", "personal_id_card", "social_insurance_no", "owner_verified_phone")
OBSERVABLE = ("has_smartphone", "has_bank_account", "owner_verified_phone")
OBSERVATION_HOLDS = timedelta(minutes=2)
"""After this time the registry has recorded an observation from the village, and its snapshot counts again."""


class KnownResident(ResidentReplica, OnboardingTable, table=True):
    """A copy of the registry's resident with its conditions; `journey_version` counts what this service published."""

    SURVIVOR_COLUMN = "merged_into"
    __tablename__ = "known_resident"

    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    birth_month: str | None = Field(default=None, sa_type=Text)
    residence_status: str = Field(default="permanent", sa_type=Text)
    life: str = Field(default="alive", sa_type=Text)
    household_id: UUID | None = Field(default=None, index=True)
    has_smartphone: bool = False
    has_bank_account: bool = False
    citizen_id_card: bool = False
    personal_id_card: bool = False
    social_insurance_no: bool = False
    owner_verified_phone: bool = False
    social_protection: bool = False
    observed: dict[str, Any] = Field(default={}, sa_type=document())
    merged_into: UUID | None = Field(default=None, index=True)
    journey_version: int = 0
    placed_at: datetime | None = Field(default=None, sa_type=aware())
    """When it became known here that the resident belongs to this unit or lives again; null: with the first event."""

    @property
    def attributes(self) -> KnownAttributes:
        """The conditions that hold, and the bank account: what the journey asks."""
        held = {name for name in CONDITIONS if self.holds(name)}
        if self.holds("has_smartphone"):
            held.add("smartphone")
        return KnownAttributes(self.version, frozenset(held), self.holds("has_bank_account"), self.birth_month)

    def holds(self, name: str) -> bool:
        """The value observed in the village a moment ago, else the registry's."""
        seen = self.observed.get(name)
        return bool(seen["value"]) if seen else bool(getattr(self, name))

    def apply(self, snapshot: ResidentSnapshot) -> bool:
        """Copies a newer snapshot; observations that the registry has recorded, or could have by now, end."""
        if not super().apply(snapshot):
            return False
        self.observed = {name: seen for name, seen in self.observed.items() if self._still_counts(name, seen, snapshot)}
        return True

    def observe(self, name: str, value: bool, at: datetime) -> None:
        """An observation in the village counts here until the registry has recorded it."""
        self.observed = {**self.observed, name: {"value": value, "at": at.isoformat()}}

    def _still_counts(self, name: str, seen: dict[str, Any], snapshot: ResidentSnapshot) -> bool:
        is_recent = snapshot.at < datetime.fromisoformat(seen["at"]) + OBSERVATION_HOLDS
        return is_recent and getattr(self, name) != seen["value"]


class KnownOrganization(OrganizationReplica, OnboardingTable, table=True):
    """A copy of the registry's organization; `journey_version` counts what this service published."""

    __tablename__ = "known_organization"

    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=Text)
    owner_has_smartphone: bool = False
    active: bool = True
    journey_version: int = 0


class KnownPartner(OnboardingTable, table=True):
    """A partner's licences and agreements, from the gateway's events."""

    __tablename__ = "known_partner"

    id: str = Field(primary_key=True, sa_type=Text)
    version: int
    name: str = Field(sa_type=Text)
    active: bool
    licences: list[dict[str, Any]] = Field(default=[], sa_type=document())
    agreements: list[dict[str, Any]] = Field(default=[], sa_type=document())


class Consent(OnboardingTable, table=True):
    """A resident's consent to one provider, from registry's events; withdrawn ones stay, not `given`; some end by themselves."""

    __tablename__ = "known_consent"

    id: UUID = Field(primary_key=True)
    resident_id: UUID = Field(index=True)
    partner_id: str = Field(index=True, sa_type=Text)
    given: bool
    at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())


class Departure(OnboardingTable, table=True):
    """A resident left the worklist of a unit: moved away, died, was merged or removed; the resident's row has the reason."""

    __tablename__ = "worklist_departure"
    __table_args__ = (Index("ix_worklist_departure_left_at", "unit_id", "left_at"),)

    unit_id: UUID = Field(primary_key=True)
    resident_id: UUID = Field(primary_key=True)
    left_at: datetime = Field(sa_type=aware())
