"""Two records turn out to be one person; and when that was wrong, they are two again."""

from typing import Any

from sqlalchemy import text
from sqlmodel import col, select

from chassis.clock import now
from chassis.ids import new_id
from chassis.security.scope import units_of
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.registry import ResidentMerged, ResidentUnmerged, ResidentUpdated
from registry.commands.duplicates import check_later
from registry.commands.identifying import Subject, give_to_residents, lock_subjects, subject
from registry.errors import CannotMerge
from registry.model.merges import Merge
from registry.model.residents import DECLARABLE, Resident


async def merge_residents(session: Session, survivor: Resident, duplicate: Resident, by: str) -> Merge:
    """All that the duplicate had belongs to the survivor: numbers, and facts that the survivor lacks."""
    if survivor.id == duplicate.id or "merged" in (survivor.life, duplicate.life):
        raise CannotMerge()
    indexes = await _indexes_of(session, duplicate)
    filled = [name for name in DECLARABLE if survivor.value(name) is None and duplicate.value(name) is not None]
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
    await _give(session, indexes, survivor)
    session.add(merge)
    await _announce_both(session, survivor, duplicate, ResidentMerged)
    return merge


async def undo_merge(session: Session, merge: Merge, survivor: Resident, duplicate: Resident, by: str) -> None:
    """Both are as they were: numbers go back, and facts that the survivor still has from the duplicate."""
    for name in merge.before["filled"]:
        if survivor.value(name) == duplicate.value(name):
            survivor.put(name, None)
    if "phone" in merge.before["filled"] and survivor.phone is None:
        survivor.phone_owner_verified = False
    survivor.provenance = {
        name: origin for name, origin in survivor.provenance.items() if name not in merge.before["filled"]
    }
    duplicate.life, duplicate.merged_into = merge.before["life"], None
    await _give(session, [bytes.fromhex(index) for index in merge.before["indexes"]], duplicate)
    merge.undone_by, merge.undone_at = by, now()
    session.add(merge)
    await _announce_both(session, survivor, duplicate, ResidentUnmerged)


async def find_merge(session: Session, resident: Resident) -> Merge | None:
    """The last merge that this record was part of and that still stands."""
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


async def _give(session: Session, indexes: list[bytes], resident: Resident) -> None:
    await give_to_residents(session, [(Subject("personal_id", (index,)), resident.id) for index in indexes])


async def _announce_both(session: Session, survivor: Resident, duplicate: Resident, said: Any) -> None:
    moment = now()
    for resident in (survivor, duplicate):
        resident.touch(moment)
        session.add(resident)
    await session.flush()
    await check_later(session, [survivor.id, duplicate.id])
    units = await units_of(session, [survivor.unit_id, duplicate.unit_id])
    snapshot = duplicate.snapshot(units[duplicate.unit_id].code) | {"survivor_id": survivor.id}
    publish(
        session,
        said.model_validate(snapshot),
        ResidentUpdated.model_validate(survivor.snapshot(units[survivor.unit_id].code)),
    )
