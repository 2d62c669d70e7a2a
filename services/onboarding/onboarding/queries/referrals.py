"""Referrals: residents whom a bank or telecom may help with a step, only while their consent lasts."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from chassis.web.routing import Page, page_by_id
from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.queries.signature_lists import consented_to
from onboarding.queries.territory import training_units, units_of_code


async def page_of_referrals(
    session: ReadSession, partner_id: str, step: str | None, unit_code: str | None, page: Page
) -> tuple[list[KnownResident], str | None, dict[UUID, list[ResidentStep]]]:
    """Living residents who consented to the partner and have not completed the step (any step, where none is named)."""
    open_steps: Any = select(ResidentStep).where(col(ResidentStep.status) != "completed")
    if step:
        open_steps = open_steps.where(col(ResidentStep.step) == step)
    query: Any = select(KnownResident).where(
        col(KnownResident.life) == "alive",
        col(KnownResident.unit_id).not_in(training_units()),
        col(KnownResident.id).in_(consented_to(partner_id)),
        col(KnownResident.id).in_(open_steps.with_only_columns(ResidentStep.resident_id)),
    )
    if unit_code:
        query = query.where(col(KnownResident.unit_id).in_(await units_of_code(session, unit_code)))
    residents, cursor = await page_by_id(session, query, KnownResident.id, page)
    wanted = open_steps.where(col(ResidentStep.resident_id).in_([each.id for each in residents]))
    steps: dict[UUID, list[ResidentStep]] = {}
    for each in await session.exec(wanted):
        steps.setdefault(each.resident_id, []).append(each)
    return residents, cursor, steps
