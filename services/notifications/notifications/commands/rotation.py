"""What follows new keys in notifications (see `chassis.security.key_rotation`)."""

from chassis.security.key_rotation import reencrypting
from notifications.model.deliveries import ANSWER, DeliveryAttempt
from notifications.model.partners import CONTACT, KnownPartner
from notifications.model.preferences import TOKEN, Device
from notifications.model.subscriptions import SECRET, SubscriptionSecret

ROTATIONS = (
    reencrypting(SubscriptionSecret, {"sealed": SECRET}),
    reencrypting(DeliveryAttempt, {"answer": ANSWER}),
    reencrypting(KnownPartner, {"contact": CONTACT}),
    reencrypting(Device, {"token": TOKEN}),
)
