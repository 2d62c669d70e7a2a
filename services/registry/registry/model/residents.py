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
from registry.model.attributes import ATTRIBUTES, ENCRYPTED, published_members
from registry.model.ranking import Origin, outranks

CONTEXTS = {name: CipherContext("registry", "resident", name) for name in ENCRYPTED}
"""The cipher contexts of the attributes that are encrypted in the resident's row, by name."""
ENCRYPTED_COLUMNS = {ATTRIBUTES[name].column_name: context for name, context in CONTEXTS.items()}
PLAIN_COLUMNS = {a.plain_column: None for a in ATTRIBUTES.values() if a.plain_column}
"""The columns of the release before that this one empties."""


class Resident(Table, table=True):
    """A person as the registry knows them today: the winning value of every attribute.

    Encrypted attributes are encrypted for this row. `provenance` has the origin of each attribute's value; `*` is for all
    attributes not named. `None` means that no source has stated a value yet.
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
    address: bytes | None = None
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
        """The winning value of an attribute of this row, decrypted."""
        attribute = ATTRIBUTES[name]
        if attribute.plain_column and (plain := getattr(self, attribute.plain_column)) is not None:
            return plain
        value = getattr(self, attribute.column_name)
        if name in CONTEXTS and value is not None:
            return decrypt_text(CONTEXTS[name], str(self.id), value)
        return value

    def put(self, name: str, value: Any) -> None:
        """Set an attribute of this row, encrypted and indexed where the table of attributes requires it."""
        attribute = ATTRIBUTES[name]
        if name in CONTEXTS and value is not None:
            value = encrypt(CONTEXTS[name], str(self.id), value)
        setattr(self, attribute.column_name, value)
        if attribute.plain_column:
            setattr(self, attribute.plain_column, None)
        self.put_index(name)

    def put_index(self, name: str) -> None:
        """Index an encrypted attribute of this row under the newest key, if it has an index."""
        column = ATTRIBUTES[name].index_column
        if column is not None:
            value = self.value(name)
            setattr(self, column, None if value is None else blind_index(name, value))

    def origin(self, name: str) -> Origin:
        """Where the value of an attribute comes from."""
        return Origin.model_validate(self.provenance.get(name) or self.provenance["*"])

    def resolve(self, values: dict[str, Any], origin: Origin) -> "Resolution":
        """Store the values of a source as far as it is believed.

        A value of a higher source stays, and so does a newer one of an equal source; the first kind is contested.
        """
        done = Resolution()
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
        "life": row.life,
        **published_members(row),
    }


@dataclass
class Resolution:
    """The result of a source's values: `changed` has value and origin before, `contested` the values to be decided.

    `history`: the record that keeps the value before of each changed attribute; None where it had no value.
    """

    changed: dict[str, tuple[Any, Origin]] = field(default_factory=dict)
    history: dict[str, UUID | None] = field(default_factory=dict)
    contested: dict[str, Any] = field(default_factory=dict)


class Household(Table, table=True):
    """A household of a village; `code` is what the commune calls it, `id` is the platform's own."""

    __tablename__ = "household"
    __table_args__ = (Index("uq_household_unit_code", "unit_id", "code", unique=True),)

    id: UUID = Field(primary_key=True)
    unit_id: UUID
    code: str = Field(sa_type=Text)


class Identifier(Table, table=True):
    """A blind index that the registry has seen, and the resident or organization it belongs to, if any.

    The row is also the lock: registration and recognition lock the rows of all indexes concerned, in their order, before
    they read. So a partner's event and the registration of its subject never miss each other. Phones have rows for the
    lock only: `Resident.phone_index` finds their holders, for several residents may share a phone.
    """

    __tablename__ = "identifier"

    index: bytes = Field(primary_key=True)
    kind: str = Field(sa_type=Text)
    resident_id: UUID | None = Field(default=None, index=True)
    organization_id: UUID | None = Field(default=None, index=True)


class ResidentWord(Table, table=True):
    """A folded word of a resident's name, by unit: names are searched by prefixes of their words."""

    __tablename__ = "resident_word"
    __table_args__ = (Index("ix_resident_word_resident", "resident_id"),)

    unit_id: UUID = Field(primary_key=True)
    word: str = Field(primary_key=True, sa_type=Text)
    resident_id: UUID = Field(primary_key=True)
