"""Request bodies and views of documents."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, BaseModel, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from casework.model.documents import OFFICIAL_LETTER, STATUS_NAMES, NewDocument, Signer
from casework.schemas.dossiers import Code, Local, Note
from casework.schemas.feedback import base64_bytes
from casework.signatures import SignatureCheck
from chassis.web.bodies import RequestBody
from chassis.web.past import ComingDay
from chassis.web.vocabulary import Coded, OneOf, one_of

Named = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class SignerGiven(RequestBody):
    """Who signs the document (người ký)."""

    full_name: Named
    """Name without titles."""
    position: Annotated[str, StringConstraints(max_length=200)] = ""
    """Position (chức vụ), e.g. "Chủ tịch"."""
    competence: Annotated[str, StringConstraints(max_length=200)] = ""
    """Capacity (quyền hạn ký), e.g. "TM. Ủy ban nhân dân"."""

    def to_signer(self) -> Signer:
        """The value that commands take."""
        return Signer(**self.model_dump())


class DocumentCreate(RequestBody):
    """A document to an agency (`unit_code`, or `organ_id` for one outside the platform), or from one to a resident or
    organization; the file is base64."""

    unit_code: Code | None = None
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    organ_id: Code | None = None
    due_on: ComingDay | None = None
    from_unit_code: Code | None = None
    kind: Annotated[str, Coded("document-kinds")] = OFFICIAL_LETTER
    """Kind of document (loại văn bản), by its code, title or abbreviation: `plan`, "Kế hoạch", "KH"."""
    place: Named | None = None
    """Where it is issued (địa danh); the unit's name when left out."""
    signer: SignerGiven | None = None
    subject: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        validation_alias=AliasChoices("subject", "title")
    )
    body: Annotated[str, StringConstraints(max_length=20_000)] | None = Field(
        default=None, validation_alias=AliasChoices("body", "text", "content")
    )
    file: Annotated[str, StringConstraints(max_length=14_000_000)] | None = None
    file_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    """Distinguishes old Office files, whose content looks alike; not stored. Agencies also send Office files and texts."""
    in_reply_to: UUID | None = None

    @model_validator(mode="after")
    def _one_recipient(self) -> "DocumentCreate":
        if sum(to is not None for to in (self.unit_code, self.resident_id, self.organization_id, self.organ_id)) != 1:
            raise PydanticCustomError(
                "one-recipient",
                "Exactly one of unit_code, resident_id, organization_id and organ_id is needed.",
                {"vi": "Cần đúng một nơi nhận: unit_code, resident_id, organization_id hoặc organ_id."},
            )
        return self

    @field_validator("file")
    @classmethod
    def _is_base64(cls, file: str | None) -> str | None:
        if file is not None:
            base64_bytes(file)
        return file

    def to_document(self) -> NewDocument:
        """The value that commands take."""
        signer = self.signer.to_signer() if self.signer else None
        return NewDocument(**self.model_dump(exclude={"file", "file_name", "signer"}), signer=signer)

    def decoded(self) -> bytes | None:
        """The file's bytes; None without a file."""
        return None if self.file is None else base64_bytes(self.file)


class ExchangeStep(RequestBody):
    """The next status of the chain; `recall_requested` is the sender's, the answers to it and all others the recipient's."""

    status: Literal[
        "refused",
        "received",
        "assigned",
        "processing",
        "completed",
        "recall_requested",
        "recall_agreed",
        "recall_refused",
    ]
    note: Note | None = None


class DocumentLine(BaseModel):
    """A document in a box. `subject` is empty for an officer who names no purpose when a person wrote or receives it."""

    id: UUID
    number: int
    symbol: str
    issued_on: date
    kind: Annotated[str, one_of("document-kinds")]
    """Code of `GET /v1/vocabularies/document-kinds`."""
    kind_title: str
    """The kind in Vietnamese (loại văn bản)."""
    subject: str
    sender_unit_code: str | None
    sender_id: UUID | None
    recipient_unit_code: str | None
    recipient_id: UUID | None
    status: Annotated[str, OneOf(*STATUS_NAMES)]
    status_code: str
    sent_at: Local
    received_at: Local | None
    arrival_number: int | None
    has_file: bool
    in_reply_to: UUID | None
    edxml_id: str | None
    sender_organ_id: str | None
    recipient_organ_id: str | None
    due_on: date | None


class FileView(BaseModel):
    id: UUID
    media_type: str
    size: int
    sha256: str
    signatures: SignatureCheck | None


class DocumentView(DocumentLine):
    """A document whole."""

    body: str | None
    place: str
    """Where it was issued (địa danh)."""
    sender_name: str
    """The issuing body's full name; empty for people."""
    signer: Signer | None
    """Who signed it (người ký)."""
    missing_files: list[str]
    """Files that the envelope names and does not hold: ask the sender for them."""
    status_note: str | None
    sha256: str | None
    signatures: SignatureCheck | None
    further_files: list[FileView]
    legal_statuses: list[str]
