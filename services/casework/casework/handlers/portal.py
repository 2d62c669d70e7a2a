"""Dossiers that were filed on the national or provincial portal."""

import base64
from collections.abc import Sequence

from pydantic import ValidationError

from casework.commands.portal import PortalStatus, take_portal_statuses
from chassis.clock import now
from chassis.messaging.consumer import batch_handler
from chassis.security.encryption import CipherContext, decrypt
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import SEALED_AT, PartnerEventReceived

STATUS_CHANGED = "dossier.status_changed"


@batch_handler
async def on_partner_events_received(session: Session, facts: Sequence[PartnerEventReceived]) -> None:
    """Counts portals' dossiers beside ours; what does not fit is answered as rejected, with the reason."""
    told = [(fact, _read(fact)) for fact in facts if fact.event == STATUS_CHANGED]
    outcomes = iter(await take_portal_statuses(session, [(fact, status) for fact, status in told if status]))
    for fact, status in told:
        outcome, reason = next(outcomes) if status else ("rejected", "malformed")
        publish(
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


def _read(fact: PartnerEventReceived) -> PortalStatus | None:
    """None for what is not in the shape of a status. Without its key an event is set aside, to be tried again with it."""
    body = decrypt(CipherContext(*SEALED_AT), str(fact.delivery_id), base64.b64decode(fact.sealed))
    try:
        return PortalStatus.model_validate_json(body)
    except ValidationError:
        return None
