"""Who a person is today: the survivor of merges, in which unit, and whether the person may be notified."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from notifications.model import people

UNREACHABLE = ("deceased", "removed")


@dataclass(frozen=True)
class Resolved:
    """A person as known now; `unit_code` is None for accounts and for those of whom nothing is known yet."""

    person: str
    unit_code: str | None = None
    is_reachable: bool = True


async def resolve(session: ReadSession, persons: Collection[str]) -> dict[str, Resolved]:
    """By person as an event names it, the person as of today."""
    ids = {person: UUID(person.partition(":")[2]) for person in persons if not person.startswith("account:")}
    residents = {row.start: row for row in await session.execute(_RESIDENTS, {"ids": list(ids.values())})}
    organizations = {row.id: row for row in await session.execute(_ORGANIZATIONS, {"ids": list(ids.values())})}
    found = {person: Resolved(person) for person in persons}
    for person, id_ in ids.items():
        if person.startswith("organization:") or (person.startswith(people.UNKNOWN) and id_ in organizations):
            known = organizations.get(id_)
            found[person] = Resolved(people.organization(id_), known.unit_code if known else None)
        elif (row := residents.get(id_)) is not None:
            found[person] = Resolved(people.resident(row.id), row.unit_code, row.life not in UNREACHABLE)
        else:
            found[person] = Resolved(people.resident(id_))
    return found


async def records_of(session: ReadSession, persons: Collection[str]) -> dict[str, str]:
    """Every record of these persons, by itself and its merged duplicates: the person to whom it belongs."""
    ids = [UUID(person.partition(":")[2]) for person in persons if person.startswith("resident:")]
    rows = await session.execute(_DUPLICATES, {"ids": ids}) if ids else []
    return {person: person for person in persons} | {
        people.resident(row.id): people.resident(row.survivor) for row in rows
    }


_RESIDENTS = text(
    "WITH RECURSIVE chain (start, id, survivor_id, life, unit_code, depth) AS ("
    " SELECT id, id, survivor_id, life, unit_code, 0 FROM known_resident WHERE id = ANY(cast(:ids AS uuid[]))"
    " UNION ALL SELECT chain.start, next.id, next.survivor_id, next.life, next.unit_code, depth + 1"
    " FROM chain JOIN known_resident AS next ON next.id = chain.survivor_id WHERE depth < 20)"
    " SELECT DISTINCT ON (start) start, id, life, unit_code FROM chain ORDER BY start, depth DESC"
)
_ORGANIZATIONS = text("SELECT id, unit_code FROM known_organization WHERE id = ANY(cast(:ids AS uuid[]))")
_DUPLICATES = text(
    "WITH RECURSIVE duplicate (id, survivor, depth) AS ("
    " SELECT id, survivor_id, 0 FROM known_resident WHERE survivor_id = ANY(cast(:ids AS uuid[]))"
    " UNION ALL SELECT next.id, duplicate.survivor, depth + 1"
    " FROM duplicate JOIN known_resident AS next ON next.survivor_id = duplicate.id WHERE depth < 20)"
    " SELECT DISTINCT id, survivor FROM duplicate"
)
