"""The tree of units during an import: changed by a decree, then stored and published as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from chassis.clock import today
from chassis.ids import new_id
from chassis.storage.database import ReadSession, Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.registry import Lineage, Successor, UnitChanged
from registry import decrees
from registry.decrees import Fault, SuccessionRow, UnitRow, is_within
from registry.model.tree import Period, Placement, TreePlace, all_below, placements_of, tree_places
from registry.model.units import UnitSuccession, UnitWord
from registry.names import words


@dataclass
class UnitTree:
    """All units during an import; `touched` are those to write and publish, `dropped` successions that hold no more."""

    import_id: UUID | None = None
    units: dict[UUID, KnownUnit] = field(default_factory=dict)
    placements: dict[UUID, list[Placement]] = field(default_factory=dict)
    successions: dict[tuple[UUID, UUID], UnitSuccession] = field(default_factory=dict)
    by_code: dict[str, list[KnownUnit]] = field(default_factory=lambda: defaultdict(list))
    created: set[UUID] = field(default_factory=set)
    touched: set[UUID] = field(default_factory=set)
    ended_whole: dict[UUID, tuple[UUID, date]] = field(default_factory=dict)
    ended_divided: dict[UUID, date] = field(default_factory=dict)
    dropped: list[UnitSuccession] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def apply_rows(self, rows: Sequence[UnitRow]) -> None:
        for row in rows:
            self._apply_unit(row)
        for row in rows:
            self._apply_placement(row)

    def _apply_unit(self, row: UnitRow) -> None:
        unit = self._same_unit(row)
        if unit is None:
            self._end_open(row)
            unit = KnownUnit(id=new_id(), code=row.code, name=row.name, level=row.level, kind=row.kind,
                             valid_from=row.valid_from, valid_to=row.valid_to)  # fmt: skip
            self.units[unit.id] = unit
            self.by_code[row.code].append(unit)
            self.created.add(unit.id)
        elif is_withdrawn(unit):
            self._revive(unit, row)
        elif row.level == "village":
            # A village is one unit for ever: its rows are places, the latest one has its name.
            unit.valid_to = row.valid_to
            unit.name, unit.kind = row.name, row.kind
        else:
            unit.name, unit.kind, unit.valid_to = row.name, row.kind, row.valid_to or unit.valid_to
        self.touched.add(unit.id)

    def _revive(self, unit: KnownUnit, row: UnitRow) -> None:
        """A unit of a decree that was taken back exists again, under the id that it had."""
        self._end_open(row)
        unit.name, unit.kind, unit.valid_from, unit.valid_to = row.name, row.kind, row.valid_from, row.valid_to
        self.placements[unit.id] = []
        self.replace_successions(unit.id, [])

    def _same_unit(self, row: UnitRow) -> KnownUnit | None:
        for unit in self.by_code[row.code]:
            if unit.level == row.level == "village" or unit.valid_from == row.valid_from:
                return unit
        return None

    def _end_open(self, row: UnitRow) -> None:
        """A new generation of a code ends the previous one."""
        for unit in self.by_code[row.code]:
            if row.valid_from and unit.valid_to is None:
                self._end(unit, row.valid_from)

    def _end(self, unit: KnownUnit, successors_begin: date) -> None:
        if unit.valid_to is None or unit.valid_to >= successors_begin:
            unit.valid_to = decrees.last_day_before(successors_begin)
            self.touched.add(unit.id)

    def _apply_placement(self, row: UnitRow) -> None:
        unit = self._same_unit(row)
        assert unit is not None
        period = Period(row.valid_from, row.valid_to or (None if row.level == "village" else unit.valid_to))
        if row.parent_code is None:
            self.placements[unit.id] = [Placement(None, period)]
            return
        parent = self._unit_on(row.parent_code, row.valid_from or row.valid_to or today())
        if parent is None or parent.id == unit.id:
            self.faults.append(Fault(row.line, "parent_code", "unknown-unit", "Không có đơn vị cấp trên này",
                                     "No such parent on that day"))  # fmt: skip
            return
        kept = [p for p in self.placements.get(unit.id, []) if not p.period.intersection(period)]
        self.placements[unit.id] = sorted(
            [*kept, Placement(parent.id, period)], key=lambda placement: placement.period.first or date.min
        )

    def _unit_on(self, code: str, day: date) -> KnownUnit | None:
        return next((u for u in self.by_code[code] if is_within(day, u.valid_from, u.valid_to)), None)

    def apply_successions(self, rows: Sequence[SuccessionRow]) -> None:
        by_old: dict[UUID, list[tuple[KnownUnit, SuccessionRow]]] = defaultdict(list)
        for row in rows:
            old = self._unit_on(row.code, decrees.last_day_before(row.effective_on))
            new = self._unit_on(row.successor_code, row.effective_on)
            if old is None or new is None:
                column = "code" if old is None else "successor_code"
                self.faults.append(Fault(row.line, column, "unknown-unit", "Không có đơn vị mang mã này vào ngày đó",
                                         "No unit has this code on that day"))  # fmt: skip
                continue
            self.put_succession(old.id, new.id, row.kind, row.effective_on, self.import_id)
            by_old[old.id].append((new, row))
        villages = [unit_id for unit_id in self.placements if self.units[unit_id].level == "village"]
        for old_id, following in by_old.items():
            self._apply_succession(self.units[old_id], following, villages)

    def _apply_succession(
        self, old: KnownUnit, following: list[tuple[KnownUnit, SuccessionRow]], villages: Sequence[UUID]
    ) -> None:
        day = following[0][1].effective_on
        self._end(old, day)
        self.touched.add(old.id)
        is_whole = len(following) == 1 and following[0][1].kind != "part"
        successor = following[0][0].id if is_whole else self.above(old.id, day)
        if is_whole:
            self.ended_whole[old.id] = (following[0][0].id, day)
        else:
            self.ended_divided[old.id] = day
        for village in villages:
            steps = self.placements[village]
            self.placements[village] = _moved_placements(steps, old.id, successor, day)
            if self.placements[village] != steps:
                self.touched.add(village)

    def put_succession(self, old_id: UUID, new_id: UUID, kind: str, day: date, import_id: UUID | None) -> None:
        """One unit took over another one; an existing row of both is changed."""
        row = self.successions.setdefault(
            (old_id, new_id), UnitSuccession(unit_id=old_id, successor_id=new_id, kind=kind, effective_on=day)
        )
        row.kind, row.effective_on, row.unit_import_id = kind, day, import_id

    def replace_successions(self, unit_id: UUID, wanted: Sequence[UnitSuccession]) -> None:
        """The successors of a unit are these and no others."""
        kept = {row.successor_id for row in wanted}
        for key in [key for key in self.successions if key[0] == unit_id and key[1] not in kept]:
            self.dropped.append(self.successions.pop(key))
        for row in wanted:
            self.put_succession(unit_id, row.successor_id, row.kind, row.effective_on, row.unit_import_id)

    def above(self, unit_id: UUID, day: date) -> UUID | None:
        """The nearest unit above that exists on a day."""
        last = self.placements[unit_id][-1].parent_id if self.placements.get(unit_id) else None
        while last and not is_within(day, self.units[last].valid_from, self.units[last].valid_to):
            last = self.placements[last][-1].parent_id
        return last

    def place_ended_units(self) -> None:
        """Place each ended unit below the one that took it over, a divided one below the unit above.

        So what belongs to it is found and decided by the officers of the successor, in every service.
        """
        following: dict[UUID, list[UnitSuccession]] = defaultdict(list)
        for row in self.successions.values():
            following[row.unit_id].append(row)
        for old_id, rows in following.items():
            old, day = self.units[old_id], rows[0].effective_on
            if old.valid_to is not None and old.valid_to < day and not is_withdrawn(old):
                self._place_ended(old_id, rows, day)

    def _place_ended(self, old_id: UUID, rows: Sequence[UnitSuccession], day: date) -> None:
        before = self.placements.get(old_id, [])
        self.placements[old_id] = [step for step in before if (step.period.first or date.min) < day]
        is_whole = len(rows) == 1 and rows[0].kind != "part"
        successor = rows[0].successor_id if is_whole else self.above(old_id, day)
        if successor is not None and successor != old_id:
            self.placements[old_id].append(Placement(successor, Period(day, None)))
        if self.placements[old_id] != before:
            self.touched.add(old_id)

    def withdraw(self, unit_id: UUID, taken_over: Sequence[UUID]) -> None:
        """A unit never came to be: it ends before its first day, and what is recorded there belongs to those it took over.

        It stands below the one unit that it had taken over, otherwise below the unit above.
        """
        unit, above = self.units[unit_id], self.placements[unit_id][0].parent_id
        first = unit.valid_from or today()
        unit.valid_from, unit.valid_to = first, decrees.last_day_before(first)
        whole = "whole" if len(taken_over) == 1 else "part"
        self.replace_successions(unit_id, [
            UnitSuccession(unit_id=unit_id, successor_id=old_id, kind=whole, effective_on=first) for old_id in taken_over
        ])  # fmt: skip
        self.placements[unit_id] = [Placement(taken_over[0] if len(taken_over) == 1 else above, Period(first, None))]
        self.touched.add(unit_id)

    def put_back(self, unit_id: UUID, before: Mapping[str, Any]) -> None:
        """A unit stands again as in a state of before."""
        unit = self.units[unit_id]
        unit.name, unit.kind = before["name"], before["kind"]
        unit.valid_from, unit.valid_to = _day(before["valid_from"]), _day(before["valid_to"])
        self.placements[unit_id] = [
            Placement(UUID(parent) if parent else None, Period(_day(first), _day(last)))
            for parent, first, last in before["placements"]
        ]
        self.replace_successions(unit_id, [
            UnitSuccession(unit_id=unit_id, successor_id=UUID(successor_id), kind=kind, effective_on=date.fromisoformat(day),
                           unit_import_id=UUID(import_id) if import_id else None)
            for successor_id, kind, day, import_id in before["successors"]
        ])  # fmt: skip
        self.touched.add(unit_id)

    def states(self, unit_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        """Units with their own placements and successors, as JSON can keep them."""
        following: dict[UUID, list[list[str | None]]] = defaultdict(list)
        for row in self.successions.values():
            following[row.unit_id].append(
                [str(row.successor_id), row.kind, _text(row.effective_on), _text(row.unit_import_id)]
            )
        return {unit_id: self._state(unit_id, following[unit_id]) for unit_id in unit_ids}

    def _state(self, unit_id: UUID, successors: list[list[str | None]]) -> dict[str, Any]:
        unit = self.units[unit_id]
        placements = [
            [_text(step.parent_id), _text(step.period.first), _text(step.period.last)]
            for step in self.placements.get(unit_id, [])
        ]
        return {"name": unit.name, "kind": unit.kind, "valid_from": _text(unit.valid_from),
                "valid_to": _text(unit.valid_to), "placements": placements,
                "successors": sorted(successors, key=str)}  # fmt: skip

    def closed_placements(self) -> dict[UUID, list[Placement]]:
        """Placements cut to the validity of their units; those after a unit's end are where it stands since."""
        return {
            unit_id: [
                Placement(step.parent_id, period) for step in steps if (period := _closed(step, self.units[unit_id]))
            ]
            for unit_id, steps in self.placements.items()
        }


