"""Taking back a decree: the tree stands as before, and what had followed goes back where it was."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, text
from sqlmodel import col, select

from chassis.clock import now
from chassis.errors import NotFound
from chassis.storage.database import Session
from chassis.storage.locks import lock_name
from chassis.storage.outbox import publish
from contracts.registry import ResidentUpdated
from registry.commands.moves import FOLLOWING, MOVE_WORDS, move_event, put_organization
from registry.commands.unit_tree import UnitTree, is_withdrawn, load_tree, store_tree
from registry.commands.units import TREE_LOCK
from registry.errors import UnitImportNotRecorded, UnitInUse, UnitsChangedSince
from registry.model.organizations import Organization
from registry.model.registrations import PROPOSED, Registration
from registry.model.residents import Household, Resident
from registry.model.units import ChangedUnit, FollowedRecord, UnitImport


async def undo_unit_import(session: Session, import_id: UUID, undone_by: str) -> UnitImport:
    """Take back a decree as a whole; a second time changes nothing.

    Records that have moved on since stay. 409 where a later decree changed the same units, where people were registered in
    a unit that the decree made, or where an earlier release or the system itself imported it.
    """
    await lock_name(session, TREE_LOCK)
    record = await session.get(UnitImport, import_id)
    if record is None:
        raise NotFound()
    if record.undone_at is not None:
        return record
    if not record.is_recorded:
        raise UnitImportNotRecorded()
    tree = await load_tree(session)
    changes = (await session.exec(select(ChangedUnit).where(ChangedUnit.import_id == import_id))).all()
    made = {change.unit_id for change in changes if is_made_by(change)}
    await _require_last(session, tree, changes, made)
    await _require_unused(session, tree, import_id, made)
    _put_back(tree, changes)
    await store_tree(session, tree)
    record.undone = len(changes) + await _bring_back(session, tree, import_id, made)
    record.kept = await _count_elsewhere(session, import_id)
    record.undone_at, record.undone_by = now(), undone_by
    session.add(record)
    return record


def is_made_by(change: ChangedUnit) -> bool:
    """Whether a unit exists by this decree: it is new, or an earlier import of the decree had been taken back."""
    before = change.before
    return before is None or bool(before["valid_from"] and (before["valid_to"] or "9999") < before["valid_from"])


async def _require_last(
    session: Session, tree: UnitTree, changes: Sequence[ChangedUnit], made: Collection[UUID]
) -> None:
    """409 where the units do not stand as the decree left them, or others hang on those that it made."""
    present = tree.states(change.unit_id for change in changes)
    changed = {change.unit_id for change in changes if present[change.unit_id] != change.after}
    known = {change.unit_id for change in changes}
    others = {unit_id for unit_id, unit in tree.units.items() if unit_id not in known and not is_withdrawn(unit)}
    below = {unit_id for unit_id in others if any(step.parent_id in made for step in tree.placements.get(unit_id, ()))}
    hanging = below | {old_id for old_id, new_id in tree.successions if old_id in others and new_id in made}
    if not changed | hanging:
        return
    later = select(ChangedUnit.import_id).join(UnitImport, col(UnitImport.id) == col(ChangedUnit.import_id))
    later = later.where(
        col(ChangedUnit.unit_id).in_(changed | hanging), ChangedUnit.import_id > changes[0].import_id,
        col(UnitImport.undone_at).is_(None),
    )  # fmt: skip
    import_ids = sorted(set(await session.exec(later)))
    raise UnitsChangedSince(sorted(tree.units[unit_id].code for unit_id in changed | hanging), import_ids)


async def _require_unused(session: Session, tree: UnitTree, import_id: UUID, made: Collection[UUID]) -> None:
    """409 where people or organizations were recorded in a unit that the decree made, beside those that it brought."""
    brought = select(FollowedRecord.record_id).where(FollowedRecord.import_id == import_id)
    found: set[UUID] = set()
    for table in (Resident, Organization, Registration):
        query = select(table.unit_id).where(col(table.unit_id).in_(made), col(table.id).not_in(brought))
        if table is Registration:
            query = query.where(Registration.status == PROPOSED)
        found |= set(await session.exec(query.distinct()))
    if found:
        raise UnitInUse(sorted(tree.units[unit_id].code for unit_id in found))


def _put_back(tree: UnitTree, changes: Sequence[ChangedUnit]) -> None:
    taken_over = {
        change.unit_id: [old_id for old_id, new_id in tree.successions if new_id == change.unit_id]
        for change in changes
        if change.before is None
    }
    for change in changes:
        if change.before is not None:
            tree.put_back(change.unit_id, change.before)
    for unit_id, old_ids in taken_over.items():
        tree.withdraw(unit_id, old_ids)


async def _bring_back(session: Session, tree: UnitTree, import_id: UUID, made: Collection[UUID]) -> int:
    """Bring back what followed, where it still stands where the decree or a decision about it brought it; how many."""
    values = {"import": import_id, "made": list(made)}
    for statement in _BACK:
        await session.execute(statement, values)
    residents = await _bring_back_residents(session, tree, import_id, made)
    organizations = await _bring_back_organizations(session, tree, import_id, made)
    await session.execute(text("DELETE FROM undecided_resident WHERE unit_import_id = :import"), {"import": import_id})
    await _leave_households(session, tree, import_id)
    return residents + organizations


async def _bring_back_residents(session: Session, tree: UnitTree, import_id: UUID, made: Collection[UUID]) -> int:
    rows = (await session.exec(_still_there(Resident, "resident", import_id, made))).all()
    moment = now()
    back: dict[UUID, list[UUID]] = {}
    for resident, followed in rows:
        present, before = tree.units[resident.unit_id], tree.units[followed.from_unit_id]
        resident.unit_id = before.id
        resident.touch(moment)
        publish(session, move_event(resident, present, before, followed.moved_on))
        back.setdefault(before.id, []).append(resident.id)
    await session.flush()
    for unit_id, ids in back.items():
        await session.execute(MOVE_WORDS, {"unit": unit_id, "ids": ids})
    return len(rows)


async def _bring_back_organizations(session: Session, tree: UnitTree, import_id: UUID, made: Collection[UUID]) -> int:
    rows = (await session.exec(_still_there(Organization, "organization", import_id, made))).all()
    for organization, followed in rows:
        put_organization(session, organization, tree.units[followed.from_unit_id])
    await session.flush()
    return len(rows)


def _still_there(table: type[Resident] | type[Organization], kind: str, import_id: UUID, made: Collection[UUID]) -> Any:
    """The records of a kind that went by the decree and have not moved on, each with where it was; locked."""
    query = select(table, FollowedRecord).join(FollowedRecord, col(FollowedRecord.record_id) == col(table.id))
    at_target = or_(col(table.unit_id) == col(FollowedRecord.to_unit_id), col(table.unit_id).in_(made))
    is_away = col(table.unit_id) != col(FollowedRecord.from_unit_id)
    of_decree = (FollowedRecord.import_id == import_id) & (FollowedRecord.kind == kind)
    return query.where(of_decree, at_target, is_away).order_by(col(table.id)).with_for_update(of=table)


async def _leave_households(session: Session, tree: UnitTree, import_id: UUID) -> None:
    """People who joined a household since it followed, and stay, are in none: a household is of one unit."""
    query = (
        select(Resident)
        .join(Household, col(Household.id) == col(Resident.household_id))
        .join(FollowedRecord, col(FollowedRecord.record_id) == col(Household.id))
        .where(FollowedRecord.import_id == import_id, FollowedRecord.kind == "household")
        .where(col(Resident.unit_id) != col(Household.unit_id))
        .with_for_update(of=Resident)
    )
    for resident in (await session.exec(query)).all():
        resident.household_id = None
        resident.touch(now())
        publish(session, ResidentUpdated.model_validate(resident.snapshot(tree.units[resident.unit_id].code)))
    await session.flush()


async def _count_elsewhere(session: Session, import_id: UUID) -> int:
    kept = 0
    for kind, table in (("resident", Resident), ("organization", Organization)):
        query = select(func.count()).select_from(FollowedRecord)
        query = query.join(table, col(table.id) == col(FollowedRecord.record_id))
        query = query.where(FollowedRecord.import_id == import_id, FollowedRecord.kind == kind)
        kept += (await session.exec(query.where(col(table.unit_id) != col(FollowedRecord.from_unit_id)))).one()
    return kept


_BACK = tuple(
    text(
        f"UPDATE {table} AS t SET {assigned} FROM followed_record AS f WHERE f.import_id = :import AND f.kind = '{table}'"
        f" AND t.id = f.record_id AND (t.{column} = f.to_unit_id OR t.{column} = ANY(cast(:made AS uuid[])))"
    )
    for table, column, assigned in (
        ("household", "unit_id", "unit_id = f.from_unit_id, code = f.code"),
        *((table, column, f"{column} = f.from_unit_id") for table, column, _ in FOLLOWING),
    )
)
