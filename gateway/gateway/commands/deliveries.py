"""Processing a stored message again."""

import base64

from sqlalchemy import delete
from sqlmodel import col

from chassis.security.identity import Caller
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.gateway import PartnerEventReceived
from gateway.errors import NothingToProcess
from gateway.model import AdministrativeAct, Delivery, DeliveryOutcome


async def process_again(
    session: Session, caller: Caller, delivery: Delivery, licences: list[str], unit_codes: list[str]
) -> Delivery:
    """Publishes the delivery again, as its next attempt, with the licences and agreements of today."""
    if delivery.event is None or not delivery.body:
        raise NothingToProcess
    delivery.start_attempt()
    await session.execute(delete(DeliveryOutcome).where(col(DeliveryOutcome.delivery_id) == delivery.id))
    publish(session, _received_event(delivery, licences, unit_codes))
    target = f"delivery {delivery.id}"
    session.add(AdministrativeAct(actor=caller.account, role=caller.role, act="delivery.process_again", target=target))
    return delivery


def _received_event(delivery: Delivery, licences: list[str], unit_codes: list[str]) -> PartnerEventReceived:
    assert delivery.event is not None
    return PartnerEventReceived(
        subject_key=delivery.subject_key,
        delivery_id=delivery.id,
        partner_id=delivery.partner_id,
        webhook_id=delivery.webhook_id,
        event=delivery.event,
        occurred_at=delivery.occurred_at,
        received_at=delivery.received_at,
        sealed=base64.b64encode(delivery.body).decode(),
        licences=licences,
        unit_codes=unit_codes,
        attempt=delivery.attempt,
    )
