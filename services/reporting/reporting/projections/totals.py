"""Sums of units with others below them: updated with every change, made anew when units have changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.clock import today
from chassis.storage.database import ReadSession, Session
from reporting.projections.tree import Tree, TreeGeneration, tree_of

__all__ = ["make_totals", "totals_are_valid"]


async def totals_are_valid(session: ReadSession, version: int) -> bool:
    """Whether the sums of a version belong to the tree as it is now and to the generations of today."""
    row = (await session.execute(_STATE, {"version": version})).one()
    tree = await tree_of(session)
    return bool(row.totals_tree == tree.version and row.totals_tiers == _starts(tree))


async def make_totals(session: Session, version: int) -> None:
    """Makes the sums of all kept generations anew from the counts of the units themselves; events wait meanwhile."""
    await session.execute(text("SELECT FROM projection WHERE version = :version FOR UPDATE"), {"version": version})
    tree = await tree_of(session)
    for table in ("total_on_day", "total_at_base"):
        await session.execute(text(f"DELETE FROM {table} WHERE version = :version"), {"version": version})
    for generation in tree.kept_generations(today()):
        columns = _contents(generation) | {"version": version, "tier": generation.since}
        await session.execute(_SUM_DAYS, columns)
        await session.execute(_SUM_BASE, columns)
    await session.execute(_VALID, {"version": version, "tree": tree.version, "tiers": _starts(tree)})


def _starts(tree: Tree) -> list[Any]:
    return [each.since for each in tree.kept_generations(today())]


def _contents(generation: TreeGeneration) -> dict[str, list[UUID]]:
    pairs = [
        (member, id) for id in generation.units if generation.has_totals(id) for member in generation.members_of(id)
    ]
    return {"units": [unit for unit, _ in pairs], "owners": [owner for _, owner in pairs]}


_STATE = text("SELECT totals_tree, totals_tiers FROM projection WHERE version = :version")
_VALID = text("UPDATE projection SET totals_tree = :tree, totals_tiers = :tiers WHERE version = :version")
_SUM_DAYS = text(
    "INSERT INTO total_on_day (version, tier, unit_id, counter, day, change)"
    " SELECT :version, :tier, owner, counter, day, sum(change)"
    " FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS member (unit_id, owner)"
    " JOIN count_on_day USING (unit_id) WHERE version = :version GROUP BY owner, counter, day"
    " ORDER BY owner, day, counter"  # a unit's rows side by side: a page reads those of one unit
)
_SUM_BASE = text(
    "INSERT INTO total_at_base (version, tier, unit_id, counter, value)"
    " SELECT :version, :tier, owner, counter, sum(value)"
    " FROM unnest(cast(:units AS uuid[]), cast(:owners AS uuid[])) AS member (unit_id, owner)"
    " JOIN count_at_base USING (unit_id) WHERE version = :version GROUP BY owner, counter ORDER BY owner, counter"
)
