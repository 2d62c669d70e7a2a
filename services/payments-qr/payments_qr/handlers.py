"""Event handlers: units and people of registry, fees of casework, and partner events."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text

from chassis.clock import now
from chassis.messaging.consumer import EventHandlers, batch_handler
from chassis.messaging.units import on_unit_changed
from chassis.security.partner_events import decrypt_partner_data
from chassis.storage.database import Session
from chassis.storage.outbox import publish
from contracts.casework import DossierFeeClosed, DossierFeeRequested, DossierSubmitted
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import PartnerChanged, PartnerEventReceived
from contracts.registry import OrganizationSnapshot, ResidentRegistered, ResidentSnapshot, UnitChanged
from payments_qr.commands.dossier_fees import close_fee, request_fee
from payments_qr.commands.owners import look_up_again, note_candidates
from payments_qr.commands.partner_payloads import (
    Result,
    apply_issued_code,
    apply_merchant_status,
    read_report,
    result_of,
)
from payments_qr.commands.payments import record_reports
from payments_qr.commands.report_batch import ReportedPayment, ReportedReversal
from payments_qr.model import KnownOrganization, KnownResident
from payments_qr.model.lifecycle import ProviderStatus
from replicas.handlers import ORGANIZATION_EVENTS, RESIDENT_EVENTS
from replicas.store import store_organizations, store_residents

PartnerEventHandler = Callable[[Session, PartnerEventReceived, Any], Awaitable[Result]]
PaymentReport = ReportedPayment | ReportedReversal


@batch_handler
async def on_partner_events(session: Session, events: Sequence[PartnerEventReceived]) -> None:
    """Merchant and payment events, others are ignored. Consecutive payments are recorded as one batch."""
    batch: list[tuple[PartnerEventReceived, PaymentReport]] = []
    for event in events:
        handler = MERCHANT_EVENTS.get(event.event)
        if event.event not in PAYMENT_EVENTS and handler is None:
            continue
        try:
            data = json.loads(decrypt_partner_data(event))
            if handler is None:
                batch.append((event, read_report(event, data)))
                continue
            await _record_batch(session, batch)
            batch = []
            _publish_processed(session, event, await handler(session, event, data))
        except ValidationError as error:
            # The reason names the field without its value, which may be personal data.
            field = ".".join(map(str, error.errors()[0]["loc"])) or "data"
            _publish_processed(session, event, ("rejected", f"wrong-field:{field}"))
    await _record_batch(session, batch)


async def _record_batch(session: Session, batch: list[tuple[PartnerEventReceived, PaymentReport]]) -> None:
    if batch:
        recorded = await record_reports(session, [report for _, report in batch])
        for (event, report), one in zip(batch, recorded, strict=True):
            _publish_processed(session, event, result_of(report, one))


def _publish_processed(session: Session, event: PartnerEventReceived, result: Result) -> None:
    outcome, reason = result
    publish(
        session,
        DeliveryProcessed(
            delivery_id=event.delivery_id, partner_id=event.partner_id, service="payments-qr", outcome=outcome,
            reason=reason, at=now(), webhook_id=event.webhook_id, event=event.event,
        ),
    )  # fmt: skip


def _status_handler(provider_status: ProviderStatus) -> PartnerEventHandler:
    async def handle(session: Session, event: PartnerEventReceived, data: Any) -> Result:
        return await apply_merchant_status(session, event, provider_status, data)

    return handle


MERCHANT_EVENTS: dict[str, PartnerEventHandler] = {
    "merchant.verified": _status_handler("verified"),
    "merchant.rejected": _status_handler("rejected"),
    "merchant.suspended": _status_handler("suspended"),
    "merchant.qr_issued": apply_issued_code,
}
PAYMENT_EVENTS = frozenset({"qr.payment_settled", "qr.payment_reversed"})


async def on_dossier_submitted(session: Session, event: DossierSubmitted) -> None:
    """Stores the applicant, who pays the fee."""
    await session.execute(
        _DOSSIER,
        {"id": event.dossier_id, "resident_id": event.resident_id, "organization_id": event.organization_id},
    )


_DOSSIER = text(
    "INSERT INTO known_dossier (id, resident_id, organization_id) VALUES (:id, :resident_id, :organization_id)"
    " ON CONFLICT (id) DO UPDATE SET resident_id = excluded.resident_id, organization_id = excluded.organization_id"
)


async def on_dossier_fee_requested(session: Session, event: DossierFeeRequested) -> None:
    """Issues a bill with its code for a fee, or publishes that the fee is paid at the counter."""
    await request_fee(session, event)


async def on_dossier_fee_closed(session: Session, event: DossierFeeClosed) -> None:
    """Closes the bill of a fee that was taken at the counter, waived, or is owed no longer."""
    await close_fee(session, event)


async def on_partner_changed(session: Session, event: PartnerChanged) -> None:
    """Stores which partners exist and are active."""
    row = {"id": event.partner_id, "version": event.version, "is_active": event.active}
    await session.execute(_PARTNER, row)


_PARTNER = text(
    "INSERT INTO known_partner (partner_id, version, is_active) VALUES (:id, :version, :is_active)"
    " ON CONFLICT (partner_id) DO UPDATE SET version = excluded.version, is_active = excluded.is_active"
    " WHERE known_partner.version < excluded.version"
)


@batch_handler
async def on_residents(session: Session, events: Sequence[ResidentSnapshot]) -> None:
    """Stores residents; new ones may own merchants that wait for their owner."""
    await store_residents(session, KnownResident, events)
    units = [event.unit_id for event in events if isinstance(event, ResidentRegistered)]
    if units:
        await look_up_again(session, units)


@batch_handler
async def on_organizations(session: Session, events: Sequence[OrganizationSnapshot]) -> None:
    """Stores organizations; one with a confirmed representative may own merchants that wait for their owner."""
    await store_organizations(session, KnownOrganization, events)
    ids = [event.organization_id for event in events if event.active and event.representative_confirmed]
    if ids:
        await note_candidates(session, ids)


HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    **dict.fromkeys(RESIDENT_EVENTS, on_residents),
    **dict.fromkeys(ORGANIZATION_EVENTS, on_organizations),
    DossierSubmitted: on_dossier_submitted,
    DossierFeeRequested: on_dossier_fee_requested,
    DossierFeeClosed: on_dossier_fee_closed,
    PartnerEventReceived: on_partner_events,
    PartnerChanged: on_partner_changed,
}
