"""What the gateway hears: what became of deliveries, whom teams list, and the units of development sign-in."""

from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.storage.database import Session
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.onboarding import TeamChanged, TrainingOpened
from contracts.registry import UnitChanged
from gateway.commands.outcomes import keep_outcomes
from gateway.commands.teams import keep_team
from gateway.commands.training import keep_training


@batch_handler
async def on_deliveries_told(session: Session, facts: Sequence[DeliveryProcessed | DeliveryUnmatched]) -> None:
    await keep_outcomes(session, facts)


async def on_team_changed(session: Session, fact: TeamChanged) -> None:
    await keep_team(session, fact)


async def on_training_opened(session: Session, fact: TrainingOpened) -> None:
    await keep_training(session, fact)


HANDLERS: EventHandlers = {
    DeliveryProcessed: on_deliveries_told,
    DeliveryUnmatched: on_deliveries_told,
    TeamChanged: on_team_changed,
    TrainingOpened: on_training_opened,
    UnitChanged: on_unit_changed,
}
