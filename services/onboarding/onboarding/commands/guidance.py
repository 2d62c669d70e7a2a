"""Who counts as guided in person: by a visit that reached the resident, or at a guidance or installation session."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.onboarding import ResidentGuided
from onboarding.model.people import KnownResident
from onboarding.model.sessions import GUIDING_KINDS, Attendance, CampaignSession
from onboarding.queries.visits import first_days_of_guidance


async def publish_guidance(session: Session, held: CampaignSession, residents: Sequence[UUID]) -> None:
    """Publishes of these residents on which day they were first guided, after their attendance at a session changed."""
    if held.kind not in GUIDING_KINDS or not residents:
        return
    await session.flush()
    days = await first_days_of_guidance(session, residents)
    known = await session.exec(select(KnownResident).where(col(KnownResident.id).in_(residents)))
    for resident in known:
        publish(
            session,
            ResidentGuided(
                resident_id=resident.id, unit_id=resident.unit_id, unit_code=resident.unit_code, at=held.starts_at,
                outcome="done", guided_on=days.get(resident.id), replaces=True,
            ),
        )  # fmt: skip


async def publish_guidance_of_session(session: Session, held: CampaignSession) -> None:
    """The same for all who came, after the session itself changed."""
    query = select(Attendance.attendee_id).where(
        col(Attendance.session_id) == held.id, col(Attendance.kind) == "resident"
    )
    await publish_guidance(session, held, list(await session.exec(query)))
