"""Feedback: sent, handled, escalated, answered, published, rated."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

from casework.calendar import WorkingCalendar, load_calendar
from casework.errors import IllegalAction
from casework.model.feedback import PHOTO, Feedback, FeedbackPhoto, FeedbackStep, author_mark
from casework.model.petitions import (
    FeedbackAction,
    FeedbackActor,
    FeedbackCategory,
    FeedbackDecision,
    FeedbackIllegal,
    FeedbackNotYours,
    deadlines_of,
    publish_due_at,
)
from casework.queries.feedback import list_to_escalate
from casework.queries.people import commune_of
from casework.settings import get_settings
from casework.uploads import Paper
from chassis.clock import now
from chassis.errors import FieldError, Forbidden, InvalidBody
from chassis.ids import new_id
from chassis.security.encryption import encrypt
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_body
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import FeedbackAnswered, FeedbackChanged, FeedbackReceived

T = TypeVar("T")
ESCALATE = "escalate"
ANONYMOUS = "anonymous"


async def send_feedback(
    session: Session,
    caller: Caller,
    *,
    unit_code: str,
    category: FeedbackCategory,
    text: str,
    is_anonymous: bool,
    photos: Sequence[Paper],
) -> Feedback:
    """Takes feedback for a unit; anonymous feedback stores no author, only a blind index that the author can prove."""
    named = await unit_of_body(session, unit_code)
    unit = await commune_of(session, named.id)
    feedback_id, moment = new_id(), now()
    feedback = Feedback(
        id=feedback_id,
        unit_id=unit.id,
        unit_code=unit.code,
        category=category.value,
        resident_id=None if is_anonymous else caller.resident_id,
        organization_id=None if is_anonymous else caller.organization_id,
        is_anonymous=is_anonymous,
        author_mark=author_mark(feedback_id, caller),
        received_at=moment,
        counted_from=moment,
        due_at=moment,
        changed_at=moment,
        text=b"",
        shingles=[],
    )
    feedback.write(text)
    feedback.count_from(_calendar(), moment)
    session.add(feedback)
    session.add_all(_photo(feedback, paper) for paper in photos)
    publish(session, FeedbackReceived(**feedback.state()))
    return feedback


async def act_on_feedback(
    session: Session, caller: Caller, feedback: Feedback, actor: FeedbackActor, decision: FeedbackDecision
) -> None:
    """Takes one action if the table allows it; else 409 with the legal actions, or 403 when this actor may never take it."""
    before = feedback.status
    if decision.action not in feedback.legal(actor) and feedback.is_by(caller):
        actor = FeedbackActor.AUTHOR  # an officer who filed it for a resident may also take the actions of authors
    _advance(feedback, decision.action, actor)
    feedback.version += 1
    feedback.changed_at = now()
    await _follow_up(session, feedback, decision)
    _record(session, feedback, _name(caller, feedback, actor), decision.action.value, before, _note_of(decision))
    event_type = FeedbackAnswered if decision.action is FeedbackAction.ANSWER else FeedbackChanged
    publish(session, event_type(**feedback.state()))


def _note_of(decision: FeedbackDecision) -> str | None:
    """What the history keeps: the note, or the text where it is no answer (a supplement, a reason to reopen)."""
    return decision.note or (None if decision.action is FeedbackAction.ANSWER else decision.text)


async def escalate_feedback(session: Session) -> int:
    """Escalates feedback whose deadline has passed; how many."""
    late = await list_to_escalate(session, now())
    for feedback in late:
        feedback.escalate(_calendar())
        feedback.version += 1
        feedback.changed_at = now()
        _record(session, feedback, "platform", ESCALATE, feedback.status, None)
        publish(session, FeedbackChanged(**feedback.state()))
    return len(late)


def _advance(feedback: Feedback, action: FeedbackAction, actor: FeedbackActor) -> None:
    try:
        feedback.advance(action, actor)
    except FeedbackIllegal as illegal:
        raise IllegalAction(members={"legal": [legal.value for legal in illegal.legal]}) from illegal
    except FeedbackNotYours as error:
        raise Forbidden() from error


async def _follow_up(session: Session, feedback: Feedback, decision: FeedbackDecision) -> None:
    match decision.action:
        case FeedbackAction.ASSIGN:
            feedback.assignee = decision.assignee or feedback.assignee
        case FeedbackAction.TRANSFER:
            await _transfer(session, feedback, decision)
        case FeedbackAction.ANSWER:
            _answer(feedback, decision.text or decision.note)
        case FeedbackAction.REFUSE:
            _refuse(feedback)
        case FeedbackAction.PUBLISH:
            feedback.published_at = feedback.changed_at
        case FeedbackAction.SUPPLEMENT:
            feedback.count_from(_calendar(), feedback.changed_at)
        case FeedbackAction.REOPEN:
            feedback.reopened += 1
            feedback.count_from(_calendar(), feedback.changed_at)
        case FeedbackAction.RATE:
            feedback.rating = _needed(decision.rating, "/rating")
        case FeedbackAction.CLOSE:
            feedback.duplicate_of = decision.duplicate_of
        case FeedbackAction.REQUEST_SUPPLEMENT:
            pass


async def _transfer(session: Session, feedback: Feedback, decision: FeedbackDecision) -> None:
    named = await unit_of_body(session, _needed(decision.unit_code, "/unit_code"))
    unit = await commune_of(session, named.id)
    feedback.unit_id, feedback.unit_code, feedback.assignee = unit.id, unit.code, None
    feedback.count_from(_calendar(), feedback.changed_at)


def _answer(feedback: Feedback, text: str | None) -> None:
    feedback.write_answer(_needed(text, "/text"))
    feedback.answered_at = feedback.changed_at
    feedback.on_time = feedback.answered_at <= feedback.due_at
    category = FeedbackCategory(feedback.category)
    feedback.publish_due_at = publish_due_at(_calendar(), category, feedback.answered_at)


def _refuse(feedback: Feedback) -> None:
    """A refusal is an answer too, with a shorter time (index, 5.2)."""
    feedback.answered_at = feedback.changed_at
    days = deadlines_of(_calendar(), FeedbackCategory(feedback.category)).refuse
    feedback.on_time = feedback.changed_at <= _calendar().deadline(feedback.counted_from, days)


def _record(session: Session, feedback: Feedback, actor: str, action: str, before: str, note: str | None) -> None:
    step = FeedbackStep(
        id=new_id(),
        feedback_id=feedback.id,
        action=action,
        before=before,
        after=feedback.status,
        at=feedback.changed_at,
        actor=actor,
    )
    step.write(note)
    session.add(step)


def _photo(feedback: Feedback, paper: Paper) -> FeedbackPhoto:
    photo_id = new_id()
    return FeedbackPhoto(
        id=photo_id,
        feedback_id=feedback.id,
        media_type=paper.media_type,
        size=len(paper.content),
        sha256=sha256(paper.content).digest(),
        content=encrypt(PHOTO, str(photo_id), paper.content),
        attached_at=feedback.received_at,
    )


def _name(caller: Caller, feedback: Feedback, actor: FeedbackActor) -> str:
    return ANONYMOUS if feedback.is_anonymous and actor is FeedbackActor.AUTHOR else caller.account


def _calendar() -> WorkingCalendar:
    return load_calendar(get_settings().calendar_file)


def _needed(value: T | None, pointer: str) -> T:
    if value is None:
        raise InvalidBody(errors=[FieldError(pointer, "required", "Bắt buộc phải có.", "This is required.")])
    return value
