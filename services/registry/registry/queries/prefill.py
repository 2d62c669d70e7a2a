"""What a form need not ask: values from the resident's record and from linked databases, with their age."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from chassis.security.encryption import decrypt_text
from chassis.storage.database import ReadSession
from registry.model.facts import FACT_VALUE, FACTS, LINKED_FACTS, FactRecord, Origin
from registry.model.residents import Resident
from registry.queries.residents import is_stale, values_of
from registry.schemas.residents import FactView, PrefilledField, PrefillView


async def prefill(
    session: ReadSession, resident: Resident, fields: Sequence[str], degraded: Sequence[str]
) -> PrefillView:
    """Fill the fields that a form asks for, each once; unknown names are missing, never an error."""
    asked = list(dict.fromkeys(fields))
    values = await values_of(session, resident)
    linked = await linked_values(session, resident.id)
    filled: dict[str, PrefilledField] = {}
    for name in asked:
        if name in FACTS:
            filled[name] = (
                _linked(name, linked, degraded)
                if name in LINKED_FACTS
                else _own(resident, name, values[name], degraded)
            )
    missing = [name for name in asked if name not in filled or filled[name].state == "missing"]
    return PrefillView(
        fields=filled,
        missing=missing,
        once_only_ratio=round((len(asked) - len(missing)) / len(asked), 2),
        degraded_sources=list(degraded),
    )


def _own(resident: Resident, name: str, value: Any, degraded: Sequence[str]) -> PrefilledField:
    return _MISSING if value is None else _filled(name, value, resident.origin(name), degraded)


def _linked(name: str, linked: Mapping[str, FactRecord], degraded: Sequence[str]) -> PrefilledField:
    record = linked.get(name)
    if record is None:
        return _MISSING
    origin = Origin(source=record.source, verified=record.verified, observed_at=record.observed_at)
    return _filled(name, value_of(record), origin, degraded)


def _filled(name: str, value: Any, origin: Origin, degraded: Sequence[str]) -> PrefilledField:
    """What a database said that cannot be asked now is stale, however young: nobody could confirm it."""
    stale = origin.source in degraded or is_stale(name, origin.observed_at)
    return PrefilledField(
        value=value, source=origin.source, verified=origin.verified, observed_at=origin.observed_at,
        state="stale" if stale else "fresh",
    )  # fmt: skip


_MISSING = PrefilledField(value=None, source=None, verified=False, observed_at=None, state="missing")


async def linked_values(session: ReadSession, resident_id: UUID) -> dict[str, FactRecord]:
    """Facts that live outside the resident's row, the newest of each."""
    found = await session.exec(
        select(FactRecord)
        .where(
            FactRecord.resident_id == resident_id,
            col(FactRecord.name).in_(LINKED_FACTS),
            col(FactRecord.superseded_at).is_(None),
        )
        .order_by(col(FactRecord.observed_at))
    )
    return {record.name: record for record in found}


async def list_linked_facts(session: ReadSession, resident_id: UUID) -> list[FactView]:
    """What linked databases say that has no place in the resident's row."""
    return [
        FactView.model_validate(record.model_dump(exclude={"value"}) | {"value": value_of(record)})
        for record in (await linked_values(session, resident_id)).values()
    ]


def value_of(record: FactRecord) -> Any:
    """The value of a stored fact, opened."""
    return json.loads(decrypt_text(FACT_VALUE, str(record.id), record.value))