def is_withdrawn(unit: KnownUnit) -> bool:
    """Whether the decree that made a unit was taken back: it ends before its first day."""
    return unit.valid_from is not None and unit.valid_to is not None and unit.valid_to < unit.valid_from


def _text(value: UUID | date | None) -> str | None:
    return str(value) if value is not None else None


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _closed(step: Placement, unit: KnownUnit) -> Period | None:
    if unit.valid_to is not None and step.period.first is not None and step.period.first > unit.valid_to:
        return step.period
    return step.period.intersection(Period(unit.valid_from, unit.valid_to))


def _moved_placements(steps: list[Placement], old: UUID, successor: UUID | None, day: date) -> list[Placement]:
    """A village's placements, from a day on under the successor of its parent, unless the decree places it itself."""
    result: list[Placement] = []
    for step in steps:
        after = step.period.intersection(Period(day, None))
        if step.parent_id != old or after is None:
            result.append(step)
            continue
        before = step.period.intersection(Period(None, decrees.last_day_before(day)))
        result += [Placement(old, before)] if before else []
        result += [Placement(successor, after)] if successor else []
    return result


_PLACE = (
    col(KnownLineage.unit_id), col(KnownLineage.path), col(KnownLineage.parent_id),
    col(KnownLineage.valid_from), col(KnownLineage.valid_to),
)  # fmt: skip


