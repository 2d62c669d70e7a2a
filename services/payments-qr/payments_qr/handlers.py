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
from contracts.casework import DossierFeeRequested, DossierSubmitted
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import PartnerEventReceived
from contracts.registry import UnitChanged
from payments_qr.commands.bills import request_fee
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
from replicas.handlers import organization_handlers, resident_handlers

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
    " ON CONFLICT DO NOTHING"
)


async def on_dossier_fee_requested(session: Session, event: DossierFeeRequested) -> None:
    """Issues a bill with its code for a fee, or publishes that the fee is paid at the counter."""
    await request_fee(session, event)


HANDLERS: EventHandlers = {
    UnitChanged: on_unit_changed,
    **resident_handlers(KnownResident),
    **organization_handlers(KnownOrganization),
    DossierSubmitted: on_dossier_submitted,
    DossierFeeRequested: on_dossier_fee_requested,
    PartnerEventReceived: on_partner_events,
}
