"""Expiry of steps: a signature whose validity has passed reopens its step."""

from sqlmodel import col, select

from chassis.clock import now
from chassis.runtime import Runtime
from chassis.storage.database import Session
from onboarding.commands.journeys import open_journeys, recompute, store_journeys
from onboarding.model.journeys import ResidentStep

AT_ONCE = 200


async def expire_steps(runtime: Runtime) -> None:
    """Recomputes the journeys in which a step has expired, some at a time."""
    while True:
        async with runtime.database.transaction() as session:
            if await recompute_expired(session) < AT_ONCE:
                return


async def recompute_expired(session: Session) -> int:
    """Recomputes up to 200 journeys with an expired step; how many."""
    query = (
        select(ResidentStep.resident_id)
        .where(col(ResidentStep.status) == "completed", col(ResidentStep.expires_at) <= now())
        .order_by(col(ResidentStep.expires_at))
        .limit(AT_ONCE)
    )
    due = set(await session.exec(query))
    journeys = await open_journeys(session, due)
    for opened in journeys.values():
        recompute(session, opened)
    await store_journeys(session, journeys.values())
    return len(due)
