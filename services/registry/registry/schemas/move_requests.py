"""Bodies about moves between communes."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web.bodies import RequestBody
from chassis.web.imports import ActorView
from chassis.web.past import not_before
from registry.identifiers import mask
from registry.queries.move_requests import ShownMove
from registry.schemas.checked import BirthDate, PastDay, PersonalId, PersonName, ShortText

MoveStatus = Literal["requested", "completed", "refused", "withdrawn", "reversed"]
Reason = Annotated[str, Field(min_length=3, max_length=500)]


class MoveCreate(RequestBody):
    """A person who has moved into a unit of the caller, as written down from their papers."""

    personal_id: PersonalId
    """The personal number (số định danh)."""
    full_name: PersonName
    """The full name as on the card."""
    date_of_birth: BirthDate
    """The date of birth."""
    to_unit_code: ShortText
    """The village or commune into which the person has moved."""
    moved_on: Annotated[PastDay, not_before("date_of_birth")]
    """The first day in the new unit, today at the latest."""
    reason: Reason
    """Why the record should move, for the officers of the old commune."""


class MoveAccepted(BaseModel):
    """The request is stored: the same words whether or not the registry knows the person."""

    id: UUID
    """The id of the request."""
    status: MoveStatus
    """`completed` at once where the person lives in the caller's own units, otherwise `requested`."""


class MoveDecision(RequestBody):
    """The decision of the old commune."""

    accept: bool
    """Whether the person moves."""
    reason: Annotated[str | None, Field(min_length=3, max_length=500)] = None
    """Needed to refuse."""


class MoveReversal(RequestBody):
    """Taking a completed move back."""

    reason: Reason
    """Why it was wrong."""


class MoveView(BaseModel):
    """A request to move. Names and numbers are shown with a purpose only; a number is masked."""

    id: UUID
    """The id of the request."""
    status: MoveStatus
    """`requested`, `completed`, `refused`, `withdrawn` by the receiving commune, or `reversed` after it was completed."""
    resident_id: UUID | None
    """The resident, to callers in whose units they live."""
    personal_id: str | None
    """The number as written down, masked."""
    full_name: str | None
    """The name as written down."""
    date_of_birth: date | None
    """The date of birth as written down."""
    to_unit_code: str
    """The receiving unit."""
    from_unit_code: str | None
    """The old unit, to the old commune and, once decided, to both."""
    moved_on: date
    """The first day in the new unit."""
    reason: str | None
    """Why the record should move."""
    requested_at: datetime
    """When the request was sent."""
    requested_by: ActorView
    """Who sent it."""
    decide_by: date
    """The last day for the old commune; after it the province may decide."""
    decided_at: datetime | None
    """When it was decided."""
    decided_by: ActorView | None
    """Who decided."""
    decision_reason: str | None
    """The reason of the decision."""

    @classmethod
    def of(cls, shown: ShownMove, *, in_full: bool) -> Self:
        """The view of a request; `in_full`: with what was written down about the person."""
        move = shown.move
        person, decision = (move.decrypted_person(), move.decrypted_decision()) if in_full else (None, None)
        decided = ActorView(role="officer", body=move.decided_body, unit_code=move.decided_unit_code)
        return cls(
            id=move.id, status=move.status, resident_id=move.resident_id if shown.is_known else None,
            personal_id=mask(person.personal_id) if person else None, full_name=person.full_name if person else None,
            date_of_birth=person.date_of_birth if person else None, to_unit_code=shown.to_unit_code,
            from_unit_code=shown.from_unit_code, moved_on=move.moved_on,
            reason=move.decrypted_reason() if in_full else None, requested_at=move.requested_at,
            requested_by=ActorView(role="officer", body=move.requested_body, unit_code=move.requested_unit_code),
            decide_by=move.decide_by, decided_at=move.decided_at, decided_by=decided if move.decided_at else None,
            decision_reason=decision,
        )  # fmt: skip
