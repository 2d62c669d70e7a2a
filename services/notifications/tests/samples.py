"""Internal events for tests."""

from datetime import UTC, datetime
from typing import Any

from chassis.ids import new_id
from contracts.deliveries import DeliveryProcessed
from contracts.gateway import PartnerChanged
from contracts.onboarding import StepCompleted
from contracts.payments_qr import MerchantActivated, PaymentSettled

MOMENT = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)


def partner_event(partner_id: str, kind: str | None = None, **fields: Any) -> PartnerChanged:
    """A partner as the gateway publishes it."""
    return PartnerChanged(
        partner_id=partner_id, version=1, name="Đối tác thử", active=True, allowed_types=[], licences=[],
        agreements=[], at=MOMENT, kind=kind, **fields,
    )  # fmt: skip


def processed(partner_id: str = "demo-bank", **fields: Any) -> DeliveryProcessed:
    """An outcome of a partner's message."""
    return DeliveryProcessed(
        **{
            "delivery_id": new_id(), "partner_id": partner_id, "service": "registry", "outcome": "applied",
            "at": MOMENT, "webhook_id": "msg_1", "event": "payment_account.opened",
        }
        | fields
    )  # fmt: skip


def completed_step(**fields: Any) -> StepCompleted:
    """A completed step of a resident."""
    return StepCompleted(
        **{
            "resident_id": new_id(), "version": 1, "unit_id": new_id(), "unit_code": "15727-01",
            "step": "payment_account", "status": "completed", "at": MOMENT, "completed_at": MOMENT,
        }
        | fields
    )  # fmt: skip


def active_merchant(provider: str = "demo-bank", **fields: Any) -> MerchantActivated:
    """A merchant that was verified."""
    return MerchantActivated(
        **{
            "merchant_id": new_id(), "version": 2, "unit_id": new_id(), "unit_code": "15724", "category": "market_stall",
            "status": "active", "provider": provider, "at": MOMENT, "owner_resident_id": new_id(),
        }
        | fields
    )  # fmt: skip


def settled(merchant: MerchantActivated, reported_by: str, **fields: Any) -> PaymentSettled:
    """A payment to a merchant."""
    return PaymentSettled(
        **{
            "merchant_id": merchant.merchant_id, "payment_id": new_id(), "unit_id": merchant.unit_id,
            "unit_code": merchant.unit_code, "category": merchant.category, "amount": 150_000, "settled_at": MOMENT,
            "business_day": MOMENT.date(), "partner_id": reported_by,
        }
        | fields
    )  # fmt: skip
