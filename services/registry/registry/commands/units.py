"""Import of a decree: units begin, end and move in the tree; residents follow where the successor is clear."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.errors import FieldError, InvalidBody
from chassis.ids import new_id
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from chassis.storage.tables import KnownUnit
from province import Pack, PackRefused, get_pack
from registry import decrees
from registry.commands.moves import move_residents_of_unit
from registry.commands.unit_tree import UnitTree, load_tree, store_tree
from registry.decrees import Decree, Fault, FaultyTable
from registry.model.units import ChangedUnit, FollowedRecord, UndecidedResident, UnitImport

R = TypeVar("R")
TREE_LOCK = "registry.units"
"""The name of the lock of the tree: one decree after the other."""
SYSTEM = "system"
"""Who imported what a release brings; it is not taken back."""


def check_pack(pack: Pack) -> None:
    """Raise PackRefused with every fault of the pack's tables of units."""
    faults = []
    try:
        decree = decree_of(pack)
        faults = [f"units.csv: no unit of level province has the code {pack.code} and the name {pack.name}"] * (
            (pack.code, pack.name) not in {(row.code, row.name) for row in decree.units if row.level == "province"}
        )
        tree = UnitTree()
        tree.apply_rows(decree.units)
        faults += _in_words("units.csv", tree.faults)
        known = len(tree.faults)
        tree.apply_successions(decree.successions)
        faults += _in_words("successions.csv", tree.faults[known:])
        if pack.corrected_names:
            _read_file(pack.corrected_names, decrees.read_units)
    except PackRefused as refused:
        faults += refused.faults
    if faults:
        raise PackRefused(pack.folder, faults)


def decree_of(pack: Pack) -> Decree:
    """The units of a pack with their successors; raises PackRefused."""
    return Decree(_read_file(pack.units, decrees.read_units), _read_file(pack.successions, decrees.read_successions))


def _read_file(file: Path, read: Callable[[bytes], list[R]]) -> list[R]:
    try:
        return read(file.read_bytes())
    except FaultyTable as error:
        raise PackRefused(file.parent, _in_words(file.name, error.faults)) from None


def _in_words(file: str, faults: Sequence[Fault]) -> list[str]:
    return [f"{file}, line {fault.line}, {fault.column}: {fault.en}" for fault in faults]


async def load_units(session: Session) -> UnitImport | None:
    """Import the units of the province into an empty database; None when there are units already."""
    await lock_name(session, TREE_LOCK)
    if (await session.exec(select(KnownUnit.id).limit(1))).first():
        return None
    pack = get_pack()
    content = pack.units.read_bytes() + pack.successions.read_bytes()
    return await import_decree(session, decree_of(pack), content, SYSTEM)


async def correct_names(session: Session) -> UnitImport | None:
    """Give units their right names where an earlier release had wrong ones; once, and every service follows."""
    table = get_pack().corrected_names
    if table is None:
        return None
    content = table.read_bytes()
    rows = decrees.read_units(content)
    stored = (await session.exec(select(KnownUnit).where(col(KnownUnit.code).in_([row.code for row in rows])))).all()
    names = {(unit.code, unit.valid_from): unit.name for unit in stored}
    wrong = [row for row in rows if names.get((row.code, row.valid_from), row.name) != row.name]
    return await import_decree(session, Decree(wrong, []), content, SYSTEM) if wrong else None


async def place_ended_units(session: Session) -> None:
    """Place the units that ended before a release knew where they stand afterwards; once, and every service follows."""
    tree = await load_tree(session)
    tree.place_ended_units()
    if tree.touched:
        await store_tree(session, tree)


