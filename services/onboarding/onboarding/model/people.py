"""Residents and organizations as registry tells of them: an id, a unit, and which conditions hold. No names, no numbers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlmodel import Field

from chassis.storage.database import aware
from contracts.registry import OrganizationSnapshot, ResidentSnapshot
from onboarding.model.journey import KnownAttributes
from onboarding.model.tables import OnboardingTable, document

CONDITIONS = ("citizen_id_card", "personal_id_card", "social_insurance_no", "owner_verified_phone")
OBSERVABLE = ("has_smartphone", "has_bank_account", "owner_verified_phone")
OBSERVATION_HOLDS = timedelta(minutes=2)
"""By then registry has recorded what was observed in the village; from there on registry's word counts again."""


class KnownResident(OnboardingTable, table=True):
    """What this service knows of a resident; `version` is registry's, `journey_version` counts what was announced.

    `merge_version` is the version of the newest word about a merge: later snapshots may arrive before it.
    """

    __tablename__ = "known_resident"

    id: UUID = Field(primary_key=True)
    version: int = 0
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
    merge_version: int | None = 0
    journey_version: int = 0

    @property
    def attributes(self) -> KnownAttributes:
        """The conditions that hold, and the bank account: what the journey asks."""
        held = {name for name in CONDITIONS if self.tells(name)}
        if self.tells("has_smartphone"):
            held.add("smartphone")
        return KnownAttributes(self.version, frozenset(held), self.tells("has_bank_account"))

    def tells(self, name: str) -> bool:
        """A yes or no as observed in the village a moment ago, else as registry told it."""
        seen = self.observed.get(name)
        return bool(seen["value"]) if seen else bool(getattr(self, name))

    def hear(self, snapshot: ResidentSnapshot) -> bool:
        """Takes over a newer snapshot; an older or repeated one changes nothing."""
        if snapshot.version <= self.version:
            return False
        for name in (*_COPIED, *CONDITIONS):
            setattr(self, name, getattr(snapshot, name))
        self.observed = {name: seen for name, seen in self.observed.items() if self._still_counts(name, seen, snapshot)}
        return True

    def merge(self, survivor_id: UUID | None, version: int) -> bool:
        """Takes over a newer word about a merge, or (None) its undoing; other words about the resident do not matter."""
        if version <= (self.merge_version or 0):
            return False
        self.merged_into, self.merge_version = survivor_id, version
        return True

    def observe(self, name: str, value: bool, at: datetime) -> None:
        """Somebody saw it in the village; it counts here until registry has recorded it."""
        self.observed = {**self.observed, name: {"value": value, "at": at.isoformat()}}

    def _still_counts(self, name: str, seen: dict[str, Any], snapshot: ResidentSnapshot) -> bool:
        is_recent = snapshot.at < datetime.fromisoformat(seen["at"]) + OBSERVATION_HOLDS
        return is_recent and getattr(self, name) != seen["value"]


class KnownOrganization(OnboardingTable, table=True):
    """What this service knows of an organization, and whether it has the provincial app."""

    __tablename__ = "known_organization"

    id: UUID = Field(primary_key=True)
    version: int = 0
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    kind: str | None = Field(default=None, sa_type=Text)
    representative_id: UUID | None = None
    owner_has_smartphone: bool = False
    active: bool = True
    journey_version: int = 0

    def hear(self, snapshot: OrganizationSnapshot) -> bool:
        """Takes over a newer snapshot; an older or repeated one changes nothing."""
        if snapshot.version <= self.version:
            return False
        for name in ("version", "unit_id", "unit_code", "kind", "representative_id", "owner_has_smartphone", "active"):
            setattr(self, name, getattr(snapshot, name))
        return True


class KnownPartner(OnboardingTable, table=True):
    """A partner's licences and agreements, as the gateway tells."""

    __tablename__ = "known_partner"

    id: str = Field(primary_key=True, sa_type=Text)
    version: int
    name: str = Field(sa_type=Text)
    active: bool
    licences: list[dict[str, Any]] = Field(default=[], sa_type=document())
    agreements: list[dict[str, Any]] = Field(default=[], sa_type=document())


class Consent(OnboardingTable, table=True):
    """A resident's consent to one provider, as registry tells; withdrawn ones stay, not `given`; some end by themselves."""

    __tablename__ = "known_consent"

    id: UUID = Field(primary_key=True)
    resident_id: UUID = Field(index=True)
    partner_id: str = Field(index=True, sa_type=Text)
    given: bool
    at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())


_COPIED = (
    "version", "unit_id", "unit_code", "birth_month", "residence_status", "life", "household_id",
    "has_smartphone", "has_bank_account", "social_protection",
)  # fmt: skip
