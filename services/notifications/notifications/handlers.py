"""Event handlers of notifications, by event type."""

import base64
from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.security.encryption import CipherContext, decrypt, encrypt
from chassis.storage.database import Session
from contracts.event import Event
from contracts.gateway import CONTACT_SEALED_AT, PartnerChanged
from contracts.payments_qr import MerchantRegistered, MerchantUpdated
from notifications.commands.publishing import publish_internal
from notifications.model.event_types import BY_EVENT
from notifications.model.partners import CONTACT, KnownPartner


@batch_handler
async def on_events(session: Session, events: Sequence[Event]) -> None:
    """Internal events that have public ones become these; see `model.event_types`."""
    await publish_internal(session, events)


async def on_partner_changed(session: Session, event: PartnerChanged) -> None:
    """Keeps kind and contact of partners."""
    known = await session.get(KnownPartner, event.partner_id)
    if known is not None and known.version >= event.version:
        return
    known = known or KnownPartner(id=event.partner_id, version=0, is_active=event.active)
    known.version, known.is_active, known.kind = event.version, event.active, event.kind
    known.contact = _contact_of(event)
    session.add(known)


def _contact_of(event: PartnerChanged) -> bytes | None:
    if event.sealed_contact is None:
        return None
    contact = decrypt(CipherContext(*CONTACT_SEALED_AT), event.partner_id, base64.b64decode(event.sealed_contact))
    return encrypt(CONTACT, event.partner_id, contact)


HANDLERS: EventHandlers = {
    **dict.fromkeys((*BY_EVENT, MerchantRegistered, MerchantUpdated), on_events),
    PartnerChanged: on_partner_changed,
}
