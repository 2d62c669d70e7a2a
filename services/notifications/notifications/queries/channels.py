"""How channels are doing today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import text
from sqlmodel import select

from chassis.clock import HO_CHI_MINH, local_date, now
from chassis.storage.database import ReadSession
from notifications.model.channels import ChannelUse
from notifications.model.notifications import SENT_CHANNELS


@dataclass
class ChannelState:
    """Counts of one channel; those of what is finished are of today."""

    channel: str
    due: int = 0
    oldest_due_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)


async def channel_states(session: ReadSession) -> list[ChannelState]:
    """Every channel beside the feed, used or not."""
    moment = now()
    states: Mapping[str, ChannelState] = {channel.value: ChannelState(channel.value) for channel in SENT_CHANNELS}
    for row in await session.execute(_DUE, {"now": moment}):
        states[row.channel].due, states[row.channel].oldest_due_at = row.due, row.oldest
    midnight = datetime.combine(local_date(moment), time(), HO_CHI_MINH)
    for row in await session.execute(_TODAY, {"since": midnight}):
        counts = states[row.channel].dropped if row.status == "dropped" else states[row.channel].counts
        counts[row.reason or row.status] = row.number
    for use in await session.exec(select(ChannelUse).where(ChannelUse.day == local_date(moment))):
        states[use.channel].used[use.unit_code] = use.used
    return list(states.values())


_DUE = text(
    "SELECT channel, count(*) AS due, min(due_at) AS oldest FROM notification_send"
    " WHERE status = 'queued' AND due_at <= :now GROUP BY channel"
)
_TODAY = text(
    "SELECT channel, status, CASE WHEN status = 'dropped' THEN reason_ended END AS reason, count(*) AS number"
    " FROM notification_send WHERE status <> 'queued' AND due_at >= :since GROUP BY 1, 2, 3"
)
