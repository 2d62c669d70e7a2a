"""Word to the owner of an endpoint that keeps failing: at half of the time, at 90 %, and when it is disabled.

Three ways: an act of the subscription, a public event (for the partner's other subscriptions and its feed), and, where mail
is configured, a mail to the partner's contact (see `mail`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from chassis.clock import now
from chassis.security.encryption import decrypt_text
from chassis.storage.database import ReadSession, Session
from notifications.commands.acts import PLATFORM, add_act
from notifications.commands.news import News, record_news
from notifications.commands.publishing import NewEvent, record_events
from notifications.model.event_data import SubscriptionData
from notifications.model.partners import CONTACT, KnownPartner
from notifications.model.recipients import NotificationRecipient
from notifications.model.subscriptions import Subscription, SubscriptionStatus, Warned

STAGES: tuple[tuple[float, Warned], ...] = ((1.0, Warned.DISABLED), (0.9, Warned.NEARLY), (0.5, Warned.HALF))
AT_ONCE = 100


@dataclass(frozen=True)
class OwnerWarning:
    """The warning for the owner of a subscription; `contact` is whom to write to, where the partner named one."""

    subscription: Subscription
    stage: Warned
    failing_since: datetime
    disables_at: datetime
    contact: str | None

    def event(self) -> NewEvent:
        """The public event, for the partner alone."""
        type_ = "subscription.disabled" if self.stage is Warned.DISABLED else "subscription.failing"
        id_ = str(self.subscription.id)
        return NewEvent(
            type=type_,
            subject=id_,
            once=f"{type_}|{id_}|{self.failing_since.isoformat()}|{self.stage}",
            occurred_at=now(),
            data=SubscriptionData(
                subscription_id=self.subscription.id, failing_since=self.failing_since, disables_at=self.disables_at
            ),
            partners=frozenset({self.subscription.partner_id}),
        )

    def news(self) -> News:
        """The news for operators."""
        times = {"failing_since": self.failing_since.isoformat(), "disables_at": self.disables_at.isoformat()}
        return News(
            kind="delivery_failing", recipient=NotificationRecipient(role="operator"), about_type="subscription",
            about_id=self.subscription.id, once=self.event().once, occurred_at=now(), placeholders=times,
        )  # fmt: skip


async def warn_owners(session: Session, disable_after: float) -> list[OwnerWarning]:
    """Warns of every active subscription that has reached a further stage, and disables those at the last."""
    whole = timedelta(seconds=disable_after)
    warnings = []
    for subscription in await _failing_since(session, now() - whole / 2):
        assert subscription.failing_since is not None
        share = (now() - subscription.failing_since) / whole
        stage = next(stage for least, stage in STAGES if share >= least)
        if stage.value != subscription.warned:
            contact = await _contact_of(session, subscription.partner_id)
            disables_at = subscription.failing_since + whole
            warning = OwnerWarning(subscription, stage, subscription.failing_since, disables_at, contact)
            _note(session, warning)
            warnings.append(warning)
    await record_events(session, [warning.event() for warning in warnings])
    await record_news(session, [warning.news() for warning in warnings])
    return warnings


async def _failing_since(session: Session, moment: datetime) -> list[Subscription]:
    found = await session.exec(
        select(Subscription)
        .where(
            Subscription.status == SubscriptionStatus.ACTIVE.value,
            col(Subscription.deleted_at).is_(None),
            col(Subscription.failing_since) <= moment,
        )
        .order_by(col(Subscription.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return list(found)


def _note(session: Session, warning: OwnerWarning) -> None:
    subscription = warning.subscription
    subscription.warned = warning.stage.value
    act = "subscription.failing"
    if warning.stage is Warned.DISABLED:
        act = "subscription.disabled"
        subscription.status, subscription.status_reason = SubscriptionStatus.DISABLED.value, "failing"
        subscription.touch()
    session.add(subscription)
    add_act(
        session, subscription, PLATFORM, act, f"failing since {warning.failing_since.isoformat()} ({warning.stage})"
    )


async def _contact_of(session: ReadSession, partner_id: str) -> str | None:
    partner = await session.get(KnownPartner, partner_id)
    if partner is None or partner.contact is None:
        return None
    return decrypt_text(CONTACT, partner_id, partner.contact)
