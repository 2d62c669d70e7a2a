"""Documents between residents or organizations and agencies: numbers, receipts and the status chain of edXML."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from casework.model import Table
from casework.model.search import word_marks
from chassis.security.encryption import CipherContext, decrypt_text, encrypt
from chassis.storage.database import aware
from contracts.vocabularies import DOCUMENT_KINDS

SUBJECT = CipherContext("casework", "document", "subject")
BODY = CipherContext("casework", "document", "body")
ISSUING = CipherContext("casework", "document", "issuing")
STATUS_NOTE = CipherContext("casework", "document", "status_note")
FILE = CipherContext("casework", "document", "content")
DOCUMENT_WORD = "document_word"
ANNEX = CipherContext("casework", "document_file", "content")


class ExchangeStatus(IntEnum):
    """The status codes that document exchange systems send one another (edXML, Decision 28/2018/QĐ-TTg)."""

    ARRIVED = 1
    REFUSED = 2
    RECEIVED = 3
    ASSIGNED = 4
    PROCESSING = 5
    COMPLETED = 6


class Recall(IntEnum):
    """What became of a sender's wish to have a document back; the same list of codes goes on with these."""

    REQUESTED = 13
    AGREED = 15
    REFUSED = 16


STATUS_NAMES = (*(one.name.lower() for one in ExchangeStatus), *(f"recall_{one.name.lower()}" for one in Recall))
"""Every value of `Document.status_name`."""


CHAIN: dict[ExchangeStatus, frozenset[ExchangeStatus]] = {
    ExchangeStatus.ARRIVED: frozenset({ExchangeStatus.REFUSED, ExchangeStatus.RECEIVED}),
    ExchangeStatus.RECEIVED: frozenset(
        {ExchangeStatus.REFUSED, ExchangeStatus.ASSIGNED, ExchangeStatus.PROCESSING, ExchangeStatus.COMPLETED}
    ),
    ExchangeStatus.ASSIGNED: frozenset({ExchangeStatus.PROCESSING, ExchangeStatus.COMPLETED}),
    ExchangeStatus.PROCESSING: frozenset({ExchangeStatus.COMPLETED}),
    ExchangeStatus.REFUSED: frozenset(),
    ExchangeStatus.COMPLETED: frozenset(),
}


OFFICIAL_LETTER, APPLICATION = "official_letter", "application"
_ALIKE = {"guidance": "HD", "contract": "HĐ", "scheme": "ĐA", "project": "DA"}
"""Abbreviations that are the same without accents, so that they are no names in the vocabulary."""
_KINDS = {term.code: term for term in DOCUMENT_KINDS}


def kind_title(kind: str) -> str:
    """The Vietnamese title of a kind; what an older release stored stays as it is."""
    return _KINDS[kind].title if kind in _KINDS else kind


def abbreviation_of(kind: str) -> str:
    """What stands in the symbol before the issuing body: `KH` for a plan; empty for an official letter (Decree 30/2020/NĐ-CP)."""
    if kind not in _KINDS or kind in (OFFICIAL_LETTER, APPLICATION):
        return ""
    return _ALIKE.get(kind) or _KINDS[kind].also[0]


class Signer(BaseModel):
    """Who signed a document, and in what capacity."""

    full_name: str
    position: str = ""
    competence: str = ""


class Issuing(BaseModel):
    """How a document was issued: place, issuing body, signer. `missing_files` are files that its envelope names and
    does not hold."""

    place: str = ""
    organ_name: str = ""
    signer: Signer | None = None
    missing_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewDocument:
    """A document to send; exactly one of the four recipients is set."""

    subject: str
    body: str | None = None
    kind: str = "official_letter"
    unit_code: str | None = None
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    organ_id: str | None = None
    from_unit_code: str | None = None
    due_on: date | None = None
    in_reply_to: UUID | None = None
    place: str | None = None
    signer: Signer | None = None

    @property
    def recipient_kind(self) -> str:
        """What the recipient is: a unit, a resident, an organization, or an agency elsewhere."""
        named = {"unit": self.unit_code, "resident": self.resident_id, "organization": self.organization_id}
        return next((kind for kind, who in named.items() if who is not None), "organ")


class BrokenChain(Exception):
    """The status chain has no such step; `legal` lists the steps that it has."""

    def __init__(self, legal: frozenset[ExchangeStatus]) -> None:
        super().__init__("not a step of the status chain")
        self.legal = tuple(sorted(legal))


