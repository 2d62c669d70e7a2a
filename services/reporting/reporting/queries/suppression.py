"""Counts that the public may not see although they are large: with them, a small one would follow by subtraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar
from uuid import UUID

from chassis.storage.database import ReadSession
from reporting.figures import SMALLEST_PUBLIC_CELL
from reporting.projections.tree import TreeGeneration
from reporting.queries.counts import LiveVersion, counts_of, totals_on

__all__ = ["SuppressedCells", "suppressed_on", "suppressed_parts"]

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class SuppressedCells:
    """The counters that are not shown, by unit; `rests`: of what belongs to a unit and to none of its children."""

    units: dict[UUID, set[str]] = field(default_factory=dict)
    rests: dict[UUID, set[str]] = field(default_factory=dict)


async def suppressed_on(
    session: ReadSession, live: LiveVersion, generation: TreeGeneration, parents: Sequence[UUID], day: date
) -> SuppressedCells:
    """Of the children of these units, which begin with the province; a unit comes after its own parent.

    What is hidden beside its siblings is hidden on its own page too, and below it not everything is shown.
    """
    totals = await totals_on(
        session, live, generation, {id for each in parents for id in generation.children.get(each, [])}, day
    )
    rests = await counts_of(session, live, {id: generation.homed.get(id, []) for id in parents}, day)
    found = SuppressedCells()
    for parent in parents:
        parts = {id: totals[id] for id in generation.children.get(parent, [])}
        hidden = suppressed_parts({**parts, parent: rests[parent]}, found.units.get(parent, set()))
        found.rests[parent] = hidden.pop(parent)
        found.units.update(hidden)
    return found


def suppressed_parts(parts: Mapping[Part, Mapping[str, int]], of_whole: AbstractSet[str]) -> dict[Part, set[str]]:
    """By part, the counters that are not shown; `of_whole` are those that are not shown of the parts' sum.

    Small counts need company: at least two are hidden under a sum that is shown, and together they are no small cell. Under
    a sum that is hidden one part is, or the parts would give it away. A zero reveals no person: it
    neither needs company nor is any.
    """
    hidden: dict[Part, set[str]] = {part: set() for part in parts}
    for counter in {name for counts in parts.values() for name in counts}:
        known = sorted(
            ((count, part) for part, counts in parts.items() if (count := counts.get(counter, 0)) > 0),
            key=lambda entry: entry[0],
        )
        for part in _without(known, counter in of_whole):
            hidden[part].add(counter)
    return hidden


def _without(known: Sequence[tuple[int, Part]], is_whole_hidden: bool) -> Iterable[Part]:
    small = sum(count < SMALLEST_PUBLIC_CELL for count, _ in known)
    number = max(small, 1) if is_whole_hidden else small
    if small and not is_whole_hidden:
        while number < len(known) and (number < 2 or sum(count for count, _ in known[:number]) < SMALLEST_PUBLIC_CELL):
            number += 1
    return [part for _, part in known[:number]]
