"""Records what happened to a subscription, and who did it."""

from chassis.security.identity import Caller
from chassis.storage.database import Session
from notifications.model.subscriptions import Subscription, SubscriptionAct

PLATFORM = Caller(role="service", subject="notifications")
"""The actor of what the platform does by itself."""


def add_act(session: Session, subscription: Subscription, caller: Caller, act: str, detail: str = "") -> None:
    """Adds an act; `detail` without secrets and without personal data."""
    session.add(
        SubscriptionAct(subscription_id=subscription.id, actor=caller.account, role=caller.role, act=act, detail=detail)
    )
