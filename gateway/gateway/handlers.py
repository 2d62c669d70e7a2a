"""Event handlers: outcomes of deliveries, members of teams, training accounts, units, and residents who sign in."""

from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.storage.database import Session
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.onboarding import TeamChanged, TrainingOpened
from contracts.registry import (
    IdentityLinkChanged,
    OrganizationRegistered,
    OrganizationUpdated,
    RepresentationChanged,
    UnitChanged,
)
from gateway.commands.identity import store_link, store_owner, store_representation
from gateway.commands.outcomes import store_outcomes
from gateway.commands.teams import store_team
from gateway.commands.training import store_training


@batch_handler
async def on_delivery_outcomes(session: Session, events: Sequence[DeliveryProcessed | DeliveryUnmatched]) -> None:
    await store_outcomes(session, events)


async def on_team_changed(session: Session, event: TeamChanged) -> None:
    await store_team(session, event)


async def on_training_opened(session: Session, event: TrainingOpened) -> None:
    await store_training(session, event)


async def on_identity_link_changed(session: Session, event: IdentityLinkChanged) -> None:
    await store_link(session, event)


async def on_representation_changed(session: Session, event: RepresentationChanged) -> None:
    await store_representation(session, event)


async def on_organization_changed(session: Session, event: OrganizationRegistered | OrganizationUpdated) -> None:
    await store_owner(session, event)


HANDLERS: EventHandlers = {
    DeliveryProcessed: on_delivery_outcomes,
    DeliveryUnmatched: on_delivery_outcomes,
    TeamChanged: on_team_changed,
    TrainingOpened: on_training_opened,
    IdentityLinkChanged: on_identity_link_changed,
    RepresentationChanged: on_representation_changed,
    OrganizationRegistered: on_organization_changed,
    OrganizationUpdated: on_organization_changed,
    UnitChanged: on_unit_changed,
}
