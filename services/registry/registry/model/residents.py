"""A resident, the household, and the indexes by which they are found."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.security.encryption import CipherContext, blind_index, decrypt_text, encrypt
from chassis.storage.database import aware
from registry.model import Table
from registry.model.facts import Origin, outranks

PLACES = {name: CipherContext("registry", "resident", name) for name in ("personal_id", "phone", "social_insurance_no")}
"""The facts that are sealed in the resident's row."""

COLUMNS = {"date_of_birth": "born"}
"""Facts whose column has another name."""

DECLARABLE = (
    "full_name", "date_of_birth", "birth_precision", "sex", "id_document", "residence_status", "address_line", "phone",
    "phone_owner_verified", "social_insurance_no", "has_smartphone", "has_bank_account", "social_protection",
)  # fmt: skip
"""Facts that a source may simply state; number, unit and household have verbs of their own."""


class Resident(Table, table=True):
    """A person as the registry knows them today: the winning value of every fact.

    `personal_id`, `phone` and `social_insurance_no` are sealed for this row. `provenance` says for each fact where its
    value comes from; `*` stands for all facts not named. `None` means that nobody has said anything yet.
    """

    __tablename__ = "resident"
    __table_args__ = (
        Index("ix_resident_unit", "unit_id", "id"),
        Index("ix_resident_not_permanent", "unit_id", "id", postgresql_where="residence_status <> 'permanent'"),
        Index("ix_resident_not_alive", "unit_id", "id", postgresql_where="life <> 'alive'"),
        Index("ix_resident_phone", "phone_index", postgresql_where="phone_index IS NOT NULL"),
        Index("ix_resident_household", "household_id", postgresql_where="household_id IS NOT NULL"),
        Index("ix_resident_merged", "merged_into", postgresql_where="merged_into IS NOT NULL"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    household_id: UUID | None = None
    full_name: str = Field(sa_type=Text)
    born: date
    birth_precision: str = Field(sa_type=Text)
    sex: str = Field(sa_type=Text)
    residence_status: str = Field(sa_type=Text)
    id_document: str = Field(sa_type=Text)
    personal_id: bytes
    phone: bytes | None = None
    phone_index: bytes | None = None
    phone_owner_verified: bool = False
    social_insurance_no: bytes | None = None
    social_insurance_index: bytes | None = None
    address_line: str | None = Field(default=None, sa_type=Text)
    has_smartphone: bool | None = None
    has_bank_account: bool | None = None
    social_protection: bool | None = None
    life: str = Field(default="alive", sa_type=Text)
    deceased_on: date | None = None
    merged_into: UUID | None = None
    provenance: dict[str, Any] = Field(sa_type=JSONB)
    registered_at: datetime = Field(sa_type=aware())
    changed_at: datetime = Field(sa_type=aware())
    import_id: UUID | None = None

    def value(self, name: str) -> Any:
        """The winning value of a fact that lives in this row, opened if it is sealed."""
        value = getattr(self, COLUMNS.get(name, name))
        if name in PLACES and value is not None:
            return decrypt_text(PLACES[name], str(self.id), value)
        return value

    def put(self, name: str, value: Any) -> None:
        """Set a fact in this row, sealed and indexed where it must be."""
        if name in PLACES:
            self._put_sealed(name, value)
        else:
            setattr(self, COLUMNS.get(name, name), value)

    def _put_sealed(self, name: str, value: str | None) -> None:
        setattr(self, name, None if value is None else encrypt(PLACES[name], str(self.id), value))
        self.put_index(name)

    def put_index(self, name: str) -> None:
        """Index a sealed fact of this row under the newest key."""
        value = self.value(name)
        index = None if value is None else blind_index(name, value)
        if name == "phone":
            self.phone_index = index
        elif name == "social_insurance_no":
            self.social_insurance_index = index

    def origin(self, name: str) -> Origin:
        """Where the value of a fact comes from."""
        return Origin.model_validate(self.provenance.get(name) or self.provenance["*"])

    def declare(self, values: dict[str, Any], origin: Origin) -> "Declaration":
        """Take over what a source states about this person, as far as it may.

        A value of a higher source stays, and so does a newer one of an equal source; the first kind is contested.
        """
        done = Declaration()
        for name, value in values.items():
            before, present = self.value(name), self.origin(name)
            if before == value:
                if value is not None and outranks(origin, present):
                    self.provenance = {**self.provenance, name: origin.model_dump(mode="json")}
                continue
            if before is None or outranks(origin, present):
                self.put(name, value)
                self.provenance = {**self.provenance, name: origin.model_dump(mode="json")}
                done.changed[name] = (before, present)
            elif origin.observed_at > present.observed_at:
                done.contested[name] = value
        return done

    def touch(self, at: datetime) -> None:
        """Count one more change."""
        self.version += 1
        self.changed_at = at

    def snapshot(self, unit_code: str) -> dict[str, Any]:
        """The members of a `ResidentSnapshot`: what other services may know."""
        return snapshot_of(self, unit_code)


def snapshot_of(row: Any, unit_code: str) -> dict[str, Any]:
    """The same for anything that has a resident's columns as attributes."""
    return {
        "resident_id": row.id,
        "version": row.version,
        "unit_id": row.unit_id,
        "unit_code": unit_code,
        "at": row.changed_at,
        "birth_month": f"{row.born:%Y}" if row.birth_precision == "year" else f"{row.born:%Y-%m}",
        "sex": row.sex,
        "residence_status": row.residence_status,
        "life": row.life,
        "household_id": row.household_id,
        "has_smartphone": bool(row.has_smartphone),
        "has_bank_account": bool(row.has_bank_account),
        "citizen_id_card": row.id_document in ("can_cuoc", "cccd"),
        "personal_id_card": row.id_document in ("can_cuoc", "cccd", "cmnd"),
        "social_insurance_no": row.social_insurance_no is not None,
        "owner_verified_phone": row.phone is not None and row.phone_owner_verified,
        "social_protection": bool(row.social_protection),
    }


@dataclass
class Declaration:
    """What became of stated values: `changed` has what was there before and whence, `contested` what has to be decided."""

    changed: dict[str, tuple[Any, Origin]] = field(default_factory=dict)
    contested: dict[str, Any] = field(default_factory=dict)


class Household(Table, table=True):
    """A household of a village; `code` is what the commune calls it, `id` is the platform's own."""

    __tablename__ = "household"
    __table_args__ = (Index("uq_household_unit_code", "unit_id", "code", unique=True),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID
    code: str = Field(sa_type=Text)


class Identifier(Table, table=True):
    """A blind index that the registry has met: whom it belongs to, or nobody yet.

    The row is also the lock: whoever registers a person or asks who somebody is takes the rows of all indexes concerned,
    in their order, before looking. So a partner's event and the registration of its subject never miss each other.
    Phones have rows for the lock only; whom they belong to is said by `Resident.phone_index`, for several may share one.
    """

    __tablename__ = "identifier"

    index: bytes = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    resident_id: UUID | None = Field(default=None, index=True)
    organization_id: UUID | None = Field(default=None, index=True)


class ResidentWord(Table, table=True):
    """A folded word of a resident's name, by unit: names are searched by the beginnings of their words."""

    __tablename__ = "resident_word"
    __table_args__ = (Index("ix_resident_word_resident", "resident_id"),)

    unit_id: UUID = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Text)
    resident_id: UUID = Field(primary_key=True)
