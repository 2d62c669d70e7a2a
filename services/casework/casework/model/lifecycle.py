"""The lifecycle of a dossier as one table: status, action, actor, next status.

The ten national codes are those every Vietnamese one-stop system exchanges with the National Public Service Portal.
"""

from collections.abc import Iterable
from enum import IntEnum, StrEnum
from typing import NamedTuple


class NationalStatus(IntEnum):
    """The national portal's states of a dossier."""

    NEWLY_FILED = 1
    RECEIVED = 2
    NOT_RECEIVED = 3
    IN_PROCESS = 4
    SUPPLEMENT_REQUESTED = 5
    PAYMENT_DUE = 6
    WITHDRAWN = 7
    STOPPED = 8
    SETTLED = 9
    RESULT_RETURNED = 10


class Status(StrEnum):
    """The platform's states; a draft has not been submitted and has no national code."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PROCESSING = "processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_DUE = "payment_due"
    DRAFT_RESULT_SENT = "draft_result_sent"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    APPROVED = "approved"
    RETURNED = "returned"


class Action(StrEnum):
    """What can be done to a dossier."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    PROCESS = "process"
    REQUEST_SUPPLEMENT = "request_supplement"
    SUPPLEMENT = "supplement"
    REQUEST_PAYMENT = "request_payment"
    PAY = "pay"
    EXTEND = "extend"
    SEND_DRAFT_RESULT = "send_draft_result"
    CONFIRM_DRAFT_RESULT = "confirm_draft_result"
    DISPUTE_DRAFT_RESULT = "dispute_draft_result"
    APPROVE = "approve"
    REJECT = "reject"
    RETURN_RESULT = "return_result"
    WITHDRAW = "withdraw"
    REVERT = "revert"
    REVOKE_RESULT = "revoke_result"


SECOND_OFFICER = frozenset({Action.REVERT, Action.REVOKE_RESULT})
"""The way back of an officer's action, by another officer of the unit. Where it leads is in the history, not in the table."""


class Actor(StrEnum):
    """Who acts: the applicant, an officer of the unit that decides, an officer of another unit at whose desk it was filed,
    or the platform (a payment came, a day passed)."""

    APPLICANT = "applicant"
    OFFICER = "officer"
    DESK = "desk"
    PLATFORM = "platform"


NATIONAL: dict[Status, NationalStatus | None] = {
    Status.DRAFT: None,
    Status.SUBMITTED: NationalStatus.NEWLY_FILED,
    Status.ACCEPTED: NationalStatus.RECEIVED,
    Status.PROCESSING: NationalStatus.IN_PROCESS,
    Status.SUPPLEMENT_REQUESTED: NationalStatus.SUPPLEMENT_REQUESTED,
    Status.PAYMENT_DUE: NationalStatus.PAYMENT_DUE,
    Status.DRAFT_RESULT_SENT: NationalStatus.IN_PROCESS,
    Status.REFUSED: NationalStatus.NOT_RECEIVED,
    Status.WITHDRAWN: NationalStatus.WITHDRAWN,
    Status.REJECTED: NationalStatus.STOPPED,
    Status.APPROVED: NationalStatus.SETTLED,
    Status.RETURNED: NationalStatus.RESULT_RETURNED,
}

OPEN = frozenset(
    {
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.PROCESSING,
        Status.SUPPLEMENT_REQUESTED,
        Status.PAYMENT_DUE,
        Status.DRAFT_RESULT_SENT,
    }
)
# States in which the office owes nothing more: each ends the clock (Decision 766/QĐ-TTg, indicator 2.1).
SETTLED = frozenset({Status.APPROVED, Status.RETURNED, Status.REJECTED, Status.REFUSED, Status.WITHDRAWN})


class Transition(NamedTuple):
    """One line of the table. `received` limits it to dossiers validly received (True) or not yet (False)."""

    status: Status
    action: Action
    next: Status
    actors: frozenset[Actor]
    received: bool | None = None


