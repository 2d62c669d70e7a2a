"""Feedback and petitions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from fastapi.responses import JSONResponse

from casework.commands import feedback as commands
from casework.commands.papers import checked_paper
from casework.model.feedback import PHOTO, Feedback, without_numbers
from casework.model.petitions import FeedbackActor, FeedbackCategory, FeedbackStatus
from casework.queries import feedback as queries
from casework.schemas.feedback import (
    FeedbackAct,
    FeedbackCreate,
    FeedbackLine,
    FeedbackStepView,
    FeedbackView,
    PhotoView,
    PublishedFeedback,
    Similar,
)
from chassis.clock import now
from chassis.security.access_log import purpose_of, record_access
from chassis.security.encryption import decrypt
from chassis.security.identity import Caller
from chassis.security.scope import unit_of_query
from chassis.storage.database import Session
from chassis.web.idempotency import personal_answer
from chassis.web.routing import (
    IfMatch,
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    etag,
    public,
    require_match,
    transactional_router,
)

router = transactional_router(tags=["feedback"])

AnyCaller = Annotated[Caller, allow("resident", "organization", "officer", level=1)]
SERVICE = "casework"


@router.post("/v1/feedback", status_code=201)
@personal_answer()
async def create_feedback(body: FeedbackCreate, session: Transaction, *, caller: AnyCaller) -> FeedbackView:
    """Sends feedback to a unit, with or without one's name; the answer is due in working days."""
    photos = [await checked_paper(photo.decoded()) for photo in body.attachments]
    feedback = await commands.send_feedback(
        session,
        caller,
        unit_code=body.unit_code,
        category=body.category,
        text=body.text,
        is_anonymous=body.anonymous,
        photos=photos,
    )
    await session.flush()
    view = await _whole(session, feedback, FeedbackActor.AUTHOR)
    answer: JSONResponse = created(view, f"/v1/feedback/{feedback.id}", version=feedback.version)
    return answer  # type: ignore[return-value]  # the response already carries the view, with Location and ETag


@router.get("/v1/feedback")
async def list_feedback(
    session: Transaction,
    page: PageQuery,
    unit_code: str | None = None,
    status: FeedbackStatus | None = None,
    category: FeedbackCategory | None = None,
    overdue: bool | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Words of the text or of the answer")] = None,
    purpose: PurposeHeader = None,
    *,
    caller: AnyCaller,
) -> Listed[FeedbackLine]:
    """The caller's own named feedback, or that of an officer's units, also by words with or without accents; never the author.
    An officer reads the texts of named authors with a purpose, and the reading is in the access log."""
    if unit_code is not None and caller.role == "officer":
        await unit_of_query(session, caller, unit_code)
    rows, cursor = await queries.list_feedback(
        session, caller, page, unit_code=unit_code, status=status, category=category, overdue=overdue, q=q
    )
    actor = FeedbackActor.OFFICER if caller.role == "officer" else FeedbackActor.AUTHOR
    return Listed(items=[_with_text(session, caller, row, actor, purpose) for row in rows], next_cursor=cursor)


@router.get("/v1/feedback/published")
async def list_published_feedback(
    session: Reading,
    page: PageQuery,
    unit_code: str | None = None,
    *,
    caller: Annotated[Caller | None, public()],
) -> Listed[PublishedFeedback]:
    """Published questions and answers, public; never the author, and numbers in the texts are masked."""
    rows, cursor = await queries.list_published(session, page, unit_code)
    return Listed(items=[_published(row) for row in rows], next_cursor=cursor)


