"""Locks of things that have no row yet: two requests that would create the same one run one after the other."""

from sqlalchemy import text

from chassis.storage.database import Session


async def lock_name(session: Session, *parts: object) -> None:
    """Holds the lock of a name until the transaction ends."""
    await session.execute(_LOCK, {"name": "|".join(map(str, parts))})


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 11))")
