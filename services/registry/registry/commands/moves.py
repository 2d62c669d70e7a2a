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
    await session.execute(MOVE_WORDS, {"unit": new.id, "ids": [resident.id]})
    await session.execute(_DECIDED, {"at": now(), "id": resident.id})
    publish(session, move_event(resident, old, new, day or today()))


async def move_residents_of_unit(
    session: Session, old: KnownUnit, new: KnownUnit, day: date, import_id: UUID | None
) -> list[UUID]:
    """Move all residents, households and organizations of a unit itself into another one; the ids of the residents.

    What followed is recorded under the decree (`import_id`), so that it can go back.
    """
    values = {"old": old.id, "new": new.id, "day": day, "import": import_id}
    await session.execute(_MOVE_HOUSEHOLDS, values | {"code": old.code})
    for statement in _FOLLOWING:
        await session.execute(statement, values)
    organizations = await _move_organizations(session, old, new)
    residents = (await session.exec(select(Resident).where(Resident.unit_id == old.id).with_for_update())).all()
    moment = now()
    for resident in residents:
        resident.unit_id = new.id
        resident.touch(moment)
        publish(session, move_event(resident, old, new, day))
    await session.flush()
    moved = [resident.id for resident in residents]
    await session.execute(MOVE_WORDS, {"unit": new.id, "ids": moved})
    for kind, ids in (("resident", moved), ("organization", organizations)):
        await session.execute(_RECORD, values | {"kind": kind, "ids": ids})
    return moved


async def _move_organizations(session: Session, old: KnownUnit, new: KnownUnit) -> list[UUID]:
    query = select(Organization).where(Organization.unit_id == old.id).with_for_update()
    found = (await session.exec(query)).all()
    for organization in found:
        put_organization(session, organization, new)
    return [organization.id for organization in found]


def put_organization(session: Session, organization: Organization, unit: KnownUnit) -> None:
    """Move one organization to another unit, and publish it."""
    organization.unit_id = unit.id
    organization.touch(now())
    session.add(organization)
    publish(session, OrganizationUpdated.model_validate(organization.snapshot(unit.code)))


def move_event(resident: Resident, old: KnownUnit, new: KnownUnit, day: date) -> ResidentMoved:
    """The event of a move that is made."""
    return ResidentMoved.model_validate(
        resident.snapshot(new.code) | {"moved_on": day, "from_unit_id": old.id, "from_unit_code": old.code}
    )


MOVE_WORDS = text("UPDATE resident_word SET unit_id = :unit WHERE resident_id = ANY(cast(:ids AS uuid[]))")
_DECIDED = text("UPDATE undecided_resident SET decided_at = :at WHERE resident_id = :id AND decided_at IS NULL")
_INTO_RECORD = (
    "INSERT INTO followed_record (import_id, kind, record_id, from_unit_id, to_unit_id, moved_on, code)"
    " SELECT cast(:import AS uuid), {kind}, id, cast(:old AS uuid), cast(:new AS uuid), cast(:day AS date), {code}"
    " FROM {rows} WHERE cast(:import AS uuid) IS NOT NULL"
    " ON CONFLICT (import_id, kind, record_id) DO UPDATE SET to_unit_id = excluded.to_unit_id"
)
_RECORD = text(
    _INTO_RECORD.format(kind="cast(:kind AS text)", code="NULL", rows="unnest(cast(:ids AS uuid[])) AS moved (id)")
)
# Two units may have the same household codes: a code that is taken gets the old unit's code in front.
_MOVE_HOUSEHOLDS = text(
    "WITH moved AS (UPDATE household AS h SET unit_id = :new, code = CASE WHEN EXISTS (SELECT FROM household AS o"
    " WHERE o.unit_id = :new AND o.code = h.code) THEN cast(:code AS text) || '/' || h.code ELSE h.code END"
    " FROM household AS b WHERE h.unit_id = :old AND b.id = h.id RETURNING h.id, b.code) "
    + _INTO_RECORD.format(kind="'household'", code="code", rows="moved")
)
FOLLOWING = (
    ("move_request", "to_unit_id", "t.status = 'requested'"),
    ("representative_claim", "unit_id", "TRUE"),
    ("registration", "unit_id", "TRUE"),
    ("unmatched_event", "unit_id", "t.resolved_at IS NULL"),
    ("resident_import", "unit_id", "NOT EXISTS (SELECT FROM resident_import AS o WHERE o.unit_id = :new"
     " AND o.file_hash = t.file_hash AND o.status <> 'failed' AND o.undo_started_at IS NULL)"),
)  # fmt: skip
"""What else follows the unit, by table and column, and which rows. See `registry.model.unit_references`."""
_FOLLOWING = tuple(
    text(
        f"WITH moved AS (UPDATE {table} AS t SET {column} = :new WHERE t.{column} = :old AND {condition} RETURNING t.id) "
        + _INTO_RECORD.format(kind=f"'{table}'", code="NULL", rows="moved")
    )
    for table, column, condition in FOLLOWING
)
