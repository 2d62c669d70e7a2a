"""The lifecycle of feedback (phản ánh, kiến nghị) as one table, and its deadlines by indicator 5.2 of the national index."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from casework.calendar import FeedbackDeadlines, WorkingCalendar


class FeedbackCategory(StrEnum):
    """Regulations and procedures, the conduct of officials, or a report from the field."""

    REGULATION = "regulation"
    CONDUCT = "conduct"
    FIELD = "field"


class FeedbackStatus(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    ANSWERED = "answered"
    PUBLISHED = "published"
    REFUSED = "refused"
    CLOSED = "closed"


class FeedbackAction(StrEnum):
    ASSIGN = "assign"
    TRANSFER = "transfer"
    REFUSE = "refuse"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLEMENT = "supplement"
    ANSWER = "answer"
    PUBLISH = "publish"
    REOPEN = "reopen"
    CLOSE = "close"
    RATE = "rate"


class FeedbackActor(StrEnum):
    AUTHOR = "author"
    OFFICER = "officer"


@dataclass(frozen=True)
class FeedbackDecision:
    """One action on feedback. `assignee` goes with `assign`, `unit_code` with `transfer`, `rating` with `rate`, `text` or
    `note` with `answer`; `duplicate_of` may go with `close`."""

    action: FeedbackAction
    note: str | None = None
    text: str | None = None
    assignee: str | None = None
    unit_code: str | None = None
    rating: int | None = None
    duplicate_of: UUID | None = None


class FeedbackTransition(NamedTuple):
    """One line of the table."""

    status: FeedbackStatus
    action: FeedbackAction
    next: FeedbackStatus
    actors: frozenset[FeedbackActor]


_OFFICE = frozenset({FeedbackActor.OFFICER})
_AUTHOR = frozenset({FeedbackActor.AUTHOR})
_BOTH = _OFFICE | _AUTHOR
_S, _A = FeedbackStatus, FeedbackAction

FEEDBACK_TRANSITIONS: tuple[FeedbackTransition, ...] = (
    FeedbackTransition(_S.RECEIVED, _A.ASSIGN, _S.ASSIGNED, _OFFICE),
    FeedbackTransition(_S.RECEIVED, _A.TRANSFER, _S.RECEIVED, _OFFICE),
    FeedbackTransition(_S.RECEIVED, _A.REFUSE, _S.REFUSED, _OFFICE),
    FeedbackTransition(_S.RECEIVED, _A.REQUEST_SUPPLEMENT, _S.SUPPLEMENT_REQUESTED, _OFFICE),
    FeedbackTransition(_S.RECEIVED, _A.ANSWER, _S.ANSWERED, _OFFICE),
    FeedbackTransition(_S.RECEIVED, _A.CLOSE, _S.CLOSED, _AUTHOR),
    #
    FeedbackTransition(_S.ASSIGNED, _A.ASSIGN, _S.ASSIGNED, _OFFICE),
    FeedbackTransition(_S.ASSIGNED, _A.TRANSFER, _S.RECEIVED, _OFFICE),
    FeedbackTransition(_S.ASSIGNED, _A.REFUSE, _S.REFUSED, _OFFICE),
    FeedbackTransition(_S.ASSIGNED, _A.REQUEST_SUPPLEMENT, _S.SUPPLEMENT_REQUESTED, _OFFICE),
    FeedbackTransition(_S.ASSIGNED, _A.ANSWER, _S.ANSWERED, _OFFICE),
    FeedbackTransition(_S.ASSIGNED, _A.CLOSE, _S.CLOSED, _AUTHOR),
    #
    FeedbackTransition(_S.SUPPLEMENT_REQUESTED, _A.SUPPLEMENT, _S.ASSIGNED, _BOTH),
    FeedbackTransition(_S.SUPPLEMENT_REQUESTED, _A.REFUSE, _S.REFUSED, _OFFICE),
    FeedbackTransition(_S.SUPPLEMENT_REQUESTED, _A.CLOSE, _S.CLOSED, _BOTH),
    #
    FeedbackTransition(_S.ANSWERED, _A.PUBLISH, _S.PUBLISHED, _OFFICE),
    FeedbackTransition(_S.ANSWERED, _A.RATE, _S.ANSWERED, _AUTHOR),
    FeedbackTransition(_S.ANSWERED, _A.REOPEN, _S.ASSIGNED, _BOTH),
    FeedbackTransition(_S.ANSWERED, _A.CLOSE, _S.CLOSED, _BOTH),
    #
    FeedbackTransition(_S.PUBLISHED, _A.RATE, _S.PUBLISHED, _AUTHOR),
    FeedbackTransition(_S.PUBLISHED, _A.REOPEN, _S.ASSIGNED, _BOTH),
    FeedbackTransition(_S.PUBLISHED, _A.CLOSE, _S.CLOSED, _BOTH),
    #
    FeedbackTransition(_S.REFUSED, _A.REOPEN, _S.ASSIGNED, _BOTH),
    FeedbackTransition(_S.REFUSED, _A.CLOSE, _S.CLOSED, _BOTH),
    #
    FeedbackTransition(_S.CLOSED, _A.RATE, _S.CLOSED, _AUTHOR),
    FeedbackTransition(_S.CLOSED, _A.REOPEN, _S.ASSIGNED, _BOTH),
)

WAITING = frozenset({_S.RECEIVED, _S.ASSIGNED})

_ACTORS: dict[FeedbackAction, frozenset[FeedbackActor]] = {
    action: frozenset[FeedbackActor]().union(*(row.actors for row in FEEDBACK_TRANSITIONS if row.action is action))
    for action in FeedbackAction
}


class FeedbackNotYours(Exception):
    """This actor may never take this action."""


class FeedbackIllegal(Exception):
    """The table has no such row; `legal` names the actions that this actor may take instead."""

    def __init__(self, status: FeedbackStatus, action: FeedbackAction, legal: Iterable[FeedbackAction]) -> None:
        super().__init__(f"{action} is not legal in {status}")
        self.status = status
        self.action = action
        self.legal = tuple(legal)


def legal_feedback_actions(status: FeedbackStatus, actor: FeedbackActor) -> tuple[FeedbackAction, ...]:
    """What `actor` may do to feedback that stands in `status`."""
    return tuple(row.action for row in FEEDBACK_TRANSITIONS if row.status is status and actor in row.actors)


def next_feedback_status(status: FeedbackStatus, action: FeedbackAction, actor: FeedbackActor) -> FeedbackStatus:
    """Where the action leads; raises FeedbackNotYours or FeedbackIllegal."""
    if actor not in _ACTORS[action]:
        raise FeedbackNotYours(action)
    for row in FEEDBACK_TRANSITIONS:
        if row.status is status and row.action is action and actor in row.actors:
            return row.next
    raise FeedbackIllegal(status, action, legal_feedback_actions(status, actor))


def deadlines_of(calendar: WorkingCalendar, category: FeedbackCategory) -> FeedbackDeadlines:
    """The duties towards feedback of this category, in working days."""
    return calendar.feedback[category]


def answer_due_at(calendar: WorkingCalendar, category: FeedbackCategory, since: datetime) -> datetime:
    """When it must be handled, counted from sending or from the last transfer."""
    return calendar.deadline(since, deadlines_of(calendar, category).handle)


def publish_due_at(calendar: WorkingCalendar, category: FeedbackCategory, answered_at: datetime) -> datetime:
    """When the result must be public."""
    return calendar.deadline(answered_at, deadlines_of(calendar, category).publish)
