"""Residents who wait for help, by village and condition."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlmodel import col, select

from chassis.security.identity import Caller
from chassis.security.scope import scoped, units_under
from chassis.storage.database import ReadSession
from chassis.web.routing import Page, cursor_at
from onboarding.model.journeys import ResidentStep, StepEvidence
from onboarding.model.people import Departure, KnownResident


@dataclass(frozen=True)
class WorkFilter:
    """Which work is asked for; without a status everything that is not completed."""

    unit_code: str
    step: str | None = None
    status: str | None = None
    condition: str | None = None
    household_id: UUID | None = None
    since: datetime | None = None
    """Only what changed here after this instant, then completed steps too."""


async def page_of_work(
    session: ReadSession, caller: Caller, wanted: WorkFilter, page: Page
) -> tuple[list[tuple[ResidentStep, KnownResident]], str | None]:
    """One page of steps of living residents, by resident; and the cursor of the next."""
    query = (
        select(ResidentStep, KnownResident)
        .join(KnownResident, col(KnownResident.id) == col(ResidentStep.resident_id))
        .where(col(KnownResident.life) == "alive", col(KnownResident.unit_id).in_(units_under(wanted.unit_code)))
    )
    query = scoped(query, caller, col(KnownResident.unit_id))
    if wanted.status:
        query = query.where(col(ResidentStep.status) == wanted.status)
    elif wanted.since is None:
        query = query.where(col(ResidentStep.status) != "completed")
    if wanted.since:
        came = col(KnownResident.placed_at) > wanted.since
        query = query.where((col(ResidentStep.stored_at) > wanted.since) | came)
    if wanted.step:
        query = query.where(col(ResidentStep.step) == wanted.step)
    if wanted.household_id:
        query = query.where(col(KnownResident.household_id) == wanted.household_id)
    if wanted.condition:
        query = query.where(col(ResidentStep.missing).contains([wanted.condition]))
    key = tuple_(col(KnownResident.id), col(ResidentStep.step))
    if after := page.after_key(UUID, str):
        query = query.where(key > after)
    rows = list(await session.exec(query.order_by(col(KnownResident.id), col(ResidentStep.step)).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1][1].id, kept[-1][0].step)


async def list_departed(session: ReadSession, wanted: WorkFilter) -> list[KnownResident]:
    """Residents who left the worklist of a unit after `since` and are not back on it, by id."""
    here = units_under(wanted.unit_code)
    is_on_it = (col(KnownResident.life) == "alive") & col(KnownResident.unit_id).in_(here)
    query = (
        select(KnownResident)
        .join(Departure, col(Departure.resident_id) == col(KnownResident.id))
        .where(col(Departure.unit_id).in_(here), col(Departure.left_at) > wanted.since, ~is_on_it)
    )
    return list(await session.exec(query.order_by(col(KnownResident.id)).distinct()))


async def count_work(session: ReadSession, unit_code: str) -> tuple[list[tuple[str, str, int]], list[tuple[str, int]]]:
    """How many living residents of a unit stand where on each step, and how many lack each condition."""
    here = (col(KnownResident.life) == "alive") & col(KnownResident.unit_id).in_(units_under(unit_code))
    counted = await session.exec(
        select(ResidentStep.step, ResidentStep.status, func.count())
        .join(KnownResident, col(KnownResident.id) == col(ResidentStep.resident_id))
        .where(here)
        .group_by(col(ResidentStep.step), col(ResidentStep.status))
    )
    lacking = (
        select(ResidentStep.resident_id, func.unnest(ResidentStep.missing).label("condition"))
        .join(KnownResident, col(KnownResident.id) == col(ResidentStep.resident_id))
        .where(here)
        .subquery()
    )
    people = await session.exec(
        select(lacking.c.condition, func.count(lacking.c.resident_id.distinct())).group_by(lacking.c.condition)
    )
    return [(step, status, count) for step, status, count in counted], [(name, count) for name, count in people]


async def page_of_charges(
    session: ReadSession, caller: Caller, unit_code: str, page: Page
) -> tuple[list[tuple[StepEvidence, KnownResident]], str | None]:
    """Evidences of free steps for which a provider took money."""
    query = (
        select(StepEvidence, KnownResident)
        .join(KnownResident, col(KnownResident.id) == col(StepEvidence.subject_id))
        .where(col(StepEvidence.charged) > 0, col(KnownResident.unit_id).in_(units_under(unit_code)))
    )
    query = scoped(query, caller, col(KnownResident.unit_id))
    key = tuple_(col(StepEvidence.subject_id), col(StepEvidence.id))
    if after := page.after_key(UUID, str):
        query = query.where(key > after)
    ordered = query.order_by(col(StepEvidence.subject_id), col(StepEvidence.id)).limit(page.limit + 1)
    rows = list(await session.exec(ordered))
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, cursor_at(kept[-1][0].subject_id, kept[-1][0].id)
