"""The blind indexes by which people and organizations are recognised; the row of each index is its lock."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.errors import Unavailable
from chassis.messaging.consumer import Transient
from chassis.security.encryption import blind_indexes
from chassis.storage.database import Session

Kind = Literal["personal_id", "phone", "tax_code"]
DEADLOCK = "40P01"
_NO_NEWCOMERS: Mapping["Subject", UUID] = MappingProxyType({})


class LockConflict(Unavailable, Transient):
    """Two transactions wait for each other's locks: a request is answered 503, an event is retried."""


class Subject(NamedTuple):
    """A number that names a person or organization, as its indexes: of the newest key first, of older keys during a rotation."""

    kind: Kind
    indexes: tuple[bytes, ...]

    @property
    def newest(self) -> bytes:
        """The index under the newest key, under which new rows are written."""
        return self.indexes[0]


class IdentifierOwner(NamedTuple):
    """The resident or organization that an index belongs to."""

    resident_id: UUID | None
    organization_id: UUID | None


def subject(kind: Kind, number: str) -> Subject:
    """The subject of a normalised number."""
    return Subject(kind, tuple(blind_indexes(kind, number)))


def resident_of(who: Subject, owners: Mapping[bytes, IdentifierOwner]) -> UUID | None:
    """The owner of a locked subject; None when it has none yet."""
    for index in who.indexes:
        if owner := owners[index].resident_id:
            return owner
    return None


async def lock_subjects(
    session: Session, subjects: Sequence[Subject], newcomers: Mapping[Subject, UUID] = _NO_NEWCOMERS
) -> dict[bytes, IdentifierOwner]:
    """Lock the rows of all indexes in their order, inserting missing ones; the owner of each.

    A second transaction waits for the first to commit and then sees its work. Two transactions that lock twice may
    deadlock; this one rolls back to its savepoint and tries again. A subject of `newcomers` that the registry has not
    seen before belongs to the resident named there at once, which saves a second write of every row.
    """
    for _ in range(3):
        try:
            async with session.begin_nested():
                return await lock_subjects_once(session, subjects, newcomers)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    # Locks that this transaction took before block the other one: the whole request has to be repeated.
    raise LockConflict()


async def lock_subjects_once(
    session: Session, subjects: Sequence[Subject], newcomers: Mapping[Subject, UUID] = _NO_NEWCOMERS
) -> dict[bytes, IdentifierOwner]:
    """The same for a caller whose whole transaction is retried after a deadlock, as that of an event is.

    Existing rows are locked before missing ones are inserted: so a holder of an inserted row never waits for an old one.
    """
    kinds = {index: subject.kind for subject in subjects for index in subject.indexes}
    if not kinds:
        return {}
    locked = await _lock(session, sorted(kinds))
    missing = sorted(kinds.keys() - locked.keys())
    if missing:
        inserted = await _insert(session, missing, kinds, _owners_of(newcomers, locked))
        if inserted is not None:
            return locked | inserted
        # Another transaction inserted some of these meanwhile: the rows have their owners.
        locked |= await _lock(session, missing)
        await _release_conflicting(session, newcomers, locked)
    return locked


def _owners_of(newcomers: Mapping[Subject, UUID], locked: Mapping[bytes, IdentifierOwner]) -> dict[bytes, UUID]:
    """The owners of the missing indexes: none where the subject is known under another key."""
    return {
        index: owner
        for who, owner in newcomers.items()
        if locked.keys().isdisjoint(who.indexes)
        for index in who.indexes
    }


async def _insert(
    session: Session, missing: Sequence[bytes], kinds: Mapping[bytes, Kind], owners: Mapping[bytes, UUID]
) -> dict[bytes, IdentifierOwner] | None:
    """Insert rows; their owners, or None when another transaction inserted some of them."""
    wanted = [owners.get(index) for index in missing]
    columns = {"indexes": missing, "kinds": [kinds[index] for index in missing], "owners": wanted}
    inserted = await session.execute(_INSERT, columns)
    if inserted.rowcount < len(missing):
        return None
    return {index: IdentifierOwner(owner, None) for index, owner in zip(missing, wanted, strict=True)}


async def _release_conflicting(
    session: Session, newcomers: Mapping[Subject, UUID], locked: dict[bytes, IdentifierOwner]
) -> None:
    """A newcomer who was registered meanwhile, by an index under another key, owns none of the others."""
    conflicting = [
        index
        for who, owner in newcomers.items()
        if any(locked[index].resident_id != owner for index in who.indexes)
        for index in who.indexes
        if locked[index].resident_id == owner
    ]
    if conflicting:
        await session.execute(_UNASSIGN, {"indexes": conflicting})
        locked |= dict.fromkeys(conflicting, IdentifierOwner(None, None))


async def _lock(session: Session, indexes: Sequence[bytes]) -> dict[bytes, IdentifierOwner]:
    locked = await session.execute(_LOCK, {"indexes": indexes})
    return {row.index: IdentifierOwner(row.resident_id, row.organization_id) for row in locked}


async def assign_to_residents(session: Session, owners: Sequence[tuple[Subject, UUID]]) -> None:
    """Assign indexes, which are locked already, to residents."""
    if not owners:
        return
    pairs = [(index, resident_id) for subject, resident_id in owners for index in subject.indexes]
    await session.execute(
        _ASSIGN_TO_RESIDENTS, {"indexes": [index for index, _ in pairs], "ids": [owner for _, owner in pairs]}
    )


async def assign_to_organization(session: Session, subject: Subject, organization_id: UUID) -> None:
    """Assign a tax code, which is locked already, to an organization."""
    await session.execute(_ASSIGN_TO_ORGANIZATION, {"indexes": list(subject.indexes), "id": organization_id})


_INSERT = text(
    'INSERT INTO identifier ("index", kind, resident_id)'
    " SELECT i, k, o FROM unnest(cast(:indexes AS bytea[]), cast(:kinds AS text[]), cast(:owners AS uuid[]))"
    " AS t(i, k, o) ORDER BY i ON CONFLICT DO NOTHING"
)
_UNASSIGN = text('UPDATE identifier SET resident_id = NULL WHERE "index" = ANY(cast(:indexes AS bytea[]))')
_LOCK = text(
    'SELECT "index", resident_id, organization_id FROM identifier WHERE "index" = ANY(cast(:indexes AS bytea[]))'
    ' ORDER BY "index" FOR UPDATE'
)
_ASSIGN_TO_RESIDENTS = text(
    "UPDATE identifier SET resident_id = t.id FROM unnest(cast(:indexes AS bytea[]), cast(:ids AS uuid[])) AS t(i, id)"
    ' WHERE identifier."index" = t.i'
)
_ASSIGN_TO_ORGANIZATION = text(
    'UPDATE identifier SET organization_id = :id WHERE "index" = ANY(cast(:indexes AS bytea[]))'
)
