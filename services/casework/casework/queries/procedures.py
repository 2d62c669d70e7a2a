"""Which services there are, which a unit chose, and how many it must choose at least."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from casework.model.chosen import LEAST, ChosenProcedures, FiledInMonth
from casework.model.people import KnownCampaign
from chassis.clock import today
from chassis.security.scope import units_under
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit

MONTHS = 12


async def find_choice(session: ReadSession, unit: KnownUnit, *, lock: bool = False) -> ChosenProcedures | None:
    """What the unit chose, or None."""
    return await session.get(ChosenProcedures, unit.id, with_for_update=lock or None)


async def get_minimum(session: ReadSession, unit: KnownUnit, on: date | None = None) -> int:
    """The highest minimum of the campaigns that cover the unit on that day, else two."""
    day = on or today()
    above, own = aliased(KnownLineage), aliased(KnownLineage)
    covering = (
        select(func.max(KnownCampaign.minimum_procedures))
        .join(above, col(above.unit_id) == col(KnownCampaign.unit_id))
        .join(own, col(own.unit_id) == unit.id)
        .where(
            or_(col(own.path) == above.path, func.starts_with(own.path, above.path + "/")),
            # Both places must have been true at one time: a commune of today never stood in an old district.
            func.coalesce(above.valid_from, date.min) <= func.coalesce(own.valid_to, date.max),
            func.coalesce(own.valid_from, date.min) <= func.coalesce(above.valid_to, date.max),
            func.coalesce(KnownCampaign.starts_on, day) <= day,
            func.coalesce(KnownCampaign.ends_on, day) >= day,
        )
    )
    asked: int | None = (await session.exec(covering)).one()
    return asked if asked is not None else LEAST


async def count_filed(session: ReadSession, unit_code: str | None, codes: Sequence[str]) -> dict[str, int]:
    """Dossiers of the last twelve months by procedure, in a unit and below, or everywhere."""
    first = first_month(today())
    query = (
        select(FiledInMonth.procedure_code, func.sum(FiledInMonth.filed))
        .where(col(FiledInMonth.procedure_code).in_(list(codes)), col(FiledInMonth.month) >= first)
        .group_by(col(FiledInMonth.procedure_code))
    )
    if unit_code is not None:
        query = query.where(col(FiledInMonth.unit_id).in_(units_under(unit_code)))
    return {code: int(filed) for code, filed in await session.exec(query)}


def first_month(day: date) -> date:
    """The first of the twelve months that end with the month of `day`."""
    months = day.year * 12 + day.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)
