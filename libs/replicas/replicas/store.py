"""Stores many snapshots at once: a list of the province arrives as millions of events."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from chassis.storage.bulk import BulkInsert
from chassis.storage.database import Session
from contracts.registry import OrganizationSnapshot, ResidentMerged, ResidentSnapshot, ResidentUnmerged
from replicas.model import OrganizationReplica, ResidentReplica, copied_columns, survivor_of


async def store_residents(session: Session, replica: type[ResidentReplica], events: Sequence[ResidentSnapshot]) -> None:
    """Stores the newest snapshot and the newest merge event of each resident, in one statement."""
    columns = copied_columns(replica, ResidentSnapshot)
    events = sorted(events, key=lambda event: event.version)
    merges = {event.resident_id: event for event in events if isinstance(event, (ResidentMerged, ResidentUnmerged))}
    rows = []
    for event in {event.resident_id: event for event in events}.values():
        merge = merges.get(event.resident_id)
        link = (survivor_of(merge), merge.version if merge else 0)
        rows.append((event.resident_id, *(getattr(event, name) for name in columns), *link))
    await session.execute(*_residents(replica).of(rows))


async def store_organizations(
    session: Session, replica: type[OrganizationReplica], events: Sequence[OrganizationSnapshot]
) -> None:
    """Stores the newest snapshot of each organization, in one statement."""
    columns = copied_columns(replica, OrganizationSnapshot)
    newest = {event.organization_id: event for event in sorted(events, key=lambda event: event.version)}
    rows = [(id, *(getattr(event, name) for name in columns)) for id, event in newest.items()]
    await session.execute(*_organizations(replica).of(rows))


@cache
def _residents(replica: Any) -> BulkInsert:
    columns = copied_columns(replica, ResidentSnapshot)
    link = (replica.SURVIVOR_COLUMN, "merge_version")
    update = dict(_newer("version", columns)) | dict(_newer("merge_version", link))
    return BulkInsert(replica, ["id", *columns, *link], update=update)


@cache
def _organizations(replica: Any) -> BulkInsert:
    columns = copied_columns(replica, OrganizationSnapshot)
    return BulkInsert(replica, ["id", *columns], update=dict(_newer("version", columns)))


def _newer(version: str, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """By column, the new value where its version is newer than the stored one, else the stored value."""
    for name in columns:
        yield (
            name,
            f"CASE WHEN excluded.{version} > coalesce(old.{version}, 0) THEN excluded.{name} ELSE old.{name} END",
        )
