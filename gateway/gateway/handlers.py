"""Event handlers: outcomes of deliveries, members of teams, training accounts and units."""

from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.storage.database import Session
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.onboarding import TeamChanged, TrainingOpened
from contracts.registry import UnitChanged
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


HANDLERS: EventHandlers = {
    DeliveryProcessed: on_delivery_outcomes,
    DeliveryUnmatched: on_delivery_outcomes,
    TeamChanged: on_team_changed,
    TrainingOpened: on_training_opened,
    UnitChanged: on_unit_changed,
}
