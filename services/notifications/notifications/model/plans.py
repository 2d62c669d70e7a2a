"""What is sent at a later moment: sessions that come near, tasks that come due. Which notices an event leaves planned."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from chassis.clock import HO_CHI_MINH, local_date
from contracts.onboarding import SessionScheduled, TaskChanged
from notifications.model import people
from notifications.model.recipients import NotificationRecipient

NEAR = timedelta(days=3)
"""How long before a session people are notified."""
MORNING = time(7, tzinfo=HO_CHI_MINH)
PEOPLE = "people"
"""The audience of a session: residents and organizations of the unit and below, its officers and volunteers."""


@dataclass(frozen=True)
class Plan:
    """One planned notice; without a recipient for the `audience` of a unit."""

    kind: str
    once: str
    due_at: datetime
    about_type: str
    about_id: UUID
    recipient: NotificationRecipient
    audience: str | None = None
    placeholders: dict[str, Any] = field(default_factory=dict)


def session_reason(event: SessionScheduled) -> str:
    """What the notices of a session hold on to."""
    return f"session:{event.session_id}"


def plans_of_session(event: SessionScheduled, *, was_notified: bool) -> list[Plan]:
    """That it is near; or, where people were notified of another time of it (`was_notified`), that it was moved or cancelled."""
    if event.starts_at <= event.at:
        return []
    near = _of_session(event, "session_near", event.starts_at - NEAR)
    if event.status == "cancelled":
        return [_of_session(event, "session_cancelled", event.at)] if was_notified else []
    if not was_notified:
        return [near]
    moved = _of_session(event, "session_moved", event.at)
    return [moved] if near.due_at <= event.at else [moved, near]


def _of_session(event: SessionScheduled, kind: str, due_at: datetime) -> Plan:
    starts_at = event.starts_at.isoformat()
    return Plan(
        kind=kind, once=f"{kind}|{event.session_id}|{starts_at}", due_at=due_at, about_type="session",
        about_id=event.session_id, recipient=NotificationRecipient(unit_id=event.unit_id), audience=PEOPLE,
        placeholders={"kind": event.kind, "starts_at": starts_at},
    )  # fmt: skip


def task_reason(event: TaskChanged) -> str:
    """What the reminders of a task hold on to."""
    return f"task:{event.task_id}"


def plans_of_task(event: TaskChanged) -> list[Plan]:
    """Reminders on the mornings that are to come; of those that have passed, the last one at once."""
    if event.status != "open" or event.due_on is None:
        return []
    recipient = NotificationRecipient(role="officer", body=event.body, unit_id=event.unit_id)
    if event.owner:
        recipient = NotificationRecipient(people.account(event.owner))
    today = local_date(event.at)
    past = [day for day in event.reminded_on if day < today]
    return [
        Plan(
            kind="task_due", once=f"task_due|{event.task_id}|{day}|{recipient}", recipient=recipient,
            due_at=max(datetime.combine(day, MORNING), event.at), about_type="task", about_id=event.task_id,
            placeholders={"due_on": event.due_on.isoformat()},
        )
        for day in sorted({*past[-1:], *(day for day in event.reminded_on if day >= today)})
    ]  # fmt: skip


def onces(plans: Sequence[Plan]) -> list[str]:
    """What is unique of the notices."""
    return [plan.once for plan in plans]
