"""Bodies about partners' events that wait for their person."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class CandidateView(BaseModel):
    """Somebody it may be about."""

    resident_id: UUID
    full_name: str
    unit_code: str


class UnmatchedView(BaseModel):
    """A waiting event; its subject is masked."""

    id: UUID
    delivery_id: UUID
    partner_id: str
    event: str
    occurred_at: datetime
    received_at: datetime
    reason: str
    subject_kind: str
    subject: str
    unit_code: str | None
    candidates: list[CandidateView]


class ResolveBody(BaseModel):
    """Who it is."""

    resident_id: UUID


class ResolvedView(BaseModel):
    """The event was applied to this resident."""

    id: UUID
    resident_id: UUID
    resolved_at: datetime
