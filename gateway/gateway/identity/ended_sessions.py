"""Dashboard sessions that were signed out: no copy of their cookie is valid any more."""

from datetime import datetime

from sqlalchemy import text

from chassis.storage.database import Database


class EndedSessions:
    """The ended sessions, shared by all gateways through the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session_id: str, until: datetime) -> None:
        """End a session that would have been valid `until`."""
        async with self._database.transaction() as session:
            await session.execute(_ADD, {"id": session_id, "until": until})

    async def contains(self, session_id: str) -> bool:
        async with self._database.reading() as session:
            return (await session.execute(_FIND, {"id": session_id})).first() is not None


_ADD = text("INSERT INTO ended_session (id, until) VALUES (:id, :until) ON CONFLICT (id) DO NOTHING")
_FIND = text("SELECT 1 FROM ended_session WHERE id = :id")