@router.get("/v1/feedback/{feedback_id}")
async def get_feedback(
    feedback_id: UUID, session: Transaction, response: Response, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> FeedbackView:
    """One piece of feedback; reading what a named resident wrote needs a purpose and is logged for them."""
    feedback, actor = await queries.get_feedback(session, caller, feedback_id)
    _record_access(session, caller, feedback, actor, purpose)
    response.headers["ETag"] = etag(feedback.version)
    return await _whole(session, feedback, actor)


@router.post("/v1/feedback/{feedback_id}/actions")
async def act_on_feedback(
    feedback_id: UUID,
    body: FeedbackAct,
    session: Transaction,
    response: Response,
    if_match: IfMatch = None,
    *,
    caller: AnyCaller,
) -> FeedbackLine:
    """Takes one action of the table; an illegal action answers 409 with the legal ones."""
    feedback, actor = await queries.get_feedback(session, caller, feedback_id, lock=True)
    require_match(if_match, feedback.version)
    await commands.act_on_feedback(session, caller, feedback, actor, body.to_decision())
    response.headers["ETag"] = etag(feedback.version)
    return FeedbackLine.model_validate(_line(feedback, actor))


@router.get(
    "/v1/feedback/{feedback_id}/attachments/{photo_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}},
)
async def download_feedback_attachment(
    feedback_id: UUID, photo_id: UUID, session: Transaction, purpose: PurposeHeader = None, *, caller: AnyCaller
) -> Response:
    """A photograph that came with feedback."""
    feedback, actor = await queries.get_feedback(session, caller, feedback_id)
    _record_access(session, caller, feedback, actor, purpose)
    photo = await queries.get_photo(session, feedback, photo_id)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(decrypt(PHOTO, str(photo.id), photo.content), media_type=photo.media_type, headers=headers)


def _with_text(
    session: Session, caller: Caller, feedback: Feedback, actor: FeedbackActor, purpose: str | None
) -> FeedbackLine:
    """A line with its text; for an officer without a purpose, only of anonymous feedback."""
    shows = actor is FeedbackActor.AUTHOR or feedback.resident_id is None or purpose is not None
    if shows:
        _record_access(session, caller, feedback, actor, purpose)
    return FeedbackLine.model_validate(_line(feedback, actor) | {"text": feedback.read() if shows else ""})


def _record_access(
    session: Session, caller: Caller, feedback: Feedback, actor: FeedbackActor, purpose: str | None
) -> None:
    if actor is FeedbackActor.AUTHOR or feedback.resident_id is None:
        return
    checked = purpose_of(caller, feedback.resident_id, purpose)
    record_access(
        session, SERVICE, caller, feedback.resident_id, action="read feedback", purpose=checked, fields=["text"],
        legal_basis="Nghị định 20/2008/NĐ-CP",
    )  # fmt: skip


async def _whole(session: Session, feedback: Feedback, actor: FeedbackActor) -> FeedbackView:
    similar = await queries.list_similar(session, feedback) if actor is FeedbackActor.OFFICER else []
    return FeedbackView(
        **_line(feedback, actor),
        text=feedback.read(),
        answer=feedback.read_answer(),
        resident_id=feedback.resident_id,
        organization_id=feedback.organization_id,
        reopened=feedback.reopened,
        duplicate_of=feedback.duplicate_of,
        attachments=[
            PhotoView(id=photo.id, media_type=photo.media_type, size=photo.size)
            for photo in await queries.list_photos(session, feedback.id)
        ],
        similar=[Similar(id=other, likeness=round(alike, 2)) for other, alike in similar],
        history=[
            FeedbackStepView(action=step.action, before=step.before, after=step.after, at=step.at, note=step.read())
            for step in await queries.list_feedback_steps(session, feedback.id)
        ],
    )


def _line(feedback: Feedback, actor: FeedbackActor) -> dict[str, Any]:
    return {
        "id": feedback.id,
        "unit_code": feedback.unit_code,
        "category": feedback.category,
        "status": feedback.status,
        "anonymous": feedback.is_anonymous,
        "received_at": feedback.received_at,
        "due_at": feedback.due_at,
        "answered_at": feedback.answered_at,
        "published_at": feedback.published_at,
        "publish_due_at": feedback.publish_due_at,
        "is_overdue": feedback.is_waiting and feedback.due_at < now(),
        "is_on_time": feedback.on_time,
        "rating": feedback.rating,
        "escalation": feedback.escalation,
        "assignee": feedback.assignee,
        "legal_actions": [action.value for action in feedback.legal(actor)],
    }


def _published(feedback: Feedback) -> PublishedFeedback:
    return PublishedFeedback(
        id=feedback.id,
        unit_code=feedback.unit_code,
        category=feedback.category,
        text=without_numbers(feedback.read()),
        answer=without_numbers(feedback.read_answer() or "") or None,
        received_at=feedback.received_at,
        answered_at=feedback.answered_at,
        published_at=feedback.published_at,
        rating=feedback.rating,
    )
