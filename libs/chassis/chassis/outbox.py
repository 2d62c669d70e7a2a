"""What a transaction announces: rows in its own database, until the relay has put them on the bus."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text

from chassis.clock import now
from chassis.ids import new_id
from chassis.log import current_traceparent
from contracts.fact import Fact

if TYPE_CHECKING:  # the session knows the outbox, so the outbox may only name the session
    from chassis.database import Session


@dataclass(frozen=True)
class Announcement:
    """One record for the bus: `topic` and `key` say where, `type` what, `value` is the JSON of the fact."""

    topic: str
    key: str
    type: str
    value: str
    event_id: UUID = field(default_factory=new_id)
    occurred_at: datetime = field(default_factory=now)
    headers: dict[str, str] = field(default_factory=dict)


def announce(session: Session, *facts: Fact) -> None:
    """Says facts on the bus if and when this transaction commits, in this order for each key."""
    session.announcements += map(said_of, facts)


def said_of(fact: Fact) -> Announcement:
    """A fact as it goes on the bus, with the trace of the request or event that it comes from."""
    trace = current_traceparent()
    headers = {"traceparent": trace} if trace else {}
    return Announcement(fact.topic, fact.key, fact.type, fact.model_dump_json(), headers=headers)


async def write_outbox(session: Session, announcements: list[Announcement]) -> None:
    """Inserts the rows in their order; the identity column then orders them for the relay."""
    columns = _columns(announcements)
    if len(announcements) < MANY:
        await session.execute(_INSERT, columns)
        return
    # The adapter opens its transaction with the first statement that it sees itself.
    await session.execute(text("SELECT 1"))
    adapter = await (await session.connection()).get_raw_connection()
    driver: Any = adapter.driver_connection
    await driver.copy_records_to_table("outbox", records=zip(*columns.values(), strict=True), columns=list(columns))


MANY = 100
"""From so many rows on COPY is the faster way in: arrays of parameters are encoded element by element."""
_INSERT = text(
    "INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)"
    " SELECT * FROM unnest(cast(:event_id AS uuid[]), cast(:topic AS text[]), cast(:key AS text[]),"
    " cast(:type AS text[]), cast(:value AS text[]), cast(:headers AS text[]), cast(:occurred_at AS timestamptz[]))"
)


def _columns(rows: list[Announcement]) -> dict[str, list[Any]]:
    return {
        "event_id": [row.event_id for row in rows],
        "topic": [row.topic for row in rows],
        "key": [row.key for row in rows],
        "type": [row.type for row in rows],
        "value": [row.value for row in rows],
        "headers": [json.dumps(row.headers) if row.headers else "{}" for row in rows],
        "occurred_at": [row.occurred_at for row in rows],
    }
