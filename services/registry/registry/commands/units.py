"""Import of a decree: units begin, end and move in the tree; residents follow where the successor is clear."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.storage.database import ReadSession, Session
from chassis.storage.locks import lock_name
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownLineage, KnownUnit
from contracts.registry import Lineage, Successor, UnitChanged
from registry import decrees
from registry.commands.moves import move_residents_of_unit
from registry.decrees import Decree, Fault, FaultyTable, SuccessionRow, UnitRow, is_within
from registry.model.tree import Period, Placement, TreePlace, all_below, placements_of, tree_places
from registry.model.units import UndecidedResident, UnitImport, UnitSuccession, UnitWord
from registry.names import words

R = TypeVar("R")


async def load_thanh_hoa(session: Session) -> UnitImport | None:
    """Import the units of the province into an empty database; None when there are units already."""
    await lock_name(session, "registry.units")
    if (await session.exec(select(KnownUnit.id).limit(1))).first():
        return None
    return await import_decree(session, decrees.thanh_hoa(), b"Thanh Hoa, Resolution 1686/NQ-UBTVQH15", "system")


async def correct_names(session: Session) -> UnitImport | None:
    """Give units their right names where an earlier release had wrong ones; once, and every service follows."""
    content = decrees.corrected_names()
    rows = decrees.read_units(content)
    stored = (await session.exec(select(KnownUnit).where(col(KnownUnit.code).in_([row.code for row in rows])))).all()
    names = {(unit.code, unit.valid_from): unit.name for unit in stored}
    wrong = [row for row in rows if names.get((row.code, row.valid_from), row.name) != row.name]
    return await import_decree(session, Decree(wrong, []), content, "system") if wrong else None


async def place_ended_units(session: Session) -> None:
    """Place the units that ended before a release knew where they stand afterwards; once, and every service follows."""
    tree = await _load_tree(session)
    tree.place_ended_units()
    if tree.touched:
        await _store(session, tree, UnitImport(id=new_id(), file_hash=b"", imported_by="system", imported_at=now()))


async def import_decree(session: Session, decree: Decree, content: bytes, imported_by: str) -> UnitImport:
    """Import a decree. The same tables again change nothing and answer the first import.

    Villages and residents of a unit with one successor go to it; those of a divided unit go to the unit above and are
    listed for a decision. So totals are the same before and after.
    """
    await lock_name(session, "registry.units")
    file_hash = hashlib.sha256(content).digest()
    known = (await session.exec(select(UnitImport).where(UnitImport.file_hash == file_hash))).first()
    if known:
        return known
    record = UnitImport(id=new_id(), file_hash=file_hash, imported_by=imported_by, imported_at=now())
    tree = await _load_tree(session)
    tree.apply_rows(decree.units)
    tree.apply_successions(decree.successions)
    if tree.faults:
        raise _refused(tree.faults)
    tree.place_ended_units()
    await _store(session, tree, record)
    await _move_residents(session, tree, record)
    session.add(record)
    return record


def read_decree(table: bytes, successions: bytes | None) -> Decree:
    """The tables of an upload: units, or successions alone where the units are known; raises `InvalidBody`."""
    faults: list[Fault] = []
    if successions is None and decrees.is_successions_table(table):
        decree = Decree([], _read(decrees.read_successions, table, faults))
    else:
        units = _read(decrees.read_units, table, faults)
        following = _read(decrees.read_successions, successions, faults) if successions else []
        decree = Decree(units, following)
    if faults:
        raise _refused(faults)
    return decree


def _read(read: Callable[[bytes], list[R]], content: bytes, faults: list[Fault]) -> list[R]:
    """The rows of one table; its faults are collected with those of the other."""
    try:
        return read(content)
    except FaultyTable as error:
        faults += error.faults
        return []


def _refused(faults: Sequence[Fault]) -> InvalidBody:
    return InvalidBody(errors=[FieldError(f"/{f.line}/{f.column}", f.code, f.vi, f.en) for f in faults[:500]])


@dataclass
class _Tree:
    """All units during an import; `touched` are those to write and publish."""

    units: dict[UUID, KnownUnit] = field(default_factory=dict)
    placements: dict[UUID, list[Placement]] = field(default_factory=dict)
    successions: dict[tuple[UUID, UUID], UnitSuccession] = field(default_factory=dict)
    by_code: dict[str, list[KnownUnit]] = field(default_factory=lambda: defaultdict(list))
    created: set[UUID] = field(default_factory=set)
    touched: set[UUID] = field(default_factory=set)
    ended_whole: dict[UUID, tuple[UUID, date]] = field(default_factory=dict)
    ended_divided: dict[UUID, date] = field(default_factory=dict)
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
        elif row.level == "village":
            # A village is one unit for ever: its rows are places, the latest one has its name.
            unit.valid_to = row.valid_to
            unit.name, unit.kind = row.name, row.kind
        else:
            unit.name, unit.kind, unit.valid_to = row.name, row.kind, row.valid_to or unit.valid_to
        self.touched.add(unit.id)

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
            self.successions[old.id, new.id] = UnitSuccession(
                unit_id=old.id, successor_id=new.id, kind=row.kind, effective_on=row.effective_on
            )
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
            if old.valid_to is not None and old.valid_to < day:
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

    def closed_placements(self) -> dict[UUID, list[Placement]]:
        """Placements cut to the validity of their units; those after a unit's end are where it stands since."""
        return {
            unit_id: [
                Placement(step.parent_id, period) for step in steps if (period := _closed(step, self.units[unit_id]))
            ]
            for unit_id, steps in self.placements.items()
        }


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


