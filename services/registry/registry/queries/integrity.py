"""The progress of a change of keys."""

from collections.abc import Sequence

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from chassis.storage.tables import KeyProgress


async def list_rotations(session: ReadSession) -> Sequence[KeyProgress]:
    """Every table and the key it is brought under."""
    return (await session.exec(select(KeyProgress).order_by(col(KeyProgress.started_at), col(KeyProgress.name)))).all()
