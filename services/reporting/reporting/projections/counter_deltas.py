"""The counts of a transaction, written at once: by unit and day, at the base day, and in the sums of the units above."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session as AlchemySession

from chassis.clock import now
from chassis.storage.bulk import BulkInsert
from reporting.model import CountAtBase, CountOnDay, TotalAtBase, TotalOnDay, UnitChange
from reporting.projections.tree import TreeGeneration

__all__ = ["Deltas", "write_deltas"]

Deltas = Mapping[tuple[UUID, str, date], int]
"""By unit, counter and day, how much the counter changes there; without zeros."""


def write_deltas(
    session: AlchemySession,
    version: int,
    base_day: date,
    deltas: Deltas,
    generations: Sequence[TreeGeneration],
    keeps_totals: bool,
    touched: Collection[UUID] = (),
) -> None:
    """Adds the deltas to a version of the projections; marks their units, `touched` ones and those above as changed."""
    if not deltas and not touched:
        return
    session.execute(*_ON_DAY.of(_rows(deltas), version=version))
    session.execute(*_AT_BASE.of(_rows(_until(base_day, deltas)), version=version))
    for generation in generations if keeps_totals else ():
        totals = _totals(generation, deltas)
        constants = {"version": version, "tier": generation.since}
        session.execute(*_TOTAL_ON_DAY.of(_rows(totals), **constants))
        session.execute(*_TOTAL_AT_BASE.of(_rows(_until(base_day, totals)), **constants))
    changed = {unit_id for unit_id, _, _ in deltas} | set(touched)
    above = {each for generation in generations for unit_id in changed for each in generation.totals_over(unit_id)}
    session.execute(*_CHANGED.of([(unit_id,) for unit_id in changed | above], version=version, changed_at=now()))


def _totals(generation: TreeGeneration, deltas: Deltas) -> Deltas:
    over = {unit_id: generation.totals_over(unit_id) for unit_id in {unit_id for unit_id, _, _ in deltas}}
    totals: Counter[tuple[UUID, str, date]] = Counter()
    for (unit_id, counter, day), change in deltas.items():
        for above in over[unit_id]:
            totals[above, counter, day] += change
    return {key: change for key, change in totals.items() if change}


def _until(base_day: date, deltas: Deltas) -> Mapping[tuple[UUID, str], int]:
    sums: Counter[tuple[UUID, str]] = Counter()
    for (unit_id, counter, day), change in deltas.items():
        if day <= base_day:
            sums[unit_id, counter] += change
    return sums


def _rows(changes: Mapping[Any, int]) -> list[tuple[Any, ...]]:
    return [(*key, change) for key, change in changes.items()]


_ADD_CHANGE = {"change": "old.change + excluded.change"}
_ADD_VALUE = {"value": "old.value + excluded.value"}
_DAY_COLUMNS, _BASE_COLUMNS = ["unit_id", "counter", "day", "change"], ["unit_id", "counter", "value"]
_ON_DAY = BulkInsert(CountOnDay, _DAY_COLUMNS, constants=["version"], update=_ADD_CHANGE)
_AT_BASE = BulkInsert(CountAtBase, _BASE_COLUMNS, constants=["version"], update=_ADD_VALUE)
_TOTAL_ON_DAY = BulkInsert(TotalOnDay, _DAY_COLUMNS, constants=["version", "tier"], update=_ADD_CHANGE)
_TOTAL_AT_BASE = BulkInsert(TotalAtBase, _BASE_COLUMNS, constants=["version", "tier"], update=_ADD_VALUE)
_CHANGED = BulkInsert(
    UnitChange,
    ["unit_id"],
    constants=["version", "changed_at"],
    # Later than before in any case: a transaction that began earlier may commit after another one.
    update={"changed_at": "greatest(old.changed_at + interval '1 microsecond', excluded.changed_at)"},
)
