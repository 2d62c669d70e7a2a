"""Feedback and petitions (phản ánh, kiến nghị) with their history and photographs."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from casework.calendar import WorkingCalendar
from casework.model import Table
from casework.model.petitions import (
    WAITING,
    FeedbackAction,
    FeedbackActor,
    FeedbackCategory,
    FeedbackStatus,
    answer_due_at,
    legal_feedback_actions,
    next_feedback_status,
)
from casework.model.search import word_marks
from chassis.security.encryption import CipherContext, blind_index, blind_indexes, decrypt_text, encrypt
from chassis.security.identity import Caller
from chassis.storage.database import aware

TEXT = CipherContext("casework", "feedback", "text")
ANSWER = CipherContext("casework", "feedback", "answer")
ESCALATION_WORKING_DAYS = 2
LAST_LEVEL = 3
FEEDBACK_NOTE = CipherContext("casework", "feedback_step", "note")
AUTHOR, FEEDBACK_WORD = "feedback_author", "feedback_word"
NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-]?\d){7,}(?!\d)")
PHOTO = CipherContext("casework", "feedback_photo", "content")


class Feedback(Table, table=True):
    """Feedback to the authorities. Anonymous feedback has no author id, only a blind index that its author can prove."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_unit", "unit_id", "id"),
        Index("ix_feedback_author", "resident_id", "id", postgresql_where="resident_id IS NOT NULL"),
        Index("ix_feedback_organization", "organization_id", "id", postgresql_where="organization_id IS NOT NULL"),
        Index("ix_feedback_waiting", "escalate_at", postgresql_where="status IN ('received', 'assigned')"),
        Index("ix_feedback_search", "search_marks", postgresql_using="gin"),
        Index("ix_feedback_unmarked", "id", postgresql_where="search_marks IS NULL"),
        Index("ix_feedback_shingles", "shingles", postgresql_using="gin"),
    )

    id: UUID = Field(primary_key=True)
    version: int = 1
    unit_id: UUID
    unit_code: str = Field(sa_type=Text)
    category: str = Field(sa_type=Text)
    status: str = Field(default=FeedbackStatus.RECEIVED.value, sa_type=Text)
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    is_anonymous: bool = False
    author_mark: bytes = Field(sa_type=LargeBinary)
    text: bytes = Field(sa_type=LargeBinary)
    shingles: list[bytes] = Field(sa_type=ARRAY(LargeBinary))
    search_marks: list[bytes] | None = Field(default=None, sa_type=ARRAY(LargeBinary))
    answer: bytes | None = Field(default=None, sa_type=LargeBinary)
    assignee: str | None = Field(default=None, sa_type=Text)
    received_at: datetime = Field(sa_type=aware())
    counted_from: datetime = Field(sa_type=aware())
    due_at: datetime = Field(sa_type=aware())
    answered_at: datetime | None = Field(default=None, sa_type=aware())
    publish_due_at: datetime | None = Field(default=None, sa_type=aware())
    published_at: datetime | None = Field(default=None, sa_type=aware())
    on_time: bool | None = None
    rating: int | None = None
    reopened: int = 0
    escalation: int = 0
    escalate_at: datetime | None = Field(default=None, sa_type=aware())
    duplicate_of: UUID | None = None
    changed_at: datetime = Field(sa_type=aware())

    def is_by(self, caller: Caller) -> bool:
        """Whether this caller wrote it; also answers for anonymous feedback."""
        return self.author_mark in blind_indexes(AUTHOR, _author(self.id, caller))

    def legal(self, actor: FeedbackActor) -> tuple[FeedbackAction, ...]:
        """What this actor may do now."""
        return legal_feedback_actions(FeedbackStatus(self.status), actor)

    def advance(self, action: FeedbackAction, actor: FeedbackActor) -> None:
        """Moves along the table; raises FeedbackNotYours or FeedbackIllegal."""
        self.status = next_feedback_status(FeedbackStatus(self.status), action, actor).value

    def count_from(self, calendar: WorkingCalendar, at: datetime) -> None:
        """Starts the clock anew: at sending, at a transfer, at a supplement, at a reopening."""
        self.counted_from = at
        self.due_at = self.escalate_at = answer_due_at(calendar, FeedbackCategory(self.category), at)
        self.escalation = 0
        self.answered_at = self.publish_due_at = self.published_at = self.on_time = None

    def escalate(self, calendar: WorkingCalendar) -> None:
        """Escalates to the next level, and to the one above it some working days later, up to the last level."""
        self.escalation += 1
        self.escalate_at = None
        if self.escalation < LAST_LEVEL:
            self.escalate_at = calendar.deadline(self.due_at, ESCALATION_WORKING_DAYS * self.escalation)

    def state(self) -> dict[str, Any]:
        """The members of a `FeedbackState`: what other services may know."""
        return {
            "feedback_id": self.id,
            "version": self.version,
            "unit_id": self.unit_id,
            "unit_code": self.unit_code,
            "category": self.category,
            "status": self.status,
            "at": self.changed_at,
            "received_at": self.received_at,
            "due_at": self.due_at,
            "answered_at": self.answered_at,
            "is_on_time": self.on_time,
            "rating": self.rating,
            "resident_id": self.resident_id,
            "escalation": self.escalation,
        }

    @property
    def is_waiting(self) -> bool:
        """Whether an answer of the office is outstanding."""
        return self.status in WAITING

    def write(self, text: str) -> None:
        """Encrypts the text for this row and stores blind indexes by which near-duplicates are found."""
        self.text = encrypt(TEXT, str(self.id), text)
        self.shingles = shingles(text)
        self.search_marks = word_marks(FEEDBACK_WORD, text)

    def mark(self) -> None:
        """Writes the blind indexes of the text again, under the newest key."""
        self.search_marks = word_marks(FEEDBACK_WORD, self.read(), self.read_answer())

    def read(self) -> str:
        """The decrypted text."""
        return decrypt_text(TEXT, str(self.id), self.text)

    def write_answer(self, text: str) -> None:
        """Encrypts the answer for this row."""
        self.answer = encrypt(ANSWER, str(self.id), text)
        self.search_marks = word_marks(FEEDBACK_WORD, self.read(), text)

    def read_answer(self) -> str | None:
        """The decrypted answer."""
        return decrypt_text(ANSWER, str(self.id), self.answer) if self.answer else None


