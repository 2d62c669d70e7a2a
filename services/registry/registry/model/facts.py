"""Facts with their sources: which source is believed, how long, and what is left to decide."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index, Text
from sqlmodel import Field

from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from registry.model import Table

FACT_VALUE = CipherContext("registry", "fact", "value")
CORRECTION_VALUE = CipherContext("registry", "correction", "value")

Rank = Literal[4, 3, 2, 1]

RANKS: dict[str, Rank] = {
    "population": 4,
    "social_insurance": 3,
    "civil_status": 3,
    "social_protection": 3,
    "partner": 3,
    "officer": 2,
    "import": 2,
    "volunteer": 2,
    "resident": 1,
}
"""Population database over specialised databases (and partners for what is theirs) over officers over the resident."""

RESIDENT_FACTS = (
    "personal_id", "id_document", "full_name", "date_of_birth", "birth_precision", "sex", "unit_code", "residence_status",
    "address_line", "household_code", "phone", "phone_owner_verified", "social_insurance_no", "has_smartphone",
    "has_bank_account", "social_protection",
)  # fmt: skip
LINKED_FACTS = ("permanent_address", "ethnic_group", "nationality")
FACTS = RESIDENT_FACTS + LINKED_FACTS

FRESH_FOR: dict[str, timedelta] = {
    "phone": timedelta(days=365),
    "phone_owner_verified": timedelta(days=365),
    "has_smartphone": timedelta(days=365),
    "has_bank_account": timedelta(days=365),
    "residence_status": timedelta(days=365),
    "permanent_address": timedelta(days=180),
    "social_protection": timedelta(days=180),
}
"""How long a fact counts as fresh; one not named does not age."""


def expires_at(name: str, observed_at: datetime) -> datetime | None:
    """When a fact observed at a time stops being fresh; never for what does not change."""
    lifetime = FRESH_FOR.get(name)
    return observed_at + lifetime if lifetime else None


def rank(source: str) -> Rank:
    """How far a source is believed; an unknown one as little as possible."""
    return RANKS.get(source, 1)


class Origin(BaseModel):
    """Where a value comes from: which source, whether checked against a document or database, and seen when."""

    model_config = ConfigDict(frozen=True)

    source: str
    verified: bool
    observed_at: datetime


def origin_of(source: str, observed_at: datetime) -> Origin:
    """The origin of what a source says; what people declare about themselves is not verified."""
    return Origin(source=source, verified=source != "resident", observed_at=observed_at)


def outranks(new: Origin, present: Origin) -> bool:
    """Whether a new statement replaces the present one: a higher source always, an equal one when it is not older."""
    mine, theirs = rank(new.source), rank(present.source)
    return mine > theirs or (mine == theirs and new.observed_at >= present.observed_at)


class FactRecord(Table, table=True):
    """A value that a source gave, other than the one in the resident's row: of a linked database, or of the past.

    `value` is sealed JSON for this row. `superseded_at` is set when the same source said something newer, or when the
    value lost its place in the resident's row: then it is history.
    """

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_resident", "resident_id", "name", "id"),
        Index(
            "uq_fact_current", "resident_id", "name", "source", unique=True, postgresql_where="superseded_at IS NULL"
        ),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    name: str = Field(sa_type=Text)
    value: bytes
    source: str = Field(sa_type=Text)
    verified: bool
    observed_at: datetime = Field(sa_type=aware())
    expires_at: datetime | None = Field(default=None, sa_type=aware())
    superseded_at: datetime | None = Field(default=None, sa_type=aware())


class Correction(Table, table=True):
    """Somebody says that a fact is wrong, or a lower source contradicts a higher one: to decide by `due_on`."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_resident", "resident_id", "id"),
        Index("ix_correction_open", "due_on", "id", postgresql_where="state = 'received'"),
    )

    id: UUID = Field(primary_key=True)
    resident_id: UUID
    name: str = Field(sa_type=Text)
    value: bytes
    source: str = Field(sa_type=Text)
    kind: str = Field(default="correction", sa_type=Text)
    state: str = Field(default="received", sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_type=aware())
    acknowledge_by: date
    due_on: date
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=aware())
    decision_note: str | None = Field(default=None, sa_type=Text)