async def load_tree(session: ReadSession) -> UnitTree:
    """All units with their places and successors."""
    tree = UnitTree()
    for unit in await session.exec(select(KnownUnit)):
        tree.units[unit.id] = unit
        tree.by_code[unit.code].append(unit)
    places: dict[UUID, list[TreePlace]] = defaultdict(list)
    # By columns: two places with one path are one object to the mapper.
    for unit_id, path, parent_id, first, last in await session.execute(select_columns(*_PLACE)):
        places[unit_id].append(TreePlace(path, parent_id, Period(first, last)))
    tree.placements = {unit_id: placements_of(found) for unit_id, found in places.items()}
    for succession in await session.exec(select(UnitSuccession)):
        tree.successions[succession.unit_id, succession.successor_id] = succession
    return tree


async def store_tree(session: Session, tree: UnitTree) -> list[UUID]:
    """Write and publish the units that changed and all below them; their ids."""
    placements = tree.closed_placements()
    codes = {unit_id: unit.code for unit_id, unit in tree.units.items()}
    touched = sorted(all_below(tree.touched, placements))
    session.add_all(tree.units[unit_id] for unit_id in touched)
    session.add_all(tree.successions.values())
    for row in tree.dropped:
        await session.delete(row)
    await session.flush()
    await _store_words(session, [tree.units[unit_id] for unit_id in touched])
    await session.execute(text("DELETE FROM known_lineage WHERE unit_id = ANY(:ids)"), {"ids": touched})
    successors = _successors(tree)
    places = {unit_id: tree_places(unit_id, codes, placements) for unit_id in touched}
    rows = [_lineage_row(unit_id, place) for unit_id in touched for place in places[unit_id]]
    if rows:
        await session.execute(insert(KnownLineage), rows)
    for unit_id in touched:
        tree.placements[unit_id] = placements_of(places[unit_id])
        publish(session, _changed(tree.units[unit_id], places[unit_id], successors[unit_id]))
    await session.flush()
    return touched


