"""Event handlers of notifications, by event type."""

import base64
from collections.abc import Sequence

from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.security.encryption import CipherContext, decrypt, encrypt
from chassis.storage.database import Session
from contracts.event import Event
from contracts.gateway import CONTACT_SEALED_AT, PartnerChanged
from contracts.onboarding import SessionScheduled, TaskChanged
from contracts.payments_qr import MerchantRegistered, MerchantUpdated
from contracts.registry import ResidentSnapshot, UnitChanged
from notifications.commands.notifying import notify_people
from notifications.commands.planning import plan_session, plan_task
from notifications.commands.publishing import publish_internal
from notifications.commands.recipients import UNREACHABLE
from notifications.commands.sends import drop_sends_to
from notifications.model.event_types import BY_EVENT
from notifications.model.notification_kinds import CAUSES, ENDINGS
from notifications.model.partners import CONTACT, KnownPartner
from notifications.model.people import KnownOrganization, KnownResident, resident
from replicas.handlers import RESIDENT_EVENTS, organization_handlers
from replicas.store import store_residents


@batch_handler
async def on_events(session: Session, events: Sequence[Event]) -> None:
    """Internal events become public ones (`model.event_types`) and news for people (`model.notification_kinds`)."""
    await publish_internal(session, events)
    await notify_people(session, events)
    for event in events:
        if isinstance(event, SessionScheduled):
            await plan_session(session, event)
        elif isinstance(event, TaskChanged):
            await plan_task(session, event)


@batch_handler
async def on_residents(session: Session, events: Sequence[ResidentSnapshot]) -> None:
    """Keeps the copies of residents; what is queued for a deceased person is dropped."""
    await store_residents(session, KnownResident, events)
    if dead := [resident(event.resident_id) for event in events if event.life in UNREACHABLE]:
        await drop_sends_to(session, dead, "deceased")


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
    **dict.fromkeys((*BY_EVENT, *CAUSES, *ENDINGS, MerchantRegistered, MerchantUpdated, TaskChanged), on_events),
    **dict.fromkeys(RESIDENT_EVENTS, on_residents),
    **organization_handlers(KnownOrganization),
    UnitChanged: on_unit_changed,
    PartnerChanged: on_partner_changed,
}