async def import_decree(session: Session, decree: Decree, content: bytes, imported_by: str) -> UnitImport:
    """Import a decree. The same tables again change nothing and answer the first import.

    Villages and residents of a unit with one successor go to it; those of a divided unit go to the unit above and are
    listed for a decision. So totals are the same before and after.
    """
    await lock_name(session, TREE_LOCK)
    file_hash = hashlib.sha256(content).digest()
    same = select(UnitImport).where(UnitImport.file_hash == file_hash, col(UnitImport.undone_at).is_(None))
    if known := (await session.exec(same)).first():
        return known
    record = UnitImport(id=new_id(), file_hash=file_hash, imported_by=imported_by, imported_at=now())
    record.is_recorded = imported_by != SYSTEM
    tree = await load_tree(session)
    before = tree.states(tree.units)
    tree.import_id = record.id
    tree.apply_rows(decree.units)
    tree.apply_successions(decree.successions)
    if tree.faults:
        raise _refused(tree.faults)
    tree.place_ended_units()
    touched = await store_tree(session, tree)
    record.units_created, record.units_changed = len(tree.created), len(touched) - len(tree.created)
    if record.is_recorded:
        _record_changes(session, record, before, tree.states(touched))
    await _move_residents(session, tree, record)
    session.add(record)
    return record


def _record_changes(
    session: Session, record: UnitImport, before: Mapping[UUID, Any], after: Mapping[UUID, Any]
) -> None:
    session.add_all(
        ChangedUnit(import_id=record.id, unit_id=unit_id, before=before.get(unit_id), after=state)
        for unit_id, state in after.items()
        if before.get(unit_id) != state
    )


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


async def _move_residents(session: Session, tree: UnitTree, record: UnitImport) -> None:
    for old_id, (successor_id, day) in tree.ended_whole.items():
        if day <= today():
            moved = await move_residents_of_unit(session, tree.units[old_id], tree.units[successor_id], day, record.id)
            record.residents_moved += len(moved)
    for old_id, day in tree.ended_divided.items():
        above = tree.above(old_id, day)
        undecided = await _residents_of_villages(session, old_id, above, day, record.id) if above else []
        if above and day <= today():
            undecided += await move_residents_of_unit(session, tree.units[old_id], tree.units[above], day, record.id)
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
    tree, moved = await load_tree(session), 0
    newest = (await session.exec(select(UnitImport).order_by(col(UnitImport.id).desc()).limit(1))).one()
    for old_id in due:
        following = [row for row in tree.successions.values() if row.unit_id == old_id]
        day, import_id = following[0].effective_on, following[0].unit_import_id
        is_whole = len(following) == 1 and following[0].kind != "part"
        successor_id = following[0].successor_id if is_whole else tree.above(old_id, day)
        if successor_id is None:
            continue
        residents = await move_residents_of_unit(session, tree.units[old_id], tree.units[successor_id], day, import_id)
        if not is_whole:
            _list_undecided(session, residents, old_id, import_id or newest.id)
        moved += len(residents)
    return moved


_DUE = text(
    "SELECT DISTINCT s.unit_id FROM unit_succession AS s JOIN known_unit AS u ON u.id = s.unit_id"
    " WHERE s.effective_on <= :today AND u.valid_to < :today AND (EXISTS (SELECT FROM resident AS r WHERE r.unit_id = u.id)"
    " OR EXISTS (SELECT FROM organization AS o WHERE o.unit_id = u.id)"
    " OR EXISTS (SELECT FROM registration AS g WHERE g.unit_id = u.id))"
)


async def _residents_of_villages(
    session: Session, old_id: UUID, above_id: UUID, day: date, import_id: UUID
) -> list[UUID]:
    """Residents of villages that belong to the unit above until an officer decides."""
    query = text(
        "SELECT r.id, r.unit_id FROM known_lineage AS l JOIN resident AS r ON r.unit_id = l.unit_id"
        " WHERE l.parent_id = :above AND l.valid_from = :day AND EXISTS (SELECT FROM known_lineage AS b"
        " WHERE b.unit_id = l.unit_id AND b.parent_id = :old) ORDER BY r.id"
    )
    found = (await session.execute(query, {"above": above_id, "day": day, "old": old_id})).all()
    session.add_all(
        FollowedRecord(import_id=import_id, kind="resident", record_id=resident_id, from_unit_id=village_id,
                       to_unit_id=village_id, moved_on=day)
        for resident_id, village_id in found
    )  # fmt: skip
    return [resident_id for resident_id, _ in found]


__all__ = ["check_pack", "import_decree", "load_units", "read_decree"]
