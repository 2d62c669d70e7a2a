"""Merging two records of one person, and undoing a merge."""

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import ResidentMerged, ResidentUnmerged, ResidentUpdated
from registry.commands.duplicates import queue_duplicate_check
from registry.commands.identifier_locks import Subject, assign_to_residents, lock_subjects, subject
from registry.commands.identity_links import publish_links_of
from registry.commands.representations import publish_representations_of
from registry.errors import CannotMerge
from registry.model.attributes import STATED
from registry.model.merges import Merge
from registry.model.residents import Resident


async def merge_residents(session: Session, survivor: Resident, duplicate: Resident, by: str) -> Merge:
    """Assign to the survivor the duplicate's numbers, and attributes that the survivor lacks."""
    if survivor.id == duplicate.id or "merged" in (survivor.life, duplicate.life):
        raise CannotMerge()
    indexes = await _indexes_of(session, duplicate)
    filled = [name for name in STATED if survivor.value(name) is None and duplicate.value(name) is not None]
    merge = Merge(
        id=new_id(), survivor_id=survivor.id, duplicate_id=duplicate.id, merged_by=by, merged_at=now(),
        before={"life": duplicate.life, "filled": filled, "indexes": [index.hex() for index in indexes]},
    )  # fmt: skip
    for name in filled:
        survivor.put(name, duplicate.value(name))
        survivor.provenance = {**survivor.provenance, name: duplicate.origin(name).model_dump(mode="json")}
    if "phone" in filled:
        survivor.phone_owner_verified = duplicate.phone_owner_verified
    duplicate.life, duplicate.merged_into = "merged", survivor.id
    await _assign_indexes(session, indexes, survivor)
    session.add(merge)
    await _publish_both(session, survivor, duplicate, ResidentMerged)
    return merge


async def undo_merge(session: Session, merge: Merge, survivor: Resident, duplicate: Resident, by: str) -> None:
    """Restore both: numbers, and attributes that the survivor still has from the duplicate."""
    for name in merge.before["filled"]:
        if survivor.value(name) == duplicate.value(name):
            survivor.put(name, None)
    if "phone" in merge.before["filled"] and survivor.phone is None:
        survivor.phone_owner_verified = False
    survivor.provenance = {
        name: origin for name, origin in survivor.provenance.items() if name not in merge.before["filled"]
    }
    duplicate.life, duplicate.merged_into = merge.before["life"], None
    await _assign_indexes(session, [bytes.fromhex(index) for index in merge.before["indexes"]], duplicate)
    merge.undone_by, merge.undone_at = by, now()
    session.add(merge)
    await _publish_both(session, survivor, duplicate, ResidentUnmerged)


async def find_merge(session: Session, resident: Resident) -> Merge | None:
    """The last merge of this record that is not undone, locked."""
    found = await session.exec(
        select(Merge)
        .where(
            (col(Merge.survivor_id) == resident.id) | (col(Merge.duplicate_id) == resident.id),
            col(Merge.undone_at).is_(None),
        )
        .order_by(col(Merge.id).desc())
        .limit(1)
        .with_for_update()
    )
    return found.first()


async def _indexes_of(session: Session, resident: Resident) -> list[bytes]:
    await lock_subjects(session, [subject("personal_id", resident.value("personal_id"))])
    rows = await session.execute(
        text('SELECT "index" FROM identifier WHERE resident_id = :id ORDER BY "index" FOR UPDATE'), {"id": resident.id}
    )
    return list(rows.scalars())


async def _assign_indexes(session: Session, indexes: list[bytes], resident: Resident) -> None:
    await assign_to_residents(session, [(Subject("personal_id", (index,)), resident.id) for index in indexes])


async def _publish_both(
    session: Session, survivor: Resident, duplicate: Resident, event: type[ResidentMerged | ResidentUnmerged]
) -> None:
    moment = now()
    for resident in (survivor, duplicate):
        resident.touch(moment)
        session.add(resident)
    await session.flush()
    await queue_duplicate_check(session, [survivor.id, duplicate.id])
    units = await units_of(session, [survivor.unit_id, duplicate.unit_id])
    snapshot = duplicate.snapshot(units[duplicate.unit_id].code) | {"survivor_id": survivor.id}
    publish(
        session,
        event.model_validate(snapshot),
        ResidentUpdated.model_validate(survivor.snapshot(units[survivor.unit_id].code)),
    )
    await publish_links_of(session, [survivor, duplicate])
    await publish_representations_of(session, [survivor, duplicate])
