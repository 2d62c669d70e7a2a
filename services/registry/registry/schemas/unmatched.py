"""Bodies about partners' events that wait for their subject."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel

from chassis.web.bodies import RequestBody
from chassis.web.vocabulary import OneOf
from registry.identifiers import mask, mask_phone, plain
from registry.model.unmatched import data_of
from registry.queries.unmatched import WaitingEvent


class CandidateView(BaseModel):
    """A resident who may be the subject."""

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
    reason: Annotated[str, OneOf("unknown", "ambiguous")]
    subject_kind: str
    subject: str
    unit_code: str | None
    candidates: list[CandidateView]

    @classmethod
    def of(cls, waiting: WaitingEvent) -> Self:
        """The view of a waiting event."""
        event, subject = waiting.event, subject_in(data_of(waiting.event))
        return cls(
            id=event.id, delivery_id=event.delivery_id, partner_id=event.partner_id, event=event.event,
            occurred_at=event.occurred_at, received_at=event.received_at, reason=event.reason,
            subject_kind=event.subject_kind, subject=subject, unit_code=waiting.unit_code,
            candidates=[
                CandidateView(resident_id=resident.id, full_name=resident.full_name, unit_code=unit_code)
                for resident, unit_code in waiting.candidates
            ],
        )  # fmt: skip


def subject_in(data: Mapping[str, Any]) -> str:
    """The number by which a partner names the subject, masked."""
    resident, organization = data.get("resident") or {}, data.get("organization") or {}
    number = str(resident.get("personal_id") or organization.get("tax_code") or "")
    return mask(plain(number)) if number else mask_phone(plain(str(resident.get("phone") or "")))


class ResolveBody(RequestBody):
    """The subject."""

    resident_id: UUID


class ResolvedView(BaseModel):
    """The event was applied to this resident."""

    id: UUID
    resident_id: UUID
    resolved_at: datetime
