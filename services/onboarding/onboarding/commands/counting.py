"""Counts this service's own tables, for reporting to compare its projections with."""

from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from chassis.storage.database import ReadSession
from contracts.counts import Count
from onboarding.model.counting import MARKED
from onboarding.model.evidence import Communication, OfficialSignature
from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.model.sessions import CampaignSession
from onboarding.model.steps import STEPS
from onboarding.queries.territory import training_units


async def take_counts(session: ReadSession) -> list[Count]:
    """How many there are in each unit itself, by indicator; only living residents count."""
    done = col(ResidentStep.status) == "completed"
    counts = [count for step in STEPS for count in await _people(session, step, step, done)]
    for indicator, (step, mark) in MARKED.items():
        counts += await _people(session, indicator, step, col(ResidentStep.marks).contains([mark]))
    counts += await _rows(
        session, "sessions_held", CampaignSession, col(CampaignSession.announced) & ~col(CampaignSession.is_cancelled)
    )
    counts += await _rows(session, "communications_published", Communication, col(Communication.id).is_not(None))
    held = col(OfficialSignature.issued_on).is_not(None) & col(OfficialSignature.returned_on).is_(None)
    return counts + await _rows(session, "officials_with_signature", OfficialSignature, held)


async def _people(session: ReadSession, indicator: str, step: str, condition: Any) -> list[Count]:
    query = (
        select(KnownResident.unit_code, func.count())
        .join(ResidentStep, col(ResidentStep.resident_id) == col(KnownResident.id))
        .where(
            col(KnownResident.life) == "alive",
            col(KnownResident.unit_id).not_in(training_units()),
            col(ResidentStep.step) == step,
            condition,
        )
        .group_by(col(KnownResident.unit_code))
        .order_by(col(KnownResident.unit_code))
    )
    return [Count(unit_code=code, indicator=indicator, count=count) for code, count in await session.exec(query)]


async def _rows(session: ReadSession, indicator: str, table: Any, condition: Any) -> list[Count]:
    real = table.unit_id.not_in(training_units())
    query = (
        select(table.unit_code, func.count()).where(condition, real).group_by(table.unit_code).order_by(table.unit_code)
    )
    return [Count(unit_code=code, indicator=indicator, count=count) for code, count in await session.exec(query)]
