"""Dossiers that were filed on the national or provincial portal."""

from collections.abc import Sequence

from pydantic import ValidationError

from casework.commands.portal import PortalStatus, take_portal_statuses
from chassis.clock import now
from chassis.messaging.consumer import batch_handler
from chassis.security.partner_events import decrypt_partner_data
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import PartnerEventReceived

STATUS_CHANGED = "dossier.status_changed"


@batch_handler
async def on_partner_events_received(session: Session, events: Sequence[PartnerEventReceived]) -> None:
    """Applies status reports of portals; a report that does not fit is published as rejected, with the reason."""
    received = [(event, _read(event)) for event in events if event.event == STATUS_CHANGED]
    outcomes = iter(await take_portal_statuses(session, [(event, status) for event, status in received if status]))
    for event, status in received:
        outcome, reason = next(outcomes) if status else ("rejected", "malformed")
        publish(
            session,
            DeliveryProcessed.model_validate(
                {
                    "delivery_id": event.delivery_id,
                    "partner_id": event.partner_id,
                    "service": "casework",
                    "outcome": outcome,
                    "reason": reason or None,
                    "at": now(),
                    "webhook_id": event.webhook_id,
                    "event": event.event,
                }
            ),
        )


def _read(event: PartnerEventReceived) -> PortalStatus | None:
    """The status report; None for an invalid body. An event whose key is missing becomes a dead letter and can be replayed."""
    body = decrypt_partner_data(event)
    try:
        return PortalStatus.model_validate_json(body)
    except ValidationError:
        return None
