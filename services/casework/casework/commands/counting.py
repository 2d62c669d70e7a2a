"""Counts this service's own tables, for reporting to compare its projections with."""

from collections.abc import Iterable
from datetime import time
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from casework.model.chosen import ChosenProcedures, CountedDay
from casework.model.dossiers import Dossier
from casework.model.fees import Channel
from chassis.clock import HO_CHI_MINH, now, today
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.counts import Count, CountsTaken

LATE = time(23, 50)
"""Near the end of the business day, so that a day's own numbers are compared with all of that day."""


async def count_once_a_day(session: Session) -> bool:
    """Counts late in the day if nobody has; whether it did."""
    if now().astimezone(HO_CHI_MINH).time() < LATE or await session.get(CountedDay, today()) is not None:
        return False
    session.add(CountedDay(day=today(), counted_at=now()))
    await take_counts(session)
    return True


async def take_counts(session: Session) -> None:
    """Says how many there are in each unit itself, by indicator."""
    submitted = col(Dossier.submitted_at).is_not(None)
    online = submitted & (col(Dossier.channel) == Channel.ONLINE.value)
    counts = [
        *await _by_unit(session, "dossiers_online", online),
        *await _by_unit(session, "dossiers_self_service", online & col(Dossier.is_self_service)),
        *await _by_unit(
            session, "fees_paid_online", submitted & col(Dossier.fee_paid_online) & (col(Dossier.fee_amount) > 0)
        ),
        *await _chosen(session),
    ]
    publish(session, CountsTaken(service="casework", at=now(), counts=counts))


async def _by_unit(session: Session, indicator: str, condition: Any) -> Iterable[Count]:
    query = select(Dossier.unit_code, func.count()).where(condition).group_by(col(Dossier.unit_code))
    return [Count(unit_code=code, indicator=indicator, count=count) for code, count in await session.exec(query)]


async def _chosen(session: Session) -> Iterable[Count]:
    query = select(KnownUnit.code, ChosenProcedures.codes).join(
        ChosenProcedures, col(ChosenProcedures.unit_id) == KnownUnit.id
    )
    return [
        Count(unit_code=code, indicator="procedures_chosen", count=len(codes))
        for code, codes in await session.exec(query)
    ]