_APPLICANT_SIDE = frozenset({Actor.APPLICANT, Actor.OFFICER, Actor.DESK})
_OFFICE = frozenset({Actor.OFFICER})
_PLATFORM = frozenset({Actor.PLATFORM})
_S, _A = Status, Action

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.DRAFT, _A.SUBMIT, _S.SUBMITTED, _APPLICANT_SIDE),
    #
    Transition(_S.SUBMITTED, _A.ACCEPT, _S.ACCEPTED, _OFFICE),
    Transition(_S.SUBMITTED, _A.REFUSE, _S.REFUSED, _OFFICE),
    Transition(_S.SUBMITTED, _A.REQUEST_SUPPLEMENT, _S.SUPPLEMENT_REQUESTED, _OFFICE),
    Transition(_S.SUBMITTED, _A.TRANSFER, _S.SUBMITTED, _OFFICE | _PLATFORM),
    Transition(_S.SUBMITTED, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.SUPPLEMENT_REQUESTED, _A.SUPPLEMENT, _S.SUBMITTED, _APPLICANT_SIDE, received=False),
    Transition(_S.SUPPLEMENT_REQUESTED, _A.SUPPLEMENT, _S.PROCESSING, _APPLICANT_SIDE, received=True),
    Transition(_S.SUPPLEMENT_REQUESTED, _A.REFUSE, _S.REFUSED, _OFFICE, received=False),
    Transition(_S.SUPPLEMENT_REQUESTED, _A.REJECT, _S.REJECTED, _OFFICE, received=True),
    Transition(_S.SUPPLEMENT_REQUESTED, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.ACCEPTED, _A.PROCESS, _S.PROCESSING, _OFFICE),
    Transition(_S.ACCEPTED, _A.TRANSFER, _S.ACCEPTED, _OFFICE),
    Transition(_S.ACCEPTED, _A.REQUEST_SUPPLEMENT, _S.SUPPLEMENT_REQUESTED, _OFFICE),
    Transition(_S.ACCEPTED, _A.REQUEST_PAYMENT, _S.PAYMENT_DUE, _OFFICE),
    Transition(_S.ACCEPTED, _A.EXTEND, _S.ACCEPTED, _OFFICE),
    Transition(_S.ACCEPTED, _A.SEND_DRAFT_RESULT, _S.DRAFT_RESULT_SENT, _OFFICE),
    Transition(_S.ACCEPTED, _A.APPROVE, _S.APPROVED, _OFFICE),
    Transition(_S.ACCEPTED, _A.REJECT, _S.REJECTED, _OFFICE),
    Transition(_S.ACCEPTED, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.PROCESSING, _A.TRANSFER, _S.PROCESSING, _OFFICE),
    Transition(_S.PROCESSING, _A.REQUEST_SUPPLEMENT, _S.SUPPLEMENT_REQUESTED, _OFFICE),
    Transition(_S.PROCESSING, _A.REQUEST_PAYMENT, _S.PAYMENT_DUE, _OFFICE),
    Transition(_S.PROCESSING, _A.EXTEND, _S.PROCESSING, _OFFICE),
    Transition(_S.PROCESSING, _A.SEND_DRAFT_RESULT, _S.DRAFT_RESULT_SENT, _OFFICE),
    Transition(_S.PROCESSING, _A.APPROVE, _S.APPROVED, _OFFICE),
    Transition(_S.PROCESSING, _A.REJECT, _S.REJECTED, _OFFICE),
    Transition(_S.PROCESSING, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.PAYMENT_DUE, _A.PAY, _S.PROCESSING, _PLATFORM),
    Transition(_S.PAYMENT_DUE, _A.PROCESS, _S.PROCESSING, _OFFICE),
    Transition(_S.PAYMENT_DUE, _A.REJECT, _S.REJECTED, _OFFICE),
    Transition(_S.PAYMENT_DUE, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.DRAFT_RESULT_SENT, _A.CONFIRM_DRAFT_RESULT, _S.PROCESSING, _APPLICANT_SIDE | _PLATFORM),
    Transition(_S.DRAFT_RESULT_SENT, _A.DISPUTE_DRAFT_RESULT, _S.PROCESSING, _APPLICANT_SIDE),
    Transition(_S.DRAFT_RESULT_SENT, _A.WITHDRAW, _S.WITHDRAWN, _APPLICANT_SIDE),
    #
    Transition(_S.APPROVED, _A.RETURN_RESULT, _S.RETURNED, _OFFICE),
)

_ACTORS: dict[Action, frozenset[Actor]] = {
    action: frozenset[Actor]().union(*(row.actors for row in TRANSITIONS if row.action is action)) for action in Action
}


class NotYours(Exception):
    """This actor may never take this action."""


class Illegal(Exception):
    """The table has no such row; `legal` names the actions that this actor may take instead."""

    def __init__(self, status: Status, action: Action, legal: Iterable[Action]) -> None:
        super().__init__(f"{action} is not legal in {status}")
        self.status = status
        self.action = action
        self.legal = tuple(legal)


def legal_actions(status: Status, actor: Actor, *, received: bool) -> tuple[Action, ...]:
    """What `actor` may do to a dossier that stands in `status`, in the order of the table."""
    return tuple(row.action for row in _rows(status, received) if actor in row.actors)


def next_status(status: Status, action: Action, actor: Actor, *, received: bool) -> Status:
    """Where the action leads; raises NotYours or Illegal."""
    if actor not in _ACTORS[action]:
        raise NotYours(action)
    for row in _rows(status, received):
        if row.action is action and actor in row.actors:
            return row.next
    raise Illegal(status, action, legal_actions(status, actor, received=received))


def _rows(status: Status, received: bool) -> list[Transition]:
    return [row for row in TRANSITIONS if row.status is status and row.received in (None, received)]
