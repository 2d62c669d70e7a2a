"""Residents change their unit: one by one, or all of a unit that another one replaces."""

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from chassis.clock import now, today
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from chassis.storage.tables import KnownUnit
from contracts.registry import OrganizationUpdated, ResidentMoved
from registry.model.organizations import Organization
from registry.model.residents import Resident


async def move_resident(
    session: Session, resident: Resident, old: KnownUnit, new: KnownUnit, day: date | None = None
) -> None:
    """Move one resident to another unit as of a day (today by default), without the household."""
    resident.unit_id = new.id
    resident.household_id = None
    resident.touch(now())
    await session.flush()
    await session.execute(_MOVE_WORDS, {"unit": new.id, "ids": [resident.id]})
    await session.execute(_DECIDED, {"at": now(), "id": resident.id})
    publish(session, _moved(resident, old, new, day or today()))


async def move_residents_of_unit(session: Session, old: KnownUnit, new: KnownUnit, day: date) -> list[UUID]:
    """Move all residents, households and organizations of a unit itself into another one; the ids of the residents."""
    await session.execute(_MOVE_HOUSEHOLDS, {"old": old.id, "new": new.id, "code": old.code})
    for statement in _FOLLOWING:
        await session.execute(statement, {"old": old.id, "new": new.id})
    await _move_organizations(session, old, new)
    residents = (await session.exec(select(Resident).where(Resident.unit_id == old.id).with_for_update())).all()
    moment = now()
    for resident in residents:
        resident.unit_id = new.id
        resident.touch(moment)
        publish(session, _moved(resident, old, new, day))
    await session.flush()
    moved = [resident.id for resident in residents]
    await session.execute(_MOVE_WORDS, {"unit": new.id, "ids": moved})
    return moved


async def _move_organizations(session: Session, old: KnownUnit, new: KnownUnit) -> None:
    found = await session.exec(select(Organization).where(Organization.unit_id == old.id).with_for_update())
    moment = now()
    for organization in found.all():
        organization.unit_id = new.id
        organization.touch(moment)
        session.add(organization)
        publish(session, OrganizationUpdated.model_validate(organization.snapshot(new.code)))


def _moved(resident: Resident, old: KnownUnit, new: KnownUnit, day: date) -> ResidentMoved:
    return ResidentMoved.model_validate(
        resident.snapshot(new.code) | {"moved_on": day, "from_unit_id": old.id, "from_unit_code": old.code}
    )


_MOVE_WORDS = text("UPDATE resident_word SET unit_id = :unit WHERE resident_id = ANY(cast(:ids AS uuid[]))")
_DECIDED = text("UPDATE undecided_resident SET decided_at = :at WHERE resident_id = :id AND decided_at IS NULL")
# Two units may have the same household codes: a code that is taken gets the old unit's code in front.
_MOVE_HOUSEHOLDS = text(
    "UPDATE household AS h SET unit_id = :new, code = CASE WHEN EXISTS (SELECT FROM household AS o"
    " WHERE o.unit_id = :new AND o.code = h.code) THEN cast(:code AS text) || '/' || h.code ELSE h.code END"
    " WHERE h.unit_id = :old"
)
# See `registry.model.unit_references`: what else follows the unit.
_FOLLOWING = (
    text("UPDATE move_request SET to_unit_id = :new WHERE to_unit_id = :old AND status = 'requested'"),
    text("UPDATE representative_claim SET unit_id = :new WHERE unit_id = :old"),
    text("UPDATE registration SET unit_id = :new WHERE unit_id = :old"),
    text("UPDATE unmatched_event SET unit_id = :new WHERE unit_id = :old AND resolved_at IS NULL"),
    text(
        "UPDATE resident_import AS i SET unit_id = :new WHERE unit_id = :old AND NOT EXISTS (SELECT FROM resident_import"
        " AS o WHERE o.unit_id = :new AND o.file_hash = i.file_hash AND o.status <> 'failed' AND o.undo_started_at IS NULL)"
    ),
)
