"""Sessions: planning them in a campaign, listing them publicly, recording who came."""

from datetime import date
from typing import Annotated, Any, Literal, cast
from uuid import UUID

import anyio.to_thread
from fastapi import Header, Query, Response
from fastapi.responses import JSONResponse

from chassis.clock import now
from chassis.errors import Forbidden
from chassis.security.access_log import purpose_of
from chassis.security.identity import Caller
from chassis.security.training_guard import TrainingOnly
from chassis.storage.tables import KnownUnit
from chassis.web.routing import (
    Listed,
    PageQuery,
    PurposeHeader,
    Reading,
    Transaction,
    allow,
    created,
    language_of,
    public,
    transactional_router,
)
from onboarding.commands.guidance import publish_guidance_of_session
from onboarding.commands.sessions import (
    add_attendance,
    change_session,
    check_in_resident,
    plan_session,
    publish_session,
    remove_attendance,
)
from onboarding.commands.training import end_training_accounts, open_training_accounts
from onboarding.model.announcement import spoken_time
from onboarding.model.sessions import KIND_NAMES, Attendance, CampaignSession, SessionKind
from onboarding.printing import check_in_symbol, render_check_in
from onboarding.queries.campaigns import load_campaign
from onboarding.queries.sessions import (
    SessionFilter,
    count_attendance,
    load_session,
    page_of_attendance,
    page_of_sessions,
    training_accounts_of,
)
from onboarding.queries.territory import leads, place_name, require_lead, unit_as_of
from onboarding.routes.access import record_reads
from onboarding.routes.campaigns import Officer, Readers
from onboarding.routes.listing import LISTED, WITH_REASON
from onboarding.schemas.sessions import (
    AttendanceBody,
    AttendanceItem,
    AttendanceView,
    AttendeeView,
    CheckIn,
    OwnSessionView,
    SessionCreate,
    SessionPatch,
    SessionView,
    TrainingAccountsCreate,
    TrainingAccountView,
)

router = transactional_router(tags=["sessions"], dependencies=LISTED)

Helper = Annotated[Caller, allow("officer", "volunteer")]


@router.post("/v1/campaigns/{campaign_id}/sessions", status_code=201, response_model=OwnSessionView)
async def create_session(campaign_id: UUID, body: SessionCreate, session: Transaction, caller: Officer) -> JSONResponse:
    """Plans a session; its unit is resolved as of the day of the session."""
    campaign = await load_campaign(session, caller, campaign_id)
    unit = await unit_as_of(session, body.unit_code, body.starts_at.date())
    await require_lead(session, caller, unit.id)
    planned = plan_session(session, campaign, unit, body.details())
    if planned.is_over(now()):
        await publish_session(session, planned)
    view = OwnSessionView.with_counts(planned, dict.fromkeys(("resident", "organization", "member", "merchant"), 0))
    return created(view, f"/v1/sessions/{planned.id}")


@router.get("/v1/campaigns/{campaign_id}/sessions")
async def list_campaign_sessions(
    campaign_id: UUID, session: Reading, page: PageQuery, caller: Readers
) -> Listed[SessionView]:
    """Sessions of the campaign in the caller's units."""
    campaign = await load_campaign(session, caller, campaign_id)
    found, cursor = await page_of_sessions(session, SessionFilter(campaign_id=campaign.id), page)
    return Listed(items=[SessionView.of(each) for each in found], next_cursor=cursor)


