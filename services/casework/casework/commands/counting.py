"""Counts this service's own tables, for reporting to compare its projections with."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from casework.model.chosen import ChosenProcedures
from casework.model.dossiers import Dossier
from casework.model.fees import Channel
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from contracts.counts import Count


async def take_counts(session: ReadSession) -> list[Count]:
    """How many there are in each unit itself, by indicator."""
    submitted = col(Dossier.submitted_at).is_not(None)
    online = submitted & (col(Dossier.channel) == Channel.ONLINE.value)
    paid = submitted & col(Dossier.fee_paid_online) & (col(Dossier.fee_amount) > 0)
    return [
        *await _by_unit(session, "dossiers_online", online),
        *await _by_unit(session, "dossiers_self_service", online & col(Dossier.is_self_service)),
        *await _by_unit(session, "fees_paid_online", paid),
        *await _chosen(session),
    ]


async def _by_unit(session: ReadSession, indicator: str, condition: Any) -> Iterable[Count]:
    query = (
        select(Dossier.unit_code, func.count())
        .where(condition)
        .group_by(col(Dossier.unit_code))
        .order_by(col(Dossier.unit_code))
    )
    return [Count(unit_code=code, indicator=indicator, count=count) for code, count in await session.exec(query)]


async def _chosen(session: ReadSession) -> Iterable[Count]:
    query = (
        select(KnownUnit.code, ChosenProcedures.codes)
        .join(ChosenProcedures, col(ChosenProcedures.unit_id) == KnownUnit.id)
        .order_by(KnownUnit.code)
    )
    return [
        Count(unit_code=code, indicator="procedures_chosen", count=len(codes))
        for code, codes in await session.exec(query)
    ]
