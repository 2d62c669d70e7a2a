"""What one transaction changes in the projections: states are loaded under lock, deltas gathered, all written once.

The deltas of a batch are written at its commit, sorted, so that processes beside each other take their locks in one order;
a hundred events of one village cost as many rows as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import CursorResult, event, text
from sqlalchemy.orm import Session as AlchemySession

from chassis.clock import today
from chassis.messaging.consumer import Transient
from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from reporting.model import EntityState
from reporting.projections.counter_deltas import write_deltas
from reporting.projections.entities.people import CountingProfile, contributions_of_people
from reporting.projections.states import UnknownFields, read_state, write_state
from reporting.projections.timeline import Contributions
from reporting.projections.tree import TreeGeneration, tree_of

__all__ = ["BUILD_VERSION", "UnitOfWork", "flush_unit_of_work", "unit_of_work_of"]

BUILD_VERSION = "projection version"
"""In `session.info`: the version that a rebuild writes; unset, the live one."""

UNIT_OF_WORK = "unit of work"

T = TypeVar("T")
Key = tuple[str, str]
"""Kind and id of a counted entity."""


class UnitOfWork:
    """The states that a transaction has loaded, and what they contribute more or less than before."""

    def __init__(self, version: int, base_day: date, generations: Sequence[TreeGeneration], keeps_totals: bool) -> None:
        self.version = version
        self.base_day = base_day
        self._generations = generations
        self._keeps_totals = keeps_totals
        self._locked: dict[Key, str | None] = {}
        """What is locked and not loaded yet: the stored state, None where there is none."""
        self._states: dict[Key, Any] = {}
        self._unknown: dict[Key, UnknownFields] = {}
        self._new: set[Key] = set()
        self._changed: set[Key] = set()
        self._contributions: Contributions = Counter()
        self._people: Counter[CountingProfile] = Counter()
        self._touched: set[UUID] = set()

    async def lock(self, session: Session, keys: Collection[Key]) -> None:
        """Locks the states of many entities by one statement, in one order for all transactions."""
        wanted = sorted(key for key in keys if key not in self._states and key not in self._locked)
        if not wanted:
            return
        names = {"version": self.version, "kinds": [kind for kind, _ in wanted], "ids": [id for _, id in wanted]}
        self._locked |= dict.fromkeys(wanted)
        self._locked |= {(row.kind, row.id): row.state for row in await session.execute(_LOCK, names)}

    async def load(self, session: Session, kind: str, id: str, cls: type[T]) -> T:
        """The state of an entity, locked until the transaction ends; a new one for an entity without events so far."""
        key = (kind, id)
        if key not in self._states:
            await self.lock(session, [key])
            stored = self._locked.pop(key)
            if stored is None:
                self._new.add(key)
                self._states[key] = cls()
            else:
                self._states[key], self._unknown[key] = read_state(cls, stored)
        state: T = self._states[key]
        return state

    def mark_changed(self, kind: str, id: str) -> None:
        """The state has changed and is to be written."""
        self._changed.add((kind, id))

    def touch(self, unit_id: UUID) -> None:
        """Something else than a count has changed in a unit, such as a target."""
        self._touched.add(unit_id)

    def replace(self, before: Contributions, after: Contributions) -> None:
        """Replaces what an entity contributed by what it contributes now."""
        self._contributions.update(after)
        self._contributions.subtract(before)

    def replace_person(self, before: CountingProfile | None, after: CountingProfile | None) -> None:
        """Replaces what a resident contributed by what they contribute now."""
        if before != after:
            if before is not None:
                self._people[before] -= 1
            if after is not None:
                self._people[after] += 1

    def write(self, session: AlchemySession) -> None:
        """Writes what is not written yet; called in the commit, and before a query of the same transaction."""
        self._write_states(session, _INSERT, sorted(self._changed & self._new))
        self._write_states(session, _UPDATE, sorted(self._changed - self._new))
        self._contributions.update(contributions_of_people(self._people))
        deltas = {
            (UUID(unit_id), counter, day): change
            for (unit_id, counter, day), change in self._contributions.items()
            if change
        }
        write_deltas(session, self.version, self.base_day, deltas, self._generations, self._keeps_totals, self._touched)
        for written in (self._changed, self._new, self._contributions, self._people, self._touched):
            written.clear()

    def _write_states(self, session: AlchemySession, statement: BulkInsert, keys: Sequence[Key]) -> None:
        if not keys:
            return
        rows = [(*key, write_state(self._states[key], self._unknown.get(key, {}))) for key in keys]
        written = session.execute(*statement.of(rows, version=self.version))
        if cast("CursorResult[Any]", written).rowcount < len(keys):
            # Another worker has inserted one of them first, for an event of another topic: try again with its state.
            raise Transient("a state was written by another worker")


async def unit_of_work_of(session: Session) -> UnitOfWork:
    """The unit of work of this transaction; the version it writes stays the same until the transaction ends."""
    info = session.sync_session.info
    if UNIT_OF_WORK not in info:
        chosen = info.get(BUILD_VERSION)
        row = (await session.execute(_BUILT, {"version": chosen})).one() if chosen else await _live(session)
        unit_of_work = info[UNIT_OF_WORK] = UnitOfWork(
            row.version, row.base_day, *await _kept_generations(session, row)
        )

        def write(session: AlchemySession) -> None:
            session.info.pop(UNIT_OF_WORK, None)
            unit_of_work.write(session)

        event.listen(session.sync_session, "before_commit", write, once=True)
    found: UnitOfWork = info[UNIT_OF_WORK]
    return found


async def flush_unit_of_work(session: Session) -> None:
    """Lets the next queries of this transaction see what was counted before in it."""
    unit_of_work = session.sync_session.info.get(UNIT_OF_WORK)
    if unit_of_work is not None:
        await session.run_sync(unit_of_work.write)


async def _kept_generations(session: Session, projection: Any) -> tuple[Sequence[TreeGeneration], bool]:
    """The tree generations to sum up by, and whether their sums are valid: not while they wait to be made anew."""
    tree = await tree_of(session)
    generations = tree.kept_generations(today())
    starts = [each.since for each in generations]
    return generations, projection.totals_tree == tree.version and projection.totals_tiers == starts


async def _live(session: Session) -> Any:
    # A transaction that waited here while a rebuild swapped versions finds no live row in its snapshot: ask again.
    for _ in range(3):
        row = (await session.execute(_LIVE)).first()
        if row is not None:
            return row
    raise Transient("no version of the projections is live")


_LIVE = text("SELECT version, base_day, totals_tree, totals_tiers FROM projection WHERE state = 'live' FOR SHARE")
_BUILT = text("SELECT version, base_day, totals_tree, totals_tiers FROM projection WHERE version = :version FOR SHARE")
_LOCK = text(
    "SELECT kind, id, cast(state AS text) AS state FROM subject WHERE version = :version"
    " AND (kind, id) IN (SELECT * FROM unnest(cast(:kinds AS text[]), cast(:ids AS text[])))"
    " ORDER BY kind, id FOR UPDATE"
)
_STATE_COLUMNS = ["kind", "id", "state"]
_INSERT = BulkInsert(EntityState, _STATE_COLUMNS, constants=["version"])
_UPDATE = BulkInsert(EntityState, _STATE_COLUMNS, constants=["version"], update={"state": "excluded.state"})
