"""Merged residents: the survivor of a record, and the duplicates of a survivor."""

from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, select

from chassis.storage.database import ReadSession
from replicas.model import ResidentReplica

Replica = TypeVar("Replica", bound=ResidentReplica)


async def find_survivor(session: ReadSession, replica: type[Replica], resident_id: UUID) -> Replica | None:
    """The resident, or the last survivor of the merges; None for an unknown id."""
    resident = await session.get(replica, resident_id)
    seen = {resident_id}
    while resident and (survivor := getattr(resident, replica.SURVIVOR_COLUMN)) and survivor not in seen:
        seen.add(survivor)
        resident = await session.get(replica, survivor)
    return resident


def merged_into(replica: type[ResidentReplica], resident_id: UUID) -> Any:
    """A subquery with the ids of all duplicates that were merged into a resident, also over several merges."""
    link = col(getattr(replica, replica.SURVIVOR_COLUMN))
    duplicates = select(col(replica.id)).where(link == resident_id).cte("duplicates", recursive=True)
    return select(duplicates.union(select(col(replica.id)).join(duplicates, link == duplicates.c.id)).c.id)
