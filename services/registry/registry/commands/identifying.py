"""The indexes by which people and organizations are recognised, and the lock that goes with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_NOBODY: Mapping["Subject", UUID] = MappingProxyType({})


class Busy(Unavailable, Transient):
    """Two transactions are in each other's way: a request is asked to come again, an event is tried again."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A number that stands for somebody, as its indexes: the newest key's first, older keys' during a rotation."""

    kind: Kind
    indexes: tuple[bytes, ...]

    @property
    def index(self) -> bytes:
        """The index under the newest key, under which new rows are written."""
        return self.indexes[0]


class Owner(NamedTuple):
    """Whom an index belongs to."""

    resident_id: UUID | None
    organization_id: UUID | None


def subject(kind: Kind, number: str) -> Subject:
    """The subject of a normalised number."""
    return Subject(kind, tuple(blind_indexes(kind, number)))


def resident_of(who: Subject, owners: Mapping[bytes, Owner]) -> UUID | None:
    """Whose a locked subject is; None when it is nobody's yet."""
    for index in who.indexes:
        if owner := owners[index].resident_id:
            return owner
    return None


async def lock_subjects(
    session: Session, subjects: Sequence[Subject], newcomers: Mapping[Subject, UUID] = _NOBODY
) -> dict[bytes, Owner]:
    """Take the rows of all indexes in their order, making those that are missing; whom each belongs to.

    Whoever comes second waits for the first to commit and then sees its work. Two transactions that lock twice may meet
    head on; this one steps back to where it began and tries again. A subject of `newcomers` that nobody has met before
    belongs to the resident named there at once, which saves a second write of every row.
    """
    for _ in range(3):
        try:
            async with session.begin_nested():
                return await lock_subjects_once(session, subjects, newcomers)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    # What this transaction holds from before is in the other one's way: the caller has to come again.
    raise Busy()


async def lock_subjects_once(
    session: Session, subjects: Sequence[Subject], newcomers: Mapping[Subject, UUID] = _NOBODY
) -> dict[bytes, Owner]:
    """The same for a caller whose whole transaction is tried again after a deadlock, as that of an event is.

    Rows that are there are locked before missing ones are made: so a holder of a made row never waits for an old one.
    """
    kinds = {index: subject.kind for subject in subjects for index in subject.indexes}
    if not kinds:
        return {}
    locked = await _lock(session, sorted(kinds))
    missing = sorted(kinds.keys() - locked.keys())
    if missing:
        made = await _make(session, missing, kinds, _owners_of(newcomers, locked))
        if made is not None:
            return locked | made
        # Somebody else made some of these in the meantime: the rows say whose they are.
        locked |= await _lock(session, missing)
        await _take_back(session, newcomers, locked)
    return locked


def _owners_of(newcomers: Mapping[Subject, UUID], locked: Mapping[bytes, Owner]) -> dict[bytes, UUID]:
    """Whom the missing indexes are to belong to: nobody where the subject is known under another key."""
    return {
        index: owner
        for who, owner in newcomers.items()
        if locked.keys().isdisjoint(who.indexes)
        for index in who.indexes
    }


async def _make(
    session: Session, missing: Sequence[bytes], kinds: Mapping[bytes, Kind], owners: Mapping[bytes, UUID]
) -> dict[bytes, Owner] | None:
    """Make rows; whom they belong to, or None when not all of them were ours to make."""
    wanted = [owners.get(index) for index in missing]
    columns = {"indexes": missing, "kinds": [kinds[index] for index in missing], "owners": wanted}
    made = await session.execute(_MAKE, columns)
    if made.rowcount < len(missing):
        return None
    return {index: Owner(owner, None) for index, owner in zip(missing, wanted, strict=True)}


async def _take_back(session: Session, newcomers: Mapping[Subject, UUID], locked: dict[bytes, Owner]) -> None:
    """A newcomer whom somebody else has met meanwhile, by an index under another key, owns none of the others."""
    strayed = [
        index
        for who, owner in newcomers.items()
        if any(locked[index].resident_id != owner for index in who.indexes)
        for index in who.indexes
        if locked[index].resident_id == owner
    ]
    if strayed:
        await session.execute(_GIVE_TO_NOBODY, {"indexes": strayed})
        locked |= dict.fromkeys(strayed, Owner(None, None))


async def _lock(session: Session, indexes: Sequence[bytes]) -> dict[bytes, Owner]:
    locked = await session.execute(_LOCK, {"indexes": indexes})
    return {row.index: Owner(row.resident_id, row.organization_id) for row in locked}


async def give_to_residents(session: Session, owners: Sequence[tuple[Subject, UUID]]) -> None:
    """Say whose the indexes are from now on; they are locked already."""
    if not owners:
        return
    pairs = [(index, resident_id) for subject, resident_id in owners for index in subject.indexes]
    await session.execute(
        _GIVE_TO_RESIDENTS, {"indexes": [index for index, _ in pairs], "ids": [owner for _, owner in pairs]}
    )


async def give_to_organization(session: Session, subject: Subject, organization_id: UUID) -> None:
    """Say whose a tax code is; it is locked already."""
    await session.execute(_GIVE_TO_ORGANIZATION, {"indexes": list(subject.indexes), "id": organization_id})


_MAKE = text(
    'INSERT INTO identifier ("index", kind, resident_id)'
    " SELECT i, k, o FROM unnest(cast(:indexes AS bytea[]), cast(:kinds AS text[]), cast(:owners AS uuid[]))"
    " AS t(i, k, o) ORDER BY i ON CONFLICT DO NOTHING"
)
_GIVE_TO_NOBODY = text('UPDATE identifier SET resident_id = NULL WHERE "index" = ANY(cast(:indexes AS bytea[]))')
_LOCK = text(
    'SELECT "index", resident_id, organization_id FROM identifier WHERE "index" = ANY(cast(:indexes AS bytea[]))'
    ' ORDER BY "index" FOR UPDATE'
)
_GIVE_TO_RESIDENTS = text(
    "UPDATE identifier SET resident_id = t.id FROM unnest(cast(:indexes AS bytea[]), cast(:ids AS uuid[])) AS t(i, id)"
    ' WHERE identifier."index" = t.i'
)
_GIVE_TO_ORGANIZATION = text(
    'UPDATE identifier SET organization_id = :id WHERE "index" = ANY(cast(:indexes AS bytea[]))'
)
