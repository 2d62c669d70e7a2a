"""The columns of a copy and how one event changes it; knows neither web nor broker."""

from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Field, SQLModel

from contracts.registry import OrganizationSnapshot, ResidentMerged, ResidentSnapshot, ResidentUnmerged


@cache
def copied_columns(replica: Any, snapshot: type[BaseModel]) -> tuple[str, ...]:
    """The columns of a replica that are fields of the snapshot."""
    return tuple(name for name in replica.model_fields if name in snapshot.model_fields)


class ResidentReplica(SQLModel):
    """The columns of every copy; a service adds those fields of `ResidentSnapshot` that it needs.

    `survivor_id` is set while the record is merged into another one. `merge_version` is the version of the last merge or
    unmerge: both have an order of their own, because other snapshots may overtake them.
    """

    SURVIVOR_COLUMN: ClassVar[str] = "survivor_id"

    id: UUID = Field(primary_key=True)
    version: int = 0
    unit_id: UUID
    merge_version: int | None = 0

    def apply(self, snapshot: ResidentSnapshot) -> bool:
        """Copies a newer snapshot; an older or repeated one changes nothing."""
        if snapshot.version <= self.version:
            return False
        for name in copied_columns(type(self), ResidentSnapshot):
            setattr(self, name, getattr(snapshot, name))
        return True

    def apply_merge(self, event: ResidentMerged | ResidentUnmerged) -> bool:
        """Sets or clears the merge link by a newer merge event."""
        if event.version <= (self.merge_version or 0):
            return False
        setattr(self, self.SURVIVOR_COLUMN, survivor_of(event))
        self.merge_version = event.version
        return True


def survivor_of(event: ResidentSnapshot | None) -> UUID | None:
    """The record that a merge event names; None for an unmerge and for no event."""
    return event.survivor_id if isinstance(event, ResidentMerged) else None


class OrganizationReplica(SQLModel):
    """The columns of every copy; a service adds those fields of `OrganizationSnapshot` that it needs."""

    id: UUID = Field(primary_key=True)
    version: int = 0
    unit_id: UUID
    representative_id: UUID | None = None

    def apply(self, snapshot: OrganizationSnapshot) -> bool:
        """Copies a newer snapshot; an older or repeated one changes nothing."""
        if snapshot.version <= self.version:
            return False
        for name in copied_columns(type(self), OrganizationSnapshot):
            setattr(self, name, getattr(snapshot, name))
        return True
