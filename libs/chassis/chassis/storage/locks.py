"""Locks of names: for what has no row yet, two transactions that would create the same one run one after the other."""

from collections.abc import Iterable

from sqlalchemy import text

from chassis.storage.database import Session


async def lock_name(session: Session, *parts: object) -> None:
    """Holds the lock of a name, whose parts are joined, until the transaction ends."""
    await lock_names(session, [join(*parts)])


async def lock_names(session: Session, names: Iterable[str]) -> None:
    """Holds the locks of several names; they are taken in one order, so that two transactions never wait for each other."""
    await session.execute(_LOCK, {"names": sorted(set(names))})


def join(*parts: object) -> str:
    """The name of a lock."""
    return "|".join(map(str, parts))


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(cast(:names AS text[])) AS name")
