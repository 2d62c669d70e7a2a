"""Stored steps follow the rules: after a release that changed them, and as residents come of age."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from chassis.clock import now, today
from chassis.runtime import Runtime
from chassis.storage.database import Session
from onboarding.commands.journeys import open_journeys, recompute, store_journeys
from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.model.rules import RuleProgress
from onboarding.model.steps import AGE, catalogue, digest_of_rules

AT_ONCE = 500


async def apply_step_rules(runtime: Runtime) -> None:
    """Scheduled: computes all journeys anew once, after the rules changed; goes on where it stopped."""
    while True:
        async with runtime.database.transaction() as session:
            if not await apply_rules_to_next(session):
                return


async def apply_rules_to_next(session: Session) -> bool:
    """Computes the next 500 journeys by the present rules; False when all are."""
    progress = await session.get(RuleProgress, digest_of_rules(), with_for_update=True)
    progress = progress or RuleProgress(digest=digest_of_rules())
    if progress.finished_at:
        return False
    query = select(KnownResident.id).order_by(col(KnownResident.id)).limit(AT_ONCE)
    if progress.after_id:
        query = query.where(col(KnownResident.id) > progress.after_id)
    ids = list(await session.exec(query))
    await _recompute(session, ids)
    progress.after_id = ids[-1] if ids else progress.after_id
    progress.finished_at = now() if len(ids) < AT_ONCE else None
    session.add(progress)
    return progress.finished_at is None


async def follow_ages(runtime: Runtime) -> None:
    """Scheduled: the steps of those who have come of age."""
    while True:
        async with runtime.database.transaction() as session:
            if await recompute_of_age(session) < AT_ONCE:
                return


async def recompute_of_age(session: Session) -> int:
    """Computes up to 500 journeys anew whose step waited for an age that is reached; how many."""
    due: set[UUID] = set()
    for rule in catalogue().steps:
        if rule.least_age is None:
            continue
        day = today()
        query = (
            select(ResidentStep.resident_id)
            .join(KnownResident, col(KnownResident.id) == col(ResidentStep.resident_id))
            .where(
                col(KnownResident.life) == "alive",
                col(ResidentStep.step) == rule.step,
                col(ResidentStep.missing).contains([AGE]),
                col(KnownResident.birth_month) <= f"{day.year - rule.least_age:04}-{day.month:02}",
            )
            .limit(AT_ONCE - len(due))
        )
        due |= set(await session.exec(query))
    await _recompute(session, due)
    return len(due)


async def _recompute(session: Session, ids: Iterable[UUID]) -> None:
    journeys = await open_journeys(session, ids)
    for opened in {id(each): each for each in journeys.values()}.values():
        recompute(session, opened)
    await store_journeys(session, journeys.values())
