"""Papers of a dossier: what was attached, and its result. Encrypted for their rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from casework.model import Table
from chassis.security.encryption import CipherContext
from chassis.storage.database import aware

PAPER = CipherContext("casework", "attachment", "content")
PAPER_NAME = CipherContext("casework", "attachment", "name")
RESULT = CipherContext("casework", "dossier_result", "content")


class Attachment(Table, table=True):
    """A paper of a dossier: content and file name encrypted for this row, media type from the content, hash in the clear.

    `signatures` is a `SignatureCheck` as of the moment of attaching; None for pictures.
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_dossier", "dossier_id", "id"),)

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    document: str | None = Field(default=None, sa_type=Text)
    media_type: str = Field(sa_type=Text)
    size: int
    sha256: bytes = Field(sa_type=LargeBinary)
    name: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    attached_at: datetime = Field(sa_type=aware())
    attached_by: str = Field(sa_type=Text)
    signatures: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class DossierResult(Table, table=True):
    """The electronic result: encrypted, with the hash that proves it unchanged."""

    __tablename__ = "dossier_result"
    __table_args__ = (Index("ix_dossier_result_dossier", "dossier_id", "id"),)

    id: UUID = Field(primary_key=True)
    dossier_id: UUID
    kind: str = Field(sa_type=Text)
    media_type: str = Field(sa_type=Text)
    size: int
    sha256: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    issued_at: datetime = Field(sa_type=aware())
    issued_by: str = Field(sa_type=Text)
    revoked_at: datetime | None = Field(default=None, sa_type=aware())
    signatures: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
