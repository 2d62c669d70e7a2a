"""Filed reports: frozen copies that late events do not change."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from reporting.indicators import catalogue
from reporting.model import FiledReport
from reporting.queries.suppression import suppressed_parts

__all__ = ["find_by_filing", "find_filed", "list_filed", "suppressed_in_frozen"]


async def list_filed(session: ReadSession, unit_id: UUID) -> list[FiledReport]:
    """A unit's filed reports, the latest first."""
    query = select(FiledReport).where(FiledReport.unit_id == unit_id).order_by(col(FiledReport.filed_on).desc())
    return list(await session.exec(query.limit(200)))


async def find_filed(session: ReadSession, id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.id == id))).first()


async def find_by_filing(session: ReadSession, filing_id: UUID) -> FiledReport | None:
    return (await session.exec(select(FiledReport).where(FiledReport.filing_id == filing_id))).first()


def suppressed_in_frozen(frozen: Mapping[str, Any], own: AbstractSet[str]) -> dict[str, set[str]]:
    """By child, the counters that the public does not see of a frozen copy; `own` are those of the unit itself."""
    whole, parts = _counts(frozen["unit"]), {code: _counts(plain) for code, plain in frozen["children"].items()}
    # What belongs to no child is not kept, but it is what is left.
    parts[""] = {name: count - sum(part.get(name, 0) for part in parts.values()) for name, count in whole.items()}
    return suppressed_parts(parts, own)


def _counts(plain: Mapping[str, list[Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code, (numerator, denominator, _) in plain.items():
        known = catalogue().indicators.get(code)
        if known and known.scope == "unit":
            counts[known.numerator.name] = numerator
            if known.denominator:
                counts[known.denominator.name] = denominator
    return counts
