"""Reads of the local copies of residents and organizations."""

from typing import TypeVar
from uuid import UUID

from chassis.security.identity import Caller
from chassis.security.scope import covers
from chassis.storage.database import ReadSession
from chassis.storage.replication import wait_until_replicated
from payments_qr.model import KnownOrganization, KnownResident
from replicas.queries import merged_into

Known = TypeVar("Known", KnownResident, KnownOrganization)


async def get_known(session: ReadSession, kind: type[Known], id: UUID) -> Known:
    """The resident or organization of an id; waits a moment for one that another service accepted just now."""
    return await wait_until_replicated(lambda: session.get(kind, id))


async def get_resident_of(session: ReadSession, caller: Caller, id: UUID) -> KnownResident:
    """A resident of the caller's units, likewise; a resident of another unit answers as an unknown id does."""

    async def find() -> KnownResident | None:
        known = await session.get(KnownResident, id)
        return known if known and await covers(session, caller, known.unit_id) else None

    return await wait_until_replicated(find)


async def ids_of_resident(session: ReadSession, resident_id: UUID) -> list[UUID]:
    """The resident's id and those of duplicates that were merged into it."""
    merged = await session.exec(merged_into(KnownResident, resident_id))
    return [resident_id, *merged]
