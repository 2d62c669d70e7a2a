"""Our own gateway, except that every webhook has a transaction and a commit of its own."""

import gateway.door as door
from chassis.storage.database import Database
from gateway.app import app, http_protocol
from gateway.mailbox import Fate, Letter, Mailbox, NotKept, write_letters

__all__ = ["app", "http_protocol"]


class EachAlone(Mailbox):
    """No sharing: as many commits as letters, on as many connections as the pool has."""

    def __init__(self, database: Database, *, capacity: int = 2_000) -> None:
        super().__init__(database, capacity=capacity)
        self._own = database

    async def post(self, letter: Letter) -> Fate:
        """Write this letter, commit, and say what it turned out to be."""
        try:
            async with self._own.transaction() as session:
                fates = await write_letters(session, [letter])
        except Exception as error:
            raise NotKept from error
        return fates[letter.id]


door.Mailbox = EachAlone  # type: ignore[attr-defined]  # the one thing that is changed
