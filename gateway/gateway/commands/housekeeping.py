"""How long the gateway keeps its rows; the columns of key rotation."""

from datetime import timedelta

from chassis.security.key_rotation import reencrypting
from chassis.storage.retention import Retention
from gateway.model.deliveries import DELIVERY_BODY, Delivery, DeliveryConflict
from gateway.model.partners import WEBHOOK_SECRET, PartnerSecret

BODY_DAYS = 90
"""Longer than the 30 days for which the bus keeps a partner's message; then only the outcome is kept."""
GUESSES_COUNT = timedelta(hours=1)
"""Long after which every address has all its guesses again."""


RETENTION = (
    Retention("delivery", "received_at", timedelta(days=BODY_DAYS), "purpose_reached", clears="body"),
    Retention("delivery_conflict", "received_at", timedelta(days=BODY_DAYS), "purpose_reached"),
    Retention("ended_session", "until", timedelta(), "technical"),
    Retention("guess", "at", GUESSES_COUNT, "technical"),
)

ROTATIONS = (
    reencrypting(PartnerSecret, {"sealed": WEBHOOK_SECRET}),
    reencrypting(Delivery, {"body": DELIVERY_BODY}),
    reencrypting(DeliveryConflict, {"body": DELIVERY_BODY}),
)
"""The columns that key rotation encrypts again."""
