"""Documents at the door."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, BaseModel, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from casework.schemas.dossiers import Code, Local, Note
from casework.schemas.feedback import base64_bytes
from casework.signatures import SignatureCheck


class DocumentCreate(BaseModel):
    """A document to an agency (`unit_code`), or from one to a resident or organization; the file is base64."""

    unit_code: Code | None = None
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    from_unit_code: Code | None = None
    kind: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "official_letter"
    subject: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        validation_alias=AliasChoices("subject", "title")
    )
    body: Annotated[str, StringConstraints(max_length=20_000)] | None = Field(
        default=None, validation_alias=AliasChoices("body", "text", "content")
    )
    file: Annotated[str, StringConstraints(max_length=14_000_000)] | None = None
    in_reply_to: UUID | None = None

    @model_validator(mode="after")
    def _one_recipient(self) -> "DocumentCreate":
        if sum(to is not None for to in (self.unit_code, self.resident_id, self.organization_id)) != 1:
            raise PydanticCustomError(
                "one-recipient",
                "Exactly one of unit_code, resident_id and organization_id is needed.",
                {"vi": "Cần đúng một nơi nhận: unit_code, resident_id hoặc organization_id."},
            )
        return self

    @field_validator("file")
    @classmethod
    def _is_base64(cls, file: str | None) -> str | None:
        if file is not None:
            base64_bytes(file)
        return file

    def decoded(self) -> bytes | None:
        """The file's bytes; None without a file."""
        return None if self.file is None else base64_bytes(self.file)


class ExchangeStep(BaseModel):
    """The next status of the chain: refused, assigned, processing, completed."""

    status: Literal["refused", "received", "assigned", "processing", "completed"]
    note: Note | None = None


class DocumentLine(BaseModel):
    """A document in a box; subjects are shown, for a box without them is none."""

    id: UUID
    number: int
    symbol: str
    issued_on: date
    kind: str
    subject: str
    sender_unit_code: str | None
    sender_id: UUID | None
    recipient_unit_code: str | None
    recipient_id: UUID | None
    status: str
    status_code: str
    sent_at: Local
    received_at: Local | None
    arrival_number: int | None
    has_file: bool
    in_reply_to: UUID | None


class DocumentView(DocumentLine):
    """A document whole."""

    body: str | None
    sha256: str | None
    signatures: SignatureCheck | None
    legal_statuses: list[str]
