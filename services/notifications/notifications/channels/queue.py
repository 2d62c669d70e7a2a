"""Takes queued sends of one channel and stores what came of them; the processes divide them by `SKIP LOCKED` and leases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.storage.database import Database, Session
from notifications.channels.messages import Accepted, Refused, SendResult, TryLater
from notifications.channels.texts import NEWEST
from notifications.commands.receipts import apply_receipts
from notifications.model.notifications import NotificationChannel, SendStatus
from notifications.sender.schedule import seconds_before_retry

LEASE = timedelta(seconds=90)
"""Longer than an attempt with its look-ups takes; a sender that died leaves its work to another one after it."""
SCHEDULE = (60.0, 300.0, 1800.0, 7200.0, 6 * 3600.0)


@dataclass(frozen=True)
class Queued:
    """A send that is due, with what decides whether and where it goes."""

    id: UUID
    notification_id: UUID
    channel: str
    unit_code: str | None
    attempts: int
    kind: str
    person: str | None
    has_ended: bool
    device_id: UUID | None
    platform: str | None
    token: bytes | None
    token_digest: bytes | None
    starts_hour: int | None
    ends_hour: int | None


@dataclass(frozen=True)
class Drop:
    """It is never sent; `reason` is a stable code."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """It is due again at `until`: the person's quiet hours."""

    until: datetime


Decision = Drop | Wait | None
"""None: it is attempted now."""


async def due_sends(session: Session, channel: NotificationChannel, most: int) -> list[Queued]:
    """Locks at most `most` sends of a channel that are due and that no sender is attempting."""
    rows = await session.execute(_DUE, {"channel": channel.value, "now": now(), "most": most})
    return [Queued(**row) for row in rows.mappings()]


async def store_decisions(session: Session, decided: Sequence[tuple[Queued, Decision]]) -> None:
    """Claims what is attempted, puts off what waits, and drops the rest."""
    columns: dict[str, list[Any]] = {
        "ids": [one.id for one, _ in decided],
        "statuses": [SendStatus.DROPPED if isinstance(it, Drop) else SendStatus.QUEUED for _, it in decided],
        "reasons": [it.reason if isinstance(it, Drop) else None for _, it in decided],
        "due": [it.until if isinstance(it, Wait) else None for _, it in decided],
        "claims": [it is None for _, it in decided],
    }
    await session.execute(_DECIDE, columns | {"lease": LEASE})


async def store_results(database: Database, results: Sequence[tuple[Queued, SendResult]]) -> None:
    """Stores results, removes devices whose tokens are void, and applies receipts that came first."""
    rows = [_row(one, result) for one, result in results]
    void = [one for one, result in results if isinstance(result, Refused) and result.removes_device]
    async with database.transaction() as session:
        await session.execute(_RESULTS, {name: [row[name] for row in rows] for name in rows[0]} | {"version": NEWEST})
        if void:
            devices, digests = [one.device_id for one in void], [one.token_digest for one in void]
            await session.execute(_REMOVE_DEVICES, {"devices": devices, "digests": digests})
        await apply_receipts(session, [row["references"] for row in rows if row["references"]])


def _row(one: Queued, result: SendResult) -> dict[str, Any]:
    status, due_at, sent_at = SendStatus.FAILED, None, None
    if isinstance(result, Accepted):
        status, sent_at = SendStatus.SENT, now()
    elif isinstance(result, TryLater):
        seconds = seconds_before_retry(SCHEDULE, one.attempts, result.seconds)
        if seconds is not None:
            status, due_at = SendStatus.QUEUED, now() + timedelta(seconds=seconds)
    return {
        "ids": one.id,
        "statuses": status.value,
        "due": due_at,
        "sent": sent_at,
        "references": result.reference if isinstance(result, Accepted) else None,
        "errors": None if isinstance(result, Accepted) else result.error,
    }


_DUE = text(
    "SELECT s.id, s.notification_id, s.channel, s.unit_code, s.attempts, n.kind, n.person,"
    " n.ended_at IS NOT NULL AS has_ended, d.id AS device_id, d.platform, d.token, d.token_digest,"
    " q.starts_hour, q.ends_hour"
    " FROM notification_send s JOIN notification n ON n.id = s.notification_id"
    " LEFT JOIN device d ON d.id = s.device_id LEFT JOIN quiet_hours q ON q.person = n.person"
    " WHERE s.status = 'queued' AND s.channel = :channel AND s.due_at <= :now"
    " AND (s.claimed_until IS NULL OR s.claimed_until < clock_timestamp())"
    " ORDER BY s.due_at LIMIT :most FOR UPDATE OF s SKIP LOCKED"
)
_DECIDE = text(
    "UPDATE notification_send SET status = new.status, reason_ended = new.reason,"
    " due_at = coalesce(new.due, notification_send.due_at),"
    " claimed_until = CASE WHEN new.claims THEN clock_timestamp() + :lease END"
    " FROM unnest(cast(:ids AS uuid[]), cast(:statuses AS text[]), cast(:reasons AS text[]),"
    " cast(:due AS timestamptz[]), cast(:claims AS boolean[])) AS new (id, status, reason, due, claims)"
    " WHERE notification_send.id = new.id"
)
_RESULTS = text(
    "UPDATE notification_send SET status = new.status, attempts = notification_send.attempts + 1,"
    " due_at = coalesce(new.due, notification_send.due_at), sent_at = new.sent, provider_reference = new.reference,"
    " error = new.error, template_version = :version, claimed_until = NULL, reason_ended = NULL"
    " FROM unnest(cast(:ids AS uuid[]), cast(:statuses AS text[]), cast(:due AS timestamptz[]),"
    " cast(:sent AS timestamptz[]), cast(:references AS text[]), cast(:errors AS text[]))"
    " AS new (id, status, due, sent, reference, error)"
    " WHERE notification_send.id = new.id AND (notification_send.status = 'queued' OR new.status = 'sent')"
)
_REMOVE_DEVICES = text(
    "DELETE FROM device USING unnest(cast(:devices AS uuid[]), cast(:digests AS bytea[])) AS void (id, digest)"
    " WHERE device.id = void.id AND device.token_digest = void.digest"  # not a token that came meanwhile
)
