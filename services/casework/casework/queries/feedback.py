"""Feedback as its author and its offices may see it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import defer
from sqlmodel import col, select

from casework.model.feedback import FEEDBACK_WORD, Feedback, FeedbackPhoto, FeedbackStep, likeness
from casework.model.petitions import WAITING, FeedbackActor, FeedbackStatus
from casework.model.search import has_words
from casework.queries.people import own, own_or_merged
from chassis.clock import now
from chassis.errors import NotFound
from chassis.security.identity import Caller
from chassis.security.scope import covers, scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id

ALIKE = 0.5
LOOKED_BACK = timedelta(days=90)
MOST_SIMILAR = 5


async def get_feedback(
    session: ReadSession, caller: Caller, feedback_id: UUID, *, lock: bool = False
) -> tuple[Feedback, FeedbackActor]:
    """The feedback and what the caller is to it; NotFound for every other caller."""
    query = select(Feedback).where(Feedback.id == feedback_id)
    feedback = (await session.exec(query.with_for_update() if lock else query)).first()
    if feedback is None:
        raise NotFound()
    if caller.role == "officer" and await covers(session, caller, feedback.unit_id):
        return feedback, FeedbackActor.OFFICER
    if feedback.is_by(caller):
        return feedback, FeedbackActor.AUTHOR
    raise NotFound()


async def list_feedback(
    session: ReadSession,
    caller: Caller,
    page: Page,
    *,
    unit_code: str | None = None,
    status: str | None = None,
    category: str | None = None,
    overdue: bool | None = None,
    q: str | None = None,
) -> tuple[list[Feedback], str | None]:
    """The caller's own named feedback, or that of an officer's units; `q` are words of its text or answer."""
    query = _visible(caller)
    if q and q.strip():
        query = query.where(has_words(col(Feedback.search_marks), FEEDBACK_WORD, q))
    if unit_code is not None:
        query = query.where(col(Feedback.unit_id).in_(units_under(unit_code)))
    if status is not None:
        query = query.where(Feedback.status == status)
    if category is not None:
        query = query.where(Feedback.category == category)
    if overdue is not None:
        late = col(Feedback.status).in_([status.value for status in WAITING]) & (col(Feedback.due_at) < now())
        query = query.where(late if overdue else ~late)
    return await page_by_id(session, query, Feedback.id, page)


async def list_published(session: ReadSession, page: Page, unit_code: str | None) -> tuple[list[Feedback], str | None]:
    """Published feedback of a unit and below, or of all: public."""
    query = select(Feedback).where(Feedback.status == FeedbackStatus.PUBLISHED.value)
    if unit_code is not None:
        query = query.where(col(Feedback.unit_id).in_(units_under(unit_code)))
    return await page_by_id(session, query, Feedback.id, page)


async def list_similar(session: ReadSession, feedback: Feedback) -> list[tuple[UUID, float]]:
    """Recent feedback to the same unit with a similar text, most similar first."""
    query = (
        select(Feedback.id, Feedback.shingles)
        .where(
            Feedback.unit_id == feedback.unit_id,
            Feedback.id != feedback.id,
            col(Feedback.received_at) > feedback.received_at - LOOKED_BACK,
            col(Feedback.shingles).op("&&")(cast(feedback.shingles, ARRAY(LargeBinary))),
        )
        .limit(500)
    )
    alike = [(other, likeness(feedback.shingles, list(marks))) for other, marks in await session.exec(query)]
    return sorted((pair for pair in alike if pair[1] >= ALIKE), key=lambda pair: -pair[1])[:MOST_SIMILAR]


async def list_photos(session: ReadSession, feedback_id: UUID) -> Sequence[FeedbackPhoto]:
    """The photographs without their contents."""
    query = select(FeedbackPhoto).where(FeedbackPhoto.feedback_id == feedback_id).order_by(col(FeedbackPhoto.id))
    return (await session.exec(query.options(defer(FeedbackPhoto.content)))).all()  # type: ignore[arg-type]  # SQLModel attribute


async def get_photo(session: ReadSession, feedback: Feedback, photo_id: UUID) -> FeedbackPhoto:
    """One photograph with its content."""
    photo = await session.get(FeedbackPhoto, photo_id)
    if photo is None or photo.feedback_id != feedback.id:
        raise NotFound()
    return photo


async def list_feedback_steps(session: ReadSession, feedback_id: UUID) -> Sequence[FeedbackStep]:
    """What was done to feedback, oldest first."""
    query = select(FeedbackStep).where(FeedbackStep.feedback_id == feedback_id).order_by(col(FeedbackStep.id))
    return (await session.exec(query)).all()


async def list_to_escalate(session: ReadSession, at: datetime) -> Sequence[Feedback]:
    """Feedback whose deadline, or that of its last escalation, has passed without an answer."""
    query = select(Feedback).where(
        col(Feedback.status).in_([status.value for status in WAITING]), col(Feedback.escalate_at) < at
    )
    return (await session.exec(query.limit(200).with_for_update(skip_locked=True))).all()


def _visible(caller: Caller) -> Any:
    query = select(Feedback)
    if caller.role == "resident":
        return query.where(own_or_merged(col(Feedback.resident_id), caller.resident_id))
    if caller.role == "organization":
        return query.where(own(col(Feedback.organization_id), caller.organization_id))
    return scoped(query, caller, col(Feedback.unit_id))
