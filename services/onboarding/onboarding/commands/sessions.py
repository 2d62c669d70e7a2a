"""Holding sessions: planning, attendance by list or by code, publishing `session.held`."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.clock import local_date, now
from chassis.errors import FieldError, Forbidden, InvalidBody, NotFound, Problem
from chassis.runtime import Runtime
from chassis.security.identity import Caller
from chassis.security.training_guard import TrainingOnly
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.onboarding import SessionHeld, SessionScheduled
from onboarding.commands.guidance import publish_guidance
from onboarding.errors import AttendanceClosed
from onboarding.model.campaigns import Campaign
from onboarding.model.sessions import Attendance, AttendanceResult, Attendee, AttendeeKind, CampaignSession
from onboarding.model.teams import Team, TeamMember
from onboarding.queries.people import get_organization, get_resident
from onboarding.queries.sessions import count_attendance, count_businesses, owns_merchant
from onboarding.queries.territory import is_real_unit

EARLY = timedelta(hours=2)
HEADS = ("guests", "pupils")
"""What is counted by head; the rest of attendance is recorded."""


def plan_session(session: Session, campaign: Campaign, unit: KnownUnit, details: dict[str, Any]) -> CampaignSession:
    """A session at a place; its check-in code is for a printed sheet."""
    planned = CampaignSession(
        **details,
        campaign_id=campaign.id,
        unit_id=unit.id,
        unit_code=unit.code,
        check_in_code=secrets.token_urlsafe(12),
    )
    _require_order(planned)
    if planned.guests or planned.pupils:
        _require_open(planned)
    session.add(planned)
    _publish_scheduled(session, planned)
    return planned


def change_session(session: Session, planned: CampaignSession, changes: dict[str, Any]) -> None:
    """Changes a session; a cancelled one counts no more, `publish_session` takes its counts back."""
    for name, value in changes.items():
        setattr(planned, name, value)
    _require_order(planned)
    if any(changes.get(name) for name in HEADS):
        _require_open(planned)
    planned.version += 1
    session.add(planned)
    _publish_scheduled(session, planned)


def _publish_scheduled(session: Session, planned: CampaignSession) -> None:
    publish(
        session,
        SessionScheduled(
            campaign_id=planned.campaign_id, session_id=planned.id, version=planned.version, unit_id=planned.unit_id,
            unit_code=planned.unit_code, kind=planned.kind, starts_at=planned.starts_at, ends_at=planned.ends_at,
            status="cancelled" if planned.is_cancelled else "planned", at=now(),
        ),
    )  # fmt: skip


async def add_attendance(
    session: Session, caller: Caller, held: CampaignSession, attendees: Sequence[Attendee]
) -> list[AttendanceResult]:
    """Records who came, each once; an attendee outside the caller's units is refused and the others count."""
    _require_open(held)
    answers = [await register_attendee(session, caller, held, each) for each in attendees]
    if added := [each.known for each in answers if each.known and each.result == "applied"]:
        await publish_attendance(session, held, added)
    return answers


async def register_attendee(
    session: Session, caller: Caller, held: CampaignSession, attendee: Attendee
) -> AttendanceResult:
    """Records that a person came; `publish_attendance` follows after the last one."""
    try:
        _require_open(held)
        known = await _known_attendee(session, caller, held, attendee)
    except Problem as problem:
        return AttendanceResult(attendee, "refused", problem)
    is_new = await _insert_attendance(session, held, known)
    return AttendanceResult(attendee, "applied" if is_new else "unchanged", known=known)


async def publish_attendance(session: Session, held: CampaignSession, attendees: Sequence[Attendee]) -> None:
    """Publishes the counts of a session, and who is guided because of it, after these attendees came or were removed."""
    await publish_session(session, held)
    await publish_guidance(session, held, [each.id for each in attendees if each.kind == "resident"])