class Document(Table, table=True):
    """One document. Sender and recipient are either a unit or a resident or an organization; subject and text are encrypted."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_sender_unit", "sender_unit_id", "id", postgresql_where="sender_unit_id IS NOT NULL"),
        Index("ix_document_unit", "recipient_unit_id", "id", postgresql_where="recipient_unit_id IS NOT NULL"),
        Index("ix_document_from", "sender_id", "id", postgresql_where="sender_id IS NOT NULL"),
        Index("ix_document_search", "search_marks", postgresql_using="gin"),
        Index("ix_document_unmarked", "id", postgresql_where="search_marks IS NULL"),
        Index("ix_document_edxml", "edxml_id", postgresql_where="edxml_id IS NOT NULL"),
        Index("ix_document_to", "recipient_id", "id", postgresql_where="recipient_id IS NOT NULL"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    number: int
    symbol: str = Field(sa_type=Text)
    issued_on: date
    kind: str = Field(sa_type=Text)
    sender_unit_id: UUID | None = None
    sender_unit_code: str | None = Field(default=None, sa_type=Text)
    sender_id: UUID | None = None
    recipient_unit_id: UUID | None = None
    recipient_unit_code: str | None = Field(default=None, sa_type=Text)
    recipient_id: UUID | None = None
    recipient_kind: str = Field(sa_type=Text)
    subject: bytes = Field(sa_type=LargeBinary)
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    media_type: str | None = Field(default=None, sa_type=Text)
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    signatures: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    in_reply_to: UUID | None = None
    edxml_id: str | None = Field(default=None, sa_type=Text)
    sender_organ_id: str | None = Field(default=None, sa_type=Text)
    recipient_organ_id: str | None = Field(default=None, sa_type=Text)
    due_on: date | None = None
    recall: int | None = None
    status: int = int(ExchangeStatus.ARRIVED)
    sent_at: datetime = Field(sa_type=aware())
    sent_by: str = Field(sa_type=Text)
    received_at: datetime | None = Field(default=None, sa_type=aware())
    received_by: str | None = Field(default=None, sa_type=Text)
    arrival_number: int | None = None
    changed_at: datetime = Field(sa_type=aware())
    status_note: bytes | None = Field(default=None, sa_type=LargeBinary)
    search_marks: list[bytes] | None = Field(default=None, sa_type=ARRAY(LargeBinary))
    issuing: bytes | None = Field(default=None, sa_type=LargeBinary)

    def write_issuing(self, issuing: Issuing) -> None:
        """Encrypts place, issuing body and signer for this row."""
        self.issuing = encrypt(ISSUING, str(self.id), issuing.model_dump_json())

    def read_issuing(self) -> Issuing:
        """Place, issuing body and signer, decrypted; empty for documents of an older release."""
        if self.issuing is None:
            return Issuing()
        return Issuing.model_validate_json(decrypt_text(ISSUING, str(self.id), self.issuing))

    def write_status_note(self, note: str | None) -> None:
        """Encrypts the note of the newest status for this row; a status without one clears it."""
        self.status_note = encrypt(STATUS_NOTE, str(self.id), note) if note else None

    def read_status_note(self) -> str | None:
        """The decrypted note of the newest status."""
        return decrypt_text(STATUS_NOTE, str(self.id), self.status_note) if self.status_note else None

    def write(self, subject: str, body: str | None) -> None:
        """Encrypts subject and text for this row."""
        self.subject = encrypt(SUBJECT, str(self.id), subject)
        self.body = encrypt(BODY, str(self.id), body) if body else None
        self.search_marks = word_marks(DOCUMENT_WORD, subject, body)

    def mark(self) -> None:
        """Writes the blind indexes of subject and text again, under the newest key."""
        self.search_marks = word_marks(DOCUMENT_WORD, self.read_subject(), self.read_body())

    def read_subject(self) -> str:
        """The decrypted subject."""
        return decrypt_text(SUBJECT, str(self.id), self.subject)

    def read_body(self) -> str | None:
        """The decrypted text."""
        return decrypt_text(BODY, str(self.id), self.body) if self.body else None

    @property
    def code(self) -> ExchangeStatus | Recall:
        """The status that other agencies receive: an open or agreed recall takes precedence over the chain."""
        return ExchangeStatus(self.status) if self.recall in (None, Recall.REFUSED) else Recall(self.recall)

    @property
    def status_name(self) -> str:
        """The status as one code, e.g. `received`, `recall_requested`."""
        name = self.code.name.lower()
        return f"recall_{name}" if isinstance(self.code, Recall) else name

    def state(self) -> dict[str, Any]:
        """The members of a `DocumentState`: what other services may know."""
        return {
            "document_id": self.id,
            "version": self.version,
            "status": self.status_name,
            "at": self.changed_at,
            "sender_unit_code": self.sender_unit_code,
            "recipient_unit_code": self.recipient_unit_code,
            "sender_id": self.sender_id,
            "recipient_id": self.recipient_id,
        }

    def legal(self) -> frozenset[ExchangeStatus]:
        """Where the recipient may take it now; nowhere while it is asked back or given back."""
        return CHAIN[ExchangeStatus(self.status)] if isinstance(self.code, ExchangeStatus) else frozenset()

    def advance(self, to: ExchangeStatus) -> None:
        """Goes one step along the chain; raises BrokenChain."""
        if to not in self.legal():
            raise BrokenChain(self.legal())
        self.status = int(to)

    def ask_back(self) -> None:
        """The sender asks for it back, once, while it is not dealt with; raises BrokenChain."""
        if self.recall is not None or not self.legal():
            raise BrokenChain(self.legal())
        self.recall = int(Recall.REQUESTED)

    def answer_recall(self, answer: Recall) -> None:
        """The recipient agrees to give it back, or refuses and goes on; raises BrokenChain."""
        if self.recall != Recall.REQUESTED:
            raise BrokenChain(self.legal())
        self.recall = int(answer)

    def apply_reported_status(self, code: int) -> bool:
        """Applies a status reported by the other agency. Replies arrive twice and late, so the status never goes back; returns
        whether anything changed."""
        if code in set(Recall):
            has_changed, self.recall = self.recall != code, code
            return has_changed
        if self.status in (ExchangeStatus.REFUSED, ExchangeStatus.COMPLETED) or code <= self.status:
            return False
        self.status = int(ExchangeStatus(code))
        return True


class DocumentFile(Table, table=True):
    """A further file of a document, encrypted for this row; the first file is a column of the document."""

    __tablename__ = "document_file"
    __table_args__ = (Index("ix_document_file_document", "document_id", "id"),)

    id: UUID = Field(primary_key=True)
    document_id: UUID
    media_type: str = Field(sa_type=Text)
    size: int
    sha256: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    signatures: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class DocumentSerial(Table, table=True):
    """The last number of a unit's register of a year: outgoing (`sent`) or arriving (`inbox`)."""

    __tablename__ = "document_serial"

    book: str = Field(primary_key=True, sa_type=Text)
    year: int = Field(primary_key=True)
    last: int