async def _load_tree(session: ReadSession) -> _Tree:
    tree = _Tree()
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


async def _store(session: Session, tree: _Tree, record: UnitImport) -> None:
    placements = tree.closed_placements()
    codes = {unit_id: unit.code for unit_id, unit in tree.units.items()}
    touched = sorted(all_below(tree.touched, placements))
    record.units_created = len(tree.created)
    record.units_changed = len(touched) - len(tree.created)
    session.add_all(tree.units[unit_id] for unit_id in touched)
    session.add_all(tree.successions.values())
    await session.flush()
    await _store_words(session, [tree.units[unit_id] for unit_id in touched])
    await session.execute(text("DELETE FROM known_lineage WHERE unit_id = ANY(:ids)"), {"ids": touched})
    successors = _successors(tree)
    places = {unit_id: tree_places(unit_id, codes, placements) for unit_id in touched}
    rows = [_lineage_row(unit_id, place) for unit_id in touched for place in places[unit_id]]
    if rows:
        await session.execute(insert(KnownLineage), rows)
    for unit_id in touched:
        publish(session, _changed(tree.units[unit_id], places[unit_id], successors[unit_id]))
    await session.flush()


async def _store_words(session: Session, units: Sequence[KnownUnit]) -> None:
    await session.execute(text("DELETE FROM unit_word WHERE unit_id = ANY(:ids)"), {"ids": [u.id for u in units]})
    session.add_all(UnitWord(word=word, unit_id=unit.id) for unit in units for word in words(unit.name))


def _lineage_row(unit_id: UUID, place: TreePlace) -> dict[str, Any]:
    return {"path": place.path, "unit_id": unit_id, "parent_id": place.parent_id,
            "valid_from": place.period.first, "valid_to": place.period.last}  # fmt: skip


def _successors(tree: _Tree) -> dict[UUID, list[Successor]]:
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


async def _move_residents(session: Session, tree: _Tree, record: UnitImport) -> None:
    for old_id, (successor_id, day) in tree.ended_whole.items():
        if day <= today():
            moved = await move_residents_of_unit(session, tree.units[old_id], tree.units[successor_id], day)
            record.residents_moved += len(moved)
    for old_id, day in tree.ended_divided.items():
        above = tree.above(old_id, day)
        undecided = await _residents_of_villages(session, old_id, above, day) if above else []
        if above and day <= today():
            undecided += await move_residents_of_unit(session, tree.units[old_id], tree.units[above], day)
        _list_undecided(session, undecided, old_id, record.id)
        record.residents_undecided += len(undecided)


def _list_undecided(session: Session, resident_ids: Sequence[UUID], old_id: UUID, unit_import_id: UUID) -> None:
    session.add_all(
        UndecidedResident(resident_id=resident_id, from_unit_id=old_id, unit_import_id=unit_import_id)
        for resident_id in resident_ids
    )


async def move_due_residents(session: Session) -> int:
    """Move residents who still belong to a unit that ended, on the day of a decree imported earlier; how many."""
    due = list((await session.execute(_DUE, {"today": today()})).scalars())
    if not due:
        return 0
    tree, moved = await _load_tree(session), 0
    newest = (await session.exec(select(UnitImport).order_by(col(UnitImport.id).desc()).limit(1))).one()
    for old_id in due:
        following = [row for row in tree.successions.values() if row.unit_id == old_id]
        day = following[0].effective_on
        is_whole = len(following) == 1 and following[0].kind != "part"
        successor_id = following[0].successor_id if is_whole else tree.above(old_id, day)
        if successor_id is None:
            continue
        residents = await move_residents_of_unit(session, tree.units[old_id], tree.units[successor_id], day)
        if not is_whole:
            _list_undecided(session, residents, old_id, newest.id)
        moved += len(residents)
    return moved


_DUE = text(
    "SELECT DISTINCT s.unit_id FROM unit_succession AS s JOIN known_unit AS u ON u.id = s.unit_id"
    " WHERE s.effective_on <= :today AND u.valid_to < :today AND (EXISTS (SELECT FROM resident AS r WHERE r.unit_id = u.id)"
    " OR EXISTS (SELECT FROM organization AS o WHERE o.unit_id = u.id)"
    " OR EXISTS (SELECT FROM registration AS g WHERE g.unit_id = u.id))"
)


async def _residents_of_villages(session: Session, old_id: UUID, above_id: UUID, day: date) -> list[UUID]:
    """Residents of villages that belong to the unit above until an officer decides."""
    found = await session.execute(
        text(
            "SELECT r.id FROM known_lineage AS l JOIN resident AS r ON r.unit_id = l.unit_id"
            " WHERE l.parent_id = :above AND l.valid_from = :day AND EXISTS (SELECT FROM known_lineage AS b"
            " WHERE b.unit_id = l.unit_id AND b.parent_id = :old) ORDER BY r.id"
        ),
        {"above": above_id, "day": day, "old": old_id},
    )
    return list(found.scalars())


__all__ = ["col", "import_decree", "load_thanh_hoa", "read_decree"]