async def _store_words(session: Session, units: Sequence[KnownUnit]) -> None:
    await session.execute(text("DELETE FROM unit_word WHERE unit_id = ANY(:ids)"), {"ids": [u.id for u in units]})
    session.add_all(UnitWord(word=word, unit_id=unit.id) for unit in units for word in words(unit.name))


def _lineage_row(unit_id: UUID, place: TreePlace) -> dict[str, Any]:
    return {"path": place.path, "unit_id": unit_id, "parent_id": place.parent_id,
            "valid_from": place.period.first, "valid_to": place.period.last}  # fmt: skip


def _successors(tree: UnitTree) -> dict[UUID, list[Successor]]:
    found: dict[UUID, list[Successor]] = defaultdict(list)
    for row in tree.successions.values():
        found[row.unit_id].append(
            Successor.model_validate({"unit_id": row.successor_id, "code": tree.units[row.successor_id].code,
                                      "kind": row.kind, "effective_on": row.effective_on})
        )  # fmt: skip
    return found


def _changed(unit: KnownUnit, places: Sequence[TreePlace], successors: list[Successor]) -> UnitChanged:
    lineage = [
        Lineage(path=p.path, parent_id=p.parent_id, valid_from=p.period.first, valid_to=p.period.last) for p in places
    ]
    return UnitChanged.model_validate(
        {"unit_id": unit.id, "code": unit.code, "name": unit.name, "level": unit.level, "kind": unit.kind,
         "valid_from": unit.valid_from, "valid_to": unit.valid_to, "lineage": lineage, "successors": successors}
    )  # fmt: skip