@router.get("/v1/sessions")
async def list_sessions(
    session: Reading, page: PageQuery, caller: Annotated[Caller | None, public()],
    unit_code: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> Listed[SessionView]:  # fmt: skip
    """Sessions in a unit and below, on days from `from` to `to`; public."""
    in_training = bool(caller and caller.training_units)
    found, cursor = await page_of_sessions(
        session, SessionFilter(unit_code, since, until, in_training=in_training), page
    )
    return Listed(items=[SessionView.of(each) for each in found], next_cursor=cursor)


@router.get("/v1/sessions/{session_id}")
async def get_session(session_id: UUID, session: Reading, caller: Helper) -> OwnSessionView:
    """A session for those who run it."""
    held = await load_session(session, session_id)
    await require_part_in(session, caller, held)
    return OwnSessionView.with_counts(held, await count_attendance(session, held.id))


@router.patch("/v1/sessions/{session_id}")
async def update_session(session_id: UUID, body: SessionPatch, session: Transaction, caller: Officer) -> OwnSessionView:
    """Corrects a session; `cancelled` takes it back with its counts."""
    held = await load_session(session, session_id, for_update=True)
    await require_lead(session, caller, held.unit_id)
    change_session(session, held, body.changes())
    await end_training_accounts(session, held)
    if held.announced:
        await publish_session(session, held)
        await publish_guidance_of_session(session, held)
    return OwnSessionView.with_counts(held, await count_attendance(session, held.id))


@router.post("/v1/sessions/{session_id}/attendance")
async def register_attendance(
    session_id: UUID, body: AttendanceBody, session: Transaction, caller: Helper,
    accept_language: Annotated[str | None, Header()] = None,
) -> AttendanceView:  # fmt: skip
    """Records who came, each once."""
    held = await load_session(session, session_id, for_update=True)
    await require_part_in(session, caller, held)
    noted = await add_attendance(session, caller, held, [each.attendee() for each in body.items])
    language, instance = language_of(accept_language), f"/v1/sessions/{session_id}/attendance"
    return AttendanceView(
        items=[AttendanceItem.of(each, language, instance) for each in noted],
        attendance=await count_attendance(session, held.id),
    )


@router.get("/v1/sessions/{session_id}/attendance")
async def list_attendance(
    session_id: UUID, session: Transaction, page: PageQuery, caller: Helper, purpose: PurposeHeader = None
) -> Listed[AttendeeView]:
    """Who came, by id."""
    held = await load_session(session, session_id)
    await require_part_in(session, caller, held)
    rows, cursor = await page_of_attendance(session, held.id, page)
    shown = (each.attendee_id for each in rows if each.kind == "resident")
    stated = purpose_of(caller, None, purpose)
    record_reads(session, caller, shown, action="attendance", purpose=stated, fields=["attendance"])
    return Listed(items=[_attended(each) for each in rows], next_cursor=cursor)


@router.delete("/v1/sessions/{session_id}/attendance/{attendee_id}", dependencies=WITH_REASON)
async def delete_attendance(
    session_id: UUID, attendee_id: UUID, session: Transaction, caller: Officer
) -> dict[str, dict[str, int]]:
    """Takes an attendance back that was recorded by mistake; the counts fall again."""
    held = await load_session(session, session_id, for_update=True)
    await require_part_in(session, caller, held)
    await remove_attendance(session, held, attendee_id)
    return {"attendance": await count_attendance(session, held.id)}


@router.post("/v1/sessions/{session_id}/check-in")
async def check_in(
    session_id: UUID, body: CheckIn, session: Transaction, caller: Annotated[Caller, allow("resident", level=1)]
) -> AttendanceItem:
    """A resident checks in with the code of the printed sheet."""
    held = await load_session(session, session_id, for_update=True)
    is_new = await check_in_resident(session, caller, held, body.code)
    return AttendanceItem(resident_id=caller.resident_id, result="applied" if is_new else "unchanged")


@router.get(
    "/v1/sessions/{session_id}/check-in-code",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}, "image/png": {}, "image/svg+xml": {}}}},
)
async def get_check_in_code(
    session_id: UUID, session: Reading, caller: Helper, format: Literal["pdf", "png", "svg"] = "pdf"
) -> Response:
    """The code to scan: a sheet to print (PDF, PNG), or the symbol alone (SVG)."""
    held = await load_session(session, session_id)
    await require_part_in(session, caller, held)
    payload = f"bakhong:check-in?session={held.id}&code={held.check_in_code}"
    if format == "svg":
        return Response(check_in_symbol(payload), media_type="image/svg+xml")
    unit = await session.get_one(KnownUnit, held.unit_id)
    labels: dict[str, Any] = {
        "kind": KIND_NAMES[cast(SessionKind, held.kind)], "venue": held.venue, "unit": await place_name(session, unit),
        "time": spoken_time(held.starts_at, held.ends_at), "form": format,
    }  # fmt: skip
    paper = await anyio.to_thread.run_sync(lambda: render_check_in(payload, **labels))
    return Response(
        paper,
        media_type="application/pdf" if format == "pdf" else "image/png",
        headers={"Content-Disposition": f'inline; filename="diem-danh.{format}"'},
    )


@router.post("/v1/sessions/{session_id}/training-accounts", status_code=201)
async def create_training_accounts(
    session_id: UUID, body: TrainingAccountsCreate, session: Transaction, caller: Officer
) -> Listed[TrainingAccountView]:
    """Logins for training that end 7 days after the session; their secrets are shown this once.

    They sign in at `POST /oauth/token` (`grant_type=password`) and see only synthetic people.
    """
    if caller.training_units:
        raise TrainingOnly()  # or a trainee would prolong the training for ever
    held = await load_session(session, session_id, for_update=True)
    await require_lead(session, caller, held.unit_id)
    opened = await open_training_accounts(session, held, body.count, body.role)
    return Listed(items=[TrainingAccountView.of(account, secret) for account, secret in opened])


@router.get("/v1/sessions/{session_id}/training-accounts")
async def list_training_accounts(session_id: UUID, session: Reading, caller: Officer) -> Listed[TrainingAccountView]:
    """Training accounts of a session, without their secrets."""
    held = await load_session(session, session_id)
    await require_lead(session, caller, held.unit_id)
    return Listed(items=[TrainingAccountView.of(each) for each in await training_accounts_of(session, held.id)])


async def require_part_in(session: Reading, caller: Caller, held: CampaignSession) -> None:
    """Refuses callers who neither lead the session's unit nor work in it."""
    if not await leads(session, caller, held.unit_id):
        raise Forbidden()


def _attended(row: Attendance) -> AttendeeView:
    return AttendeeView(kind=row.kind, attendee_id=row.attendee_id, by_code=row.by_code, at=row.at)
