"""A sample of every public event, for the API document, for `GET /v1/event-types` and for test deliveries."""

from typing import Any

from notifications.model.event_data import EventData
from notifications.model.event_types import BY_NAME

OCCURRED_AT = "2026-11-30T08:30:00+07:00"
ID = "01936f2e-8a00-7000-8000-{:012d}"

VALUES: dict[str, Any] = {
    "access_id": ID.format(1), "bill_id": ID.format(2), "campaign_id": ID.format(3), "consent_id": ID.format(4),
    "delivery_id": ID.format(5), "document_id": ID.format(6), "dossier_id": ID.format(7), "feedback_id": ID.format(8),
    "merchant_id": ID.format(9), "payment_id": ID.format(11), "qr_code_id": ID.format(12), "resident_id": ID.format(13),
    "session_id": ID.format(14), "subscription_id": ID.format(15), "recipient_id": ID.format(13),
    "owner_resident_id": ID.format(13), "webhook_id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "event": "payment_account.opened",
    "service": "registry", "outcome": "applied", "unit_code": "15724", "category": "market_stall", "status": "active",
    "provider": "demo-bank", "partner_id": "demo-bank", "kind": "dynamic", "amount": 150000, "remaining": 150000,
    "period": "2026-11", "due_on": "2026-12-15", "paid_at": OCCURRED_AT, "settled_at": OCCURRED_AT, "reversed_at": OCCURRED_AT,
    "counted": True, "code": "H56.15724-261130-0001",
    "procedure_code": "2.000635", "national_status": 2, "channel": 2, "origin": "here",
    "submitted_at": OCCURRED_AT, "received_at": OCCURRED_AT, "due_at": "2026-12-03T17:00:00+07:00", "fee_amount": 8000,
    "answered_at": OCCURRED_AT, "is_on_time": True, "sender_unit_code": "15724", "step": "payment_account",
    "evidence_kind": "partner", "completed_at": OCCURRED_AT, "purposes": ["prefill"], "role": "officer",
    "action": "read", "purpose": "dossier", "fields": ["full_name", "date_of_birth"], "starts_at": OCCURRED_AT,
    "resident_ids": [ID.format(13)],
    "ends_at": "2026-11-30T11:00:00+07:00", "failing_since": OCCURRED_AT, "disables_at": "2026-12-05T08:30:00+07:00",
}  # fmt: skip
"""A value by the name of a field; a field that is not here is left out."""

OVERRIDES: dict[str, dict[str, Any]] = {
    "delivery.unmatched": {"reason": "unknown"},
    "delivery.rejected": {"reason": "unlicensed-provider", "event": "app.installed"},
    "merchant.suspended": {"status": "suspended"},
    "bill.issued": {"dossier_id": None},
    "bill.paid": {"dossier_id": None},
    "payment.settled": {"dossier_id": None},
    "payment.reversed": {"dossier_id": None},
    "dossier.submitted": {"status": "submitted", "national_status": 1, "received_at": None, "due_at": None,
                          "is_on_time": None},
    "dossier.supplement_requested": {"status": "supplement_requested", "national_status": 5, "is_on_time": None},
    "dossier.status_changed": {"status": "accepted", "is_on_time": None},
    "dossier.completed": {"status": "returned", "national_status": 10, "finished_at": OCCURRED_AT},
    "feedback.answered": {"category": "field", "status": "answered"},
    "document.received": {"status": "sent"},
    "record.read": {"service": "casework"},
    "session.scheduled": {"kind": "training", "status": "planned"},
}  # fmt: skip


def sample_data(name: str) -> EventData:
    """The data of a sample."""
    model = BY_NAME[name].data
    values = VALUES | OVERRIDES.get(name, {})
    return model.model_validate({field: values[field] for field in model.model_fields if field in values})


def sample_of(name: str) -> dict[str, Any]:
    """A body as it is sent: `{type, timestamp, data}`."""
    return {"type": name, "timestamp": OCCURRED_AT, "data": sample_data(name).model_dump(mode="json")}