async def check_in_resident(session: Session, caller: Caller, held: CampaignSession, code: str) -> bool:
    """A resident scans the code of the sheet; False when they were noted before."""
    if not secrets.compare_digest(code.encode(), held.check_in_code.encode()):
        raise Forbidden("Mã điểm danh không đúng.", "The check-in code is wrong.")
    if not held.starts_at - EARLY <= now() <= held.attendance_until or held.is_cancelled:
        raise Forbidden("Buổi này chưa mở điểm danh.", "Check-in is not open.")
    if caller.training_units and await is_real_unit(session, held.unit_id):
        raise TrainingOnly()
    assert caller.resident_id
    attendee = Attendee("resident", caller.resident_id)
    is_new = await _insert_attendance(session, held, attendee, by_code=True)
    if is_new:
        await publish_attendance(session, held, [attendee])
    return is_new


async def remove_attendance(session: Session, held: CampaignSession, attendee_id: UUID) -> None:
    """Takes an attendance back that was recorded by mistake; 404 for one that is not recorded."""
    row = await session.get(Attendance, (held.id, attendee_id), with_for_update=True)
    if row is None:
        raise NotFound()
    await session.delete(row)
    await publish_attendance(session, held, [Attendee(cast(AttendeeKind, row.kind), attendee_id)])


async def publish_session(session: Session, held: CampaignSession) -> None:
    """Publishes that a session took place and how many came so far."""
    await session.flush()
    counts = await count_attendance(session, held.id)
    businesses = await count_businesses(session, held.id)
    if held.is_cancelled:
        counts, businesses = dict.fromkeys(counts, 0), 0
    held.announced = True
    session.add(held)
    publish(
        session,
        SessionHeld(
            campaign_id=held.campaign_id, session_id=held.id, unit_id=held.unit_id, unit_code=held.unit_code,
            kind=held.kind, held_on=local_date(held.starts_at), residents=counts["resident"],
            organizations=counts["organization"], members=counts["member"], merchants=counts["merchant"],
            businesses=businesses, held=not held.is_cancelled,
            guests=0 if held.is_cancelled else held.guests, pupils=0 if held.is_cancelled else held.pupils,
        ),
    )  # fmt: skip


async def publish_due_sessions(runtime: Runtime) -> None:
    """Scheduled: publishes sessions that are over and not published yet."""
    async with runtime.database.transaction() as session:
        await publish_ended_sessions(session)


async def publish_ended_sessions(session: Session) -> int:
    """Publishes sessions that are over; how many."""
    query = select(CampaignSession).where(
        ~col(CampaignSession.announced), ~col(CampaignSession.is_cancelled), col(CampaignSession.starts_at) < now()
    )
    ended = [each for each in await session.exec(query.limit(200)) if each.is_over(now())]
    for each in ended:
        await publish_session(session, each)
    return len(ended)


def _require_open(held: CampaignSession) -> None:
    if not held.starts_at <= now() <= held.attendance_until or held.is_cancelled:
        raise AttendanceClosed()


async def _known_attendee(session: Session, caller: Caller, held: CampaignSession, attendee: Attendee) -> Attendee:
    match attendee.kind:
        case "resident":
            return Attendee("resident", (await get_resident(session, caller, attendee.id, patient=False)).id)
        case "organization":
            return Attendee("organization", (await get_organization(session, caller, attendee.id, patient=False)).id)
        case "member":
            member = await session.get(TeamMember, attendee.id)
            team = await session.get(Team, member.team_id) if member else None
            if team is None or team.campaign_id != held.campaign_id:
                raise NotFound()
            return attendee


async def _insert_attendance(
    session: Session, held: CampaignSession, attendee: Attendee, *, by_code: bool = False
) -> bool:
    row = Attendance(
        session_id=held.id, attendee_id=attendee.id, kind=attendee.kind, by_code=by_code, at=now(),
        is_merchant=attendee.kind != "member" and await owns_merchant(session, attendee.id),
    )  # fmt: skip
    statement = (
        insert(Attendance).values(**row.model_dump()).on_conflict_do_nothing().returning(col(Attendance.attendee_id))
    )
    return (await session.execute(statement)).first() is not None


def _require_order(planned: CampaignSession) -> None:
    if planned.ends_at and planned.ends_at <= planned.starts_at:
        raise InvalidBody(
            errors=[FieldError("/ends_at", "before-start", "Kết thúc trước khi bắt đầu.", "Ends before it starts.")]
        )
