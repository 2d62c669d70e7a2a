"""Filed reports: frozen copies that late events do not change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from reporting.disclosure import impersonal_counters, suppressed_parts, suppressed_whole
from reporting.indicators import catalogue
from reporting.model import FiledReport
from reporting.projections.tree import Unit, tree_of
from reporting.queries.suppression import suppressed_of

__all__ = ["find_by_filing", "find_filed", "list_filed", "suppressed_in_filed"]


async def list_filed(session: ReadSession, unit: Unit, day: date) -> list[FiledReport]:
    """The filed reports of a unit, and of those that it succeeded, the latest first."""
    units = (await tree_of(session)).at(day).homed.get(unit.id, [unit.id])
    query = select(FiledReport).where(col(FiledReport.unit_id).in_(units)).order_by(col(FiledReport.filed_on).desc())
    return list(await session.exec(query.limit(200)))


async def find_filed(session: ReadSession, id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.id == id))).first()


async def find_by_filing(session: ReadSession, filing_id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.filing_id == filing_id))).first()


async def suppressed_in_filed(session: ReadSession, filed: FiledReport) -> tuple[set[str], dict[str, set[str]]]:
    """The counters that the public does not see of a frozen copy: of the unit, and by code of its children.

    Of a unit that had ended when it filed, no personal counter is shown: it is in no table of that day, so that with the
    tables of that day it would give away the difference.
    """
    whole, children = (
        _counts(filed.figures["unit"]),
        {code: _counts(plain) for code, plain in filed.figures["children"].items()},
    )
    generation = (await tree_of(session)).at(filed.as_of)
    if filed.unit_id not in generation.units:
        everything = set(catalogue().counters() - impersonal_counters())
        return everything, dict.fromkeys(children, everything)
    # What belongs to no child is not stored, but it is what is left.
    rest = {name: count - sum(each.get(name, 0) for each in children.values()) for name, count in whole.items()}
    own = suppressed_whole(whole) | await suppressed_of(session, generation.units[filed.unit_id], filed.as_of)
    hidden = suppressed_parts({"": rest, **children}, own)
    return own, {code: hidden[code] for code in children}


def _counts(plain: Mapping[str, list[Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code, (numerator, denominator, _) in plain.items():
        known = catalogue().indicators.get(code)
        if known and known.scope == "unit":
            counts[known.numerator.name] = numerator
            if known.denominator:
                counts[known.denominator.name] = denominator
    return counts