class FeedbackStep(Table, table=True):
    """One action on feedback; the note is encrypted, the author of anonymous feedback stays unnamed."""

    __tablename__ = "feedback_step"
    __table_args__ = (Index("ix_feedback_step_feedback", "feedback_id", "id"),)

    id: UUID = Field(primary_key=True)
    feedback_id: UUID
    action: str = Field(sa_type=Text)
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=aware())
    actor: str = Field(sa_type=Text)
    note: bytes | None = Field(default=None, sa_type=LargeBinary)

    def write(self, note: str | None) -> None:
        """Encrypts the note for this row."""
        self.note = encrypt(FEEDBACK_NOTE, str(self.id), note) if note else None

    def read(self) -> str | None:
        """The decrypted note."""
        return decrypt_text(FEEDBACK_NOTE, str(self.id), self.note) if self.note else None


class FeedbackPhoto(Table, table=True):
    """A photograph or paper attached to feedback, encrypted for this row."""

    __tablename__ = "feedback_photo"
    __table_args__ = (Index("ix_feedback_photo_feedback", "feedback_id", "id"),)

    id: UUID = Field(primary_key=True)
    feedback_id: UUID
    media_type: str = Field(sa_type=Text)
    size: int
    sha256: bytes = Field(sa_type=LargeBinary)
    content: bytes = Field(sa_type=LargeBinary)
    attached_at: datetime = Field(sa_type=aware())


def author_mark(feedback_id: UUID, caller: Caller) -> bytes:
    """A blind index by which an author is recognised; the database does not reveal who it is."""
    return blind_index(AUTHOR, _author(feedback_id, caller))


def _author(feedback_id: UUID, caller: Caller) -> str:
    return f"{feedback_id}|{caller.resident_id or caller.organization_id or caller.account}"


def shingles(text: str) -> list[bytes]:
    """Blind indexes of the text's word triples (at most 64): similar texts share most of them."""
    words = "".join(character if character.isalnum() else " " for character in text.casefold()).split()
    triples = {" ".join(words[start : start + 3]) for start in range(max(len(words) - 2, 1))}
    return sorted(blind_index("feedback_shingle", triple)[:8] for triple in triples)[:64]


def without_numbers(text: str) -> str:
    """A text for publication: phone, personal and account numbers (8 digits or more) are masked."""
    return NUMBER.sub("***", text)


def likeness(one: list[bytes], other: list[bytes]) -> float:
    """The share of marks that two texts have in common, 0 to 1."""
    together = set(one) | set(other)
    return len(set(one) & set(other)) / len(together) if together else 0.0
