"""What one transaction changes in the projections: states are loaded under lock, differences gathered, all written once.

The differences of a batch are written at its commit, sorted, so that processes beside each other take their locks in one
order; a hundred events of one village cost as many rows as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import CursorResult, TextClause, event, text
from sqlalchemy.orm import Session as AlchemySession

from chassis.clock import now, today
from chassis.messaging.consumer import Transient
from chassis.storage.database import Session
from reporting.projections.people import Counted, Person, lives_of, tally_people
from reporting.projections.timeline import Tally
from reporting.projections.tree import Tier, tree_of
from reporting.projections.works import Work

__all__ = ["BUILD_VERSION", "Ledger", "change_person", "change_work", "ledger_of", "write_ledger"]

BUILD_VERSION = "projection version"
"""In `session.info`: the version that a rebuild writes; unset, the live one."""

T = TypeVar("T")
W = TypeVar("W", bound=Work)

LEDGER = "ledger"


class Ledger:
    """The states that a transaction has in hand, and what they count more or less than before."""

    def __init__(self, version: int, base_day: date, tiers: Sequence[Tier], keeps_totals: bool) -> None:
        self.version = version
        self.base_day = base_day
        self._tiers = tiers
        self._keeps_totals = keeps_totals
        self._states: dict[tuple[str, str], Any] = {}
        self._changed: set[tuple[str, str]] = set()
        self._tally: Tally = Counter()
        self._people: Counter[Counted] = Counter()
        self._taken: dict[tuple[str, str], str | None] = {}
        self._unheard: set[tuple[str, str]] = set()

    async def take(self, session: Session, keys: Collection[tuple[str, str]]) -> None:
        """Locks the states of many by one statement, in one order for everybody."""
        wanted = sorted(key for key in keys if key not in self._states and key not in self._taken)
        if not wanted:
            return
        names = {"version": self.version, "kinds": [kind for kind, _ in wanted], "ids": [id for _, id in wanted]}
        self._taken |= dict.fromkeys(wanted)
        self._taken |= {(row.kind, row.id): row.state for row in await session.execute(_LOCK, names)}

    async def load(self, session: Session, kind: str, id: str, cls: type[T]) -> T:
        """The state of a person or thing, locked until the transaction ends; a new one when nobody has heard of it."""
        key = (kind, id)
        if key not in self._states:
            await self.take(session, [key])
            found = self._taken.pop(key)
            if found is None:
                self._unheard.add(key)
            self._states[key] = cls() if found is None else adapter(cls).validate_json(found)
        state: T = self._states[key]
        return state

    def keep(self, kind: str, id: str) -> None:
        """The state has changed and is to be written."""
        self._changed.add((kind, id))

    def count(self, before: Tally, after: Tally) -> None:
        """Replaces what was counted by what is counted now."""
        self._tally.update(after)
        self._tally.subtract(before)

    def count_people(self, before: Counted | None, after: Counted | None) -> None:
        """Replaces what a resident counted by what they count now."""
        if before != after:
            if before is not None:
                self._people[before] -= 1
            if after is not None:
                self._people[after] += 1

    def write(self, session: AlchemySession) -> None:
        """Writes everything that is not written yet; called in the commit, and before something is to be read."""
        self._write_states(session, _INSERT, sorted(self._changed & self._unheard))
        self._write_states(session, _UPDATE, sorted(self._changed - self._unheard))
        self._tally.update(tally_people(self._people))
        changes = sorted((key, change) for key, change in self._tally.items() if change)
        if changes:
            self._write_counts(session, changes)
        for written in (self._changed, self._unheard, self._tally, self._people):
            written.clear()

    def _write_states(self, session: AlchemySession, statement: TextClause, keys: Sequence[tuple[str, str]]) -> None:
        if not keys:
            return
        states = [adapter(type(self._states[key])).dump_json(self._states[key]).decode() for key in keys]
        columns = {"kinds": [kind for kind, _ in keys], "ids": [id for _, id in keys], "states": states}
        written = session.execute(statement, columns | {"version": self.version})
        if cast("CursorResult[Any]", written).rowcount < len(keys):
            # Another worker has heard of one of them first, in an event of another topic: begin again with its state.
            raise Transient("a state was written meanwhile")

    def _write_counts(self, session: AlchemySession, changes: list[tuple[tuple[str, str, date], int]]) -> None:
        columns = {
            "version": self.version,
            "base_day": self.base_day,
            "units": [unit_id for (unit_id, _, _), _ in changes],
            "counters": [counter for (_, counter, _), _ in changes],
            "days": [day for (_, _, day), _ in changes],
            "changes": [change for _, change in changes],
        }
        session.execute(_ADD_ON_DAY, columns)
        session.execute(_ADD_AT_BASE, columns)
        changed = {UUID(unit_id) for unit_id in {key[0] for key, _ in changes}}
        marked = changed | {above for tier in self._tiers for each in changed for above in tier.totals_over(each)}
        if self._keeps_totals:
            for tier in self._tiers:
                self._write_totals(session, tier, changes)
        session.execute(_MARK, {"version": self.version, "units": sorted(marked), "at": now()})

    def _write_totals(
        self, session: AlchemySession, tier: Tier, changes: list[tuple[tuple[str, str, date], int]]
    ) -> None:
        sums: Counter[tuple[UUID, str, date]] = Counter()
        over = {unit_id: tier.totals_over(UUID(unit_id)) for unit_id in {key[0] for key, _ in changes}}
        for (unit_id, counter, day), change in changes:
            for above in over[unit_id]:
                sums[above, counter, day] += change
        rows = sorted((key, change) for key, change in sums.items() if change)
        if rows:
            columns = {
                "version": self.version,
                "tier": tier.since,
                "base_day": self.base_day,
                "units": [unit_id for (unit_id, _, _), _ in rows],
                "counters": [counter for (_, counter, _), _ in rows],
                "days": [day for (_, _, day), _ in rows],
                "changes": [change for _, change in rows],
            }
            session.execute(_ADD_TOTAL_ON_DAY, columns)
            session.execute(_ADD_TOTAL_AT_BASE, columns)


async def ledger_of(session: Session) -> Ledger:
    """The ledger of this transaction; the version it writes stays what it is until the transaction ends."""
    info = session.sync_session.info
    if LEDGER not in info:
        chosen = info.get(BUILD_VERSION)
        row = (await session.execute(_BUILT, {"version": chosen})).one() if chosen else await _live(session)
        ledger = info[LEDGER] = Ledger(row.version, row.base_day, *await _kept_tiers(session, row))

        def write(session: AlchemySession) -> None:
            session.info.pop(LEDGER, None)
            ledger.write(session)

        event.listen(session.sync_session, "before_commit", write, once=True)
    found: Ledger = info[LEDGER]
    return found


async def write_ledger(session: Session) -> None:
    """Lets what follows in this transaction read what was counted before in it."""
    ledger = session.sync_session.info.get(LEDGER)
    if ledger is not None:
        await session.run_sync(ledger.write)


async def _kept_tiers(session: Session, projection: Any) -> tuple[Sequence[Tier], bool]:
    """The tiers to sum up by, and whether their sums are kept up now: not while they wait to be made anew."""
    tree = await tree_of(session)
    tiers = tree.kept_tiers(today())
    return tiers, projection.totals_tree == tree.version and projection.totals_tiers == [each.since for each in tiers]


async def _live(session: Session) -> Any:
    # Whoever waited here while a rebuild was swapped in finds no live row in that statement's snapshot: ask again.
    for _ in range(3):
        row = (await session.execute(_LIVE)).first()
        if row is not None:
            return row
    raise Transient("no version of the projections is live")


async def change_work(session: Session, kind: str, id: str, cls: type[W], change: Callable[[W], bool]) -> None:
    """Lets a thing take a fact; `change` says whether it was news."""
    ledger = await ledger_of(session)
    work = await ledger.load(session, kind, id, cls)
    before = work.tally()
    if change(work):
        ledger.keep(kind, id)
        ledger.count(before, work.tally())


async def change_person(session: Session, id: str, change: Callable[[Person], bool]) -> None:
    """Lets a resident take a fact, and counts anew whom it counts with: a duplicate counts with its survivor."""
    ledger = await ledger_of(session)
    person = await ledger.load(session, "person", id, Person)
    old_survivor = person.survivor_id
    head = id if old_survivor is None else await _head(session, ledger, id)
    before = await _counted(session, ledger, head)
    if not change(person):
        return
    ledger.keep("person", id)
    if person.survivor_id == old_survivor:
        ledger.count_people(before, await _counted(session, ledger, head))
        return
    new_head = await _head(session, ledger, id)
    before_there = await _counted(session, ledger, new_head) if new_head not in (head, id) else None
    await _link(session, ledger, id, old_survivor, person.survivor_id)
    ledger.count_people(before, await _counted(session, ledger, head))
    if new_head != head:
        ledger.count_people(before_there, await _counted(session, ledger, new_head))


async def _link(session: Session, ledger: Ledger, id: str, old: str | None, new: str | None) -> None:
    if old is not None:
        former = await ledger.load(session, "person", old, Person)
        former.duplicates = [each for each in former.duplicates if each != id]
        ledger.keep("person", old)
    if new is not None:
        survivor = await ledger.load(session, "person", new, Person)
        survivor.duplicates = sorted({*survivor.duplicates, id})
        ledger.keep("person", new)


async def _head(session: Session, ledger: Ledger, id: str) -> str:
    """The record that counts for this one: the last survivor."""
    seen = {id}
    while survivor := (await ledger.load(session, "person", id, Person)).survivor_id:
        if survivor in seen:
            return min(seen)
        seen.add(survivor)
        id = survivor
    return id


async def _counted(session: Session, ledger: Ledger, head: str) -> Counted | None:
    person = await ledger.load(session, "person", head, Person)
    return lives_of(person, await _duplicates(session, ledger, person, {head}) if person.duplicates else ())


async def _duplicates(session: Session, ledger: Ledger, person: Person, seen: set[str]) -> list[Person]:
    found: list[Person] = []
    for id in person.duplicates:
        if id not in seen:
            seen.add(id)
            duplicate = await ledger.load(session, "person", id, Person)
            found += [duplicate, *await _duplicates(session, ledger, duplicate, seen)]
    return found


def adapter(cls: type[Any]) -> TypeAdapter[Any]:
    """How a state is written and read."""
    if cls not in _ADAPTERS:
        _ADAPTERS[cls] = TypeAdapter(cls)
    return _ADAPTERS[cls]


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


_LIVE = text("SELECT version, base_day, totals_tree, totals_tiers FROM projection WHERE state = 'live' FOR SHARE")
_BUILT = text("SELECT version, base_day, totals_tree, totals_tiers FROM projection WHERE version = :version FOR SHARE")
_LOCK = text(
    "SELECT kind, id, cast(state AS text) AS state FROM subject WHERE version = :version"
    " AND (kind, id) IN (SELECT * FROM unnest(cast(:kinds AS text[]), cast(:ids AS text[])))"
    " ORDER BY kind, id FOR UPDATE"
)
_INSERT = text(
    "INSERT INTO subject (version, kind, id, state)"
    " SELECT :version, kind, id, cast(state AS jsonb)"
    " FROM unnest(cast(:kinds AS text[]), cast(:ids AS text[]), cast(:states AS text[])) AS new (kind, id, state)"
    " ON CONFLICT DO NOTHING"
)
_UPDATE = text(
    "UPDATE subject SET state = cast(new.state AS jsonb)"
    " FROM unnest(cast(:kinds AS text[]), cast(:ids AS text[]), cast(:states AS text[])) AS new (kind, id, state)"
    " WHERE version = :version AND subject.kind = new.kind AND subject.id = new.id"
)
_ADD_ON_DAY = text(
    "INSERT INTO count_on_day AS c (version, unit_id, counter, day, change)"
    " SELECT :version, unit_id, counter, day, change"
    " FROM unnest(cast(:units AS uuid[]), cast(:counters AS text[]), cast(:days AS date[]), cast(:changes AS bigint[]))"
    " AS new (unit_id, counter, day, change) ORDER BY unit_id, counter, day"
    " ON CONFLICT (version, unit_id, counter, day) DO UPDATE SET change = c.change + excluded.change"
)
_ADD_AT_BASE = text(
    "INSERT INTO count_at_base AS c (version, unit_id, counter, value)"
    " SELECT :version, unit_id, counter, sum(change)"
    " FROM unnest(cast(:units AS uuid[]), cast(:counters AS text[]), cast(:days AS date[]), cast(:changes AS bigint[]))"
    " AS new (unit_id, counter, day, change) WHERE day <= :base_day GROUP BY unit_id, counter ORDER BY unit_id, counter"
    " ON CONFLICT (version, unit_id, counter) DO UPDATE SET value = c.value + excluded.value"
)
_ADD_TOTAL_ON_DAY = text(
    "INSERT INTO total_on_day AS c (version, tier, unit_id, counter, day, change)"
    " SELECT :version, :tier, unit_id, counter, day, change"
    " FROM unnest(cast(:units AS uuid[]), cast(:counters AS text[]), cast(:days AS date[]), cast(:changes AS bigint[]))"
    " AS new (unit_id, counter, day, change) ORDER BY unit_id, counter, day"
    " ON CONFLICT (version, tier, unit_id, counter, day) DO UPDATE SET change = c.change + excluded.change"
)
_ADD_TOTAL_AT_BASE = text(
    "INSERT INTO total_at_base AS c (version, tier, unit_id, counter, value)"
    " SELECT :version, :tier, unit_id, counter, sum(change)"
    " FROM unnest(cast(:units AS uuid[]), cast(:counters AS text[]), cast(:days AS date[]), cast(:changes AS bigint[]))"
    " AS new (unit_id, counter, day, change) WHERE day <= :base_day GROUP BY unit_id, counter ORDER BY unit_id, counter"
    " ON CONFLICT (version, tier, unit_id, counter) DO UPDATE SET value = c.value + excluded.value"
)
_MARK = text(
    "INSERT INTO unit_change AS c (version, unit_id, changed_at)"
    " SELECT :version, unit_id, :at FROM unnest(cast(:units AS uuid[])) AS new (unit_id) ORDER BY unit_id"
    " ON CONFLICT (version, unit_id) DO UPDATE SET changed_at = greatest(c.changed_at, excluded.changed_at)"
)
