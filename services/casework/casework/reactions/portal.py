"""Dossiers that were filed on the national or provincial portal."""

import base64

from pydantic import ValidationError

from casework.commands.portal import PortalStatus, take_portal_status
from chassis.clock import now
from chassis.database import Session
from chassis.outbox import announce
from chassis.sealing import CannotOpen, Place, unseal
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import SEALED_AT, PartnerEventReceived

STATUS_CHANGED = "dossier.status_changed"


async def on_partner_event_received(session: Session, fact: PartnerEventReceived) -> None:
    """Counts a portal's dossier beside ours; what does not fit is answered as rejected, with the reason."""
    if fact.event != STATUS_CHANGED:
        return
    try:
        body = unseal(Place(*SEALED_AT), str(fact.delivery_id), base64.b64decode(fact.sealed))
        status = PortalStatus.model_validate_json(body)
    except (CannotOpen, ValidationError, ValueError):
        outcome, reason = "rejected", "malformed"
    else:
        outcome, reason = await take_portal_status(session, fact, status)
    announce(
        session,
        DeliveryProcessed.model_validate(
            {
                "delivery_id": fact.delivery_id,
                "partner_id": fact.partner_id,
                "service": "casework",
                "outcome": outcome,
                "reason": reason or None,
                "at": now(),
            }
        ),
    )
