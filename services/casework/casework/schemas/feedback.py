"""Request bodies and views of feedback."""

import base64
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, BaseModel, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from casework.model.petitions import FeedbackAction, FeedbackCategory, FeedbackDecision, FeedbackStatus
from casework.schemas.dossiers import Code, Local, Short, refuse_unused
from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf

FeedbackText = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]


class Photo(RequestBody):
    """A photograph or paper, base64."""

    content: Annotated[str, StringConstraints(max_length=14_000_000)]

    @field_validator("content")
    @classmethod
    def _is_base64(cls, content: str) -> str:
        base64_bytes(content)
        return content

    def decoded(self) -> bytes:
        """The bytes."""
        return base64_bytes(self.content)


def base64_bytes(text: str) -> bytes:
    """The bytes of a base64 text; a field error for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise PydanticCustomError("not-base64", "This is not base64.", {"vi": "Không phải base64."}) from error


class FeedbackCreate(RequestBody):
    """Feedback to the authorities."""

    unit_code: Code
    category: FeedbackCategory
    text: FeedbackText
    anonymous: bool = False
    attachments: list[Photo] = Field(default_factory=list, max_length=5)


class FeedbackAct(RequestBody):
    """What is done. `assignee` goes with `assign`, `unit_code` with `transfer`, `rating` with `rate`; `text` or `note` with
    `answer`; `duplicate_of` may go with `close`."""

    action: FeedbackAction
    note: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    text: FeedbackText | None = Field(default=None, validation_alias=AliasChoices("text", "answer"))
    assignee: Short | None = None
    unit_code: Code | None = None
    rating: int | None = Field(default=None, ge=1, le=5, validation_alias=AliasChoices("rating", "score", "stars"))
    duplicate_of: UUID | None = None

    @model_validator(mode="after")
    def _has_only_what_the_action_takes(self) -> "FeedbackAct":
        taken_by = {"assignee": "assign", "unit_code": "transfer", "rating": "rate", "duplicate_of": "close"}
        refuse_unused(self, self.action, taken_by)
        return self

    def to_decision(self) -> FeedbackDecision:
        """The value that commands take."""
        return FeedbackDecision(**self.model_dump())


class PhotoView(BaseModel):
    id: UUID
    media_type: str
    size: int


class FeedbackStepView(BaseModel):
    action: Annotated[str, OneOf(FeedbackAction)]
    before: Annotated[str, OneOf(FeedbackStatus)]
    after: Annotated[str, OneOf(FeedbackStatus)]
    at: Local
    note: str | None


class Similar(BaseModel):
    """Feedback with a similar text."""

    id: UUID
    likeness: float


class FeedbackLine(BaseModel):
    """Feedback in a list: never its author."""

    id: UUID
    unit_code: str
    category: Annotated[str, OneOf(FeedbackCategory)]
    status: Annotated[str, OneOf(FeedbackStatus)]
    anonymous: bool
    received_at: Local
    due_at: Local
    answered_at: Local | None
    published_at: Local | None
    publish_due_at: Local | None
    is_overdue: bool
    is_on_time: bool | None
    rating: int | None
    escalation: int
    assignee: str | None
    text: str = ""
    """What was written; empty for an officer who names no purpose, unless it is anonymous, and in the answer of an action."""
    legal_actions: list[Annotated[str, OneOf(FeedbackAction)]]


class FeedbackView(FeedbackLine):
    """Feedback whole."""

    text: str
    answer: str | None
    resident_id: UUID | None
    organization_id: UUID | None
    reopened: int
    duplicate_of: UUID | None
    attachments: list[PhotoView]
    similar: list[Similar]
    history: list[FeedbackStepView]


class PublishedFeedback(BaseModel):
    """The public part: question and answer, never the author."""

    id: UUID
    unit_code: str
    category: Annotated[str, OneOf(FeedbackCategory)]
    text: str
    answer: str | None
    received_at: datetime
    answered_at: Local | None
    published_at: Local | None
    rating: int | None
