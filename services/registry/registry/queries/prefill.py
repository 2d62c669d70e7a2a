"""Prefill of forms: values from the resident's record and from linked databases, with their age."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from registry.model.attributes import ATTRIBUTES, LINKED_ONLY
from registry.model.provenance import AttributeRecord
from registry.model.ranking import Origin, is_stale
from registry.model.residents import Resident
from registry.queries.residents import values_of


@dataclass(frozen=True, slots=True)
class PrefilledValue:
    """A value for a form, with its source and age; `missing` without a value."""

    value: Any = None
    source: str | None = None
    verified: bool = False
    observed_at: datetime | None = None
    state: Literal["fresh", "stale", "missing"] = "missing"


@dataclass(frozen=True, slots=True)
class Prefill:
    """The values for a form, the names without one, and the share of fields that need no declaration."""

    fields: dict[str, PrefilledValue]
    missing: list[str]
    once_only_ratio: float
    degraded_sources: list[str]


async def prefill(session: ReadSession, resident: Resident, fields: Sequence[str], degraded: Sequence[str]) -> Prefill:
    """Fill the fields of a form, each once; unknown names are missing, never an error."""
    requested = list(dict.fromkeys(fields))
    values = await values_of(session, resident)
    linked = await linked_records(session, resident.id)
    filled: dict[str, PrefilledValue] = {}
    for name in requested:
        attribute = ATTRIBUTES.get(name)
        if attribute and attribute.prefill:
            filled[name] = (
                _stored(resident, name, values[name], degraded) if attribute.stored else _linked(name, linked, degraded)
            )
    missing = [name for name in requested if name not in filled or filled[name].state == "missing"]
    return Prefill(
        fields=filled,
        missing=missing,
        once_only_ratio=round((len(requested) - len(missing)) / len(requested), 2),
        degraded_sources=list(degraded),
    )


def _stored(resident: Resident, name: str, value: Any, degraded: Sequence[str]) -> PrefilledValue:
    return PrefilledValue() if value is None else _filled(name, value, resident.origin(name), degraded)


def _linked(name: str, linked: Mapping[str, AttributeRecord], degraded: Sequence[str]) -> PrefilledValue:
    record = linked.get(name)
    if record is None:
        return PrefilledValue()
    origin = Origin(source=record.source, verified=record.verified, observed_at=record.observed_at)
    return _filled(name, record.decrypted(), origin, degraded)


def _filled(name: str, value: Any, origin: Origin, degraded: Sequence[str]) -> PrefilledValue:
    """A value of a database that does not answer now is stale, whatever its age: it cannot be confirmed."""
    stale = origin.source in degraded or is_stale(name, origin.observed_at)
    return PrefilledValue(value, origin.source, origin.verified, origin.observed_at, "stale" if stale else "fresh")


async def linked_records(session: ReadSession, resident_id: UUID) -> dict[str, AttributeRecord]:
    """Attributes that are not stored in the resident's row, the newest record of each."""
    found = await session.exec(
        select(AttributeRecord)
        .where(
            AttributeRecord.resident_id == resident_id,
            col(AttributeRecord.name).in_(LINKED_ONLY),
            col(AttributeRecord.superseded_at).is_(None),
        )
        .order_by(col(AttributeRecord.observed_at))
    )
    return {record.name: record for record in found}
