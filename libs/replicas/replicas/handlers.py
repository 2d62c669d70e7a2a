"""Event handlers that keep a service's copies."""

from collections.abc import Sequence
from typing import Any

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.storage.database import Session
from contracts.registry import OrganizationSnapshot, ResidentSnapshot
from replicas.model import OrganizationReplica, ResidentReplica
from replicas.store import store_organizations, store_residents

RESIDENT_EVENTS: list[type[Any]] = ResidentSnapshot.__subclasses__()
"""Every event of a resident that carries a snapshot; a new one is included without a list to extend."""
ORGANIZATION_EVENTS: list[type[Any]] = OrganizationSnapshot.__subclasses__()


def resident_handlers(replica: type[ResidentReplica]) -> EventHandlers:
    """One batch handler for every event of `RESIDENT_EVENTS`."""

    @batch_handler
    async def on_residents(session: Session, events: Sequence[ResidentSnapshot]) -> None:
        await store_residents(session, replica, events)

    return dict.fromkeys(RESIDENT_EVENTS, on_residents)


def organization_handlers(replica: type[OrganizationReplica]) -> EventHandlers:
    """One batch handler for every event of `ORGANIZATION_EVENTS`."""

    @batch_handler
    async def on_organizations(session: Session, events: Sequence[OrganizationSnapshot]) -> None:
        await store_organizations(session, replica, events)

    return dict.fromkeys(ORGANIZATION_EVENTS, on_organizations)
