"""Lists by personal number from police and telecoms: their progress, and the rows that were refused. Numbers are encrypted."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field

from chassis.ids import new_id
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware
from onboarding.model.tables import OnboardingTable

ImportStatus = Literal["queued", "running", "completed", "failed", "undoing", "undone"]
RowOutcome = Literal["undone", "kept", "untouched"]
LISTED_NUMBER = CipherContext("onboarding", "import_row", "personal_id")
PROVIDERS = frozenset({"telecom", "bank", "e_wallet", "provider"})
"""Sources of a list besides the bodies of `bodies.yaml` and the ids of partners."""


class NumberImport(OnboardingTable, table=True):
    """One file; the same file again is the same import."""

    __tablename__ = "number_import"
    __table_args__ = (Index("ix_number_import_open", "id", postgresql_where="status IN ('queued', 'running')"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    digest: str = Field(sa_type=Text, unique=True)
    step: str = Field(sa_type=Text)
    unit_id: UUID = Field(index=True)
    unit_code: str = Field(sa_type=Text)
    source_body: str = Field(sa_type=Text)
    status: str = Field(default="queued", sa_type=Text)
    total_rows: int = 0
    applied: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = Field(sa_type=aware())
    created_by: str = Field(sa_type=Text)
    created_role: str | None = Field(default=None, sa_type=Text)
    created_body: str | None = Field(default=None, sa_type=Text)
    created_unit: str | None = Field(default=None, sa_type=Text)
    worked_at: datetime | None = Field(default=None, sa_type=aware())
    """When some of its rows were applied last: lists take turns, so that a long one keeps no other waiting."""
    undone_at: datetime | None = Field(default=None, sa_type=aware())
    undone_by: str | None = Field(default=None, sa_type=Text)
    undone: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    kept: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class ImportRow(OnboardingTable, table=True):
    """A row that waits; it is deleted as soon as it was applied or refused, and the number with it."""

    __tablename__ = "import_row"

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    personal_id: bytes = Field(sa_type=LargeBinary)
    occurred_on: date | None = None
    level: int | None = None
    certificate_serial: str | None = Field(default=None, sa_type=Text)
    account_kind: str | None = Field(default=None, sa_type=Text)
    reference: str | None = Field(default=None, sa_type=Text)
    valid_until: date | None = None

    @property
    def cipher_row(self) -> str:
        return f"{self.import_id}/{self.row}"


class ImportRejection(OnboardingTable, table=True):
    """A row that was refused, without its contents."""

    __tablename__ = "import_rejection"

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    column: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    vi: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)


class ImportWarning(OnboardingTable, table=True):
    """Something that was put right or left out in a row that counts; row 1 stands for the whole file."""

    __tablename__ = "import_warning"

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    column: str = Field(primary_key=True, sa_type=Text)
    code: str = Field(primary_key=True, sa_type=Text)
    vi: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)


class ImportedEvidence(OnboardingTable, table=True):
    """Which evidence a row became, and what became of it when the import was undone."""

    __tablename__ = "imported_evidence"
    __table_args__ = (Index("ix_imported_evidence_evidence", "evidence_id"),)

    import_id: UUID = Field(primary_key=True)
    row: int = Field(primary_key=True)
    subject_id: UUID
    evidence_id: str = Field(sa_type=Text)
    is_added: bool
    outcome: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
