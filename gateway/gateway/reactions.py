"""What the gateway hears: what became of deliveries, whom teams list, and the units of development sign-in."""

from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from chassis.consumer import Reactions
from chassis.database import Session
from chassis.scope import on_unit_changed
from contracts.deliveries import DeliveryProcessed, DeliveryUnmatched
from contracts.fact import datetime
from contracts.onboarding import TeamChanged, TrainingOpened
from contracts.registry import UnitChanged
from gateway.commands.teams import keep_team
from gateway.commands.training import keep_training
from gateway.model import Delivery, DeliveryOutcome


async def on_delivery_processed(session: Session, fact: DeliveryProcessed) -> None:
    await _note(session, fact.delivery_id, fact.service, fact.outcome, fact.reason, fact.at)


async def on_delivery_unmatched(session: Session, fact: DeliveryUnmatched) -> None:
    await _note(session, fact.delivery_id, fact.service, "unmatched", fact.reason, fact.at)


async def on_team_changed(session: Session, fact: TeamChanged) -> None:
    await keep_team(session, fact)


async def on_training_opened(session: Session, fact: TrainingOpened) -> None:
    await keep_training(session, fact)


HEARD: Reactions = {
    DeliveryProcessed: on_delivery_processed,
    DeliveryUnmatched: on_delivery_unmatched,
    TeamChanged: on_team_changed,
    TrainingOpened: on_training_opened,
    UnitChanged: on_unit_changed,
}


async def _note(
    session: Session,
    delivery_id: UUID,
    service: str,
    outcome: Literal["applied", "unchanged", "rejected", "unmatched"],
    reason: str | None,
    at: datetime,
) -> None:
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return
    known = await session.get(DeliveryOutcome, (delivery_id, service))
    if known is not None and known.at > at:
        return
    await session.merge(
        DeliveryOutcome(delivery_id=delivery_id, service=service, outcome=outcome, reason=reason, at=at)
    )
    await session.flush()
    said = await session.exec(select(DeliveryOutcome).where(col(DeliveryOutcome.delivery_id) == delivery_id))
    delivery.conclude(list(said))
