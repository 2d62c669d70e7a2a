"""The transactional outbox: a transaction stores its events as rows of its own database, and the relay publishes them."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from chassis.observability.log import current_traceparent
from chassis.storage.session import OutboxRecord, Session
from contracts.event import Event


def publish(session: Session, *events: Event) -> None:
    """Publishes events if this transaction commits; the order of one key's events is kept."""
    session.outbox_records += outbox_records(events)


def outbox_records(events: Iterable[Event]) -> list[OutboxRecord]:
    """The outbox records of events, with the trace context of the request or event that caused them."""
    trace = current_traceparent()
    headers = {"traceparent": trace} if trace else {}
    return [
        OutboxRecord(event.topic, event.key, event.type, event.model_dump_json(), headers=headers) for event in events
    ]


async def write_outbox(session: Session, records: list[OutboxRecord]) -> None:
    """Inserts the records in their order; the identity column gives the relay this order."""
    columns = _columns(records)
    if len(records) < MANY:
        await session.execute(_INSERT, columns)
        return
    # SQLAlchemy's adapter begins the transaction with the first statement that it executes itself.
    await session.execute(text("SELECT 1"))
    adapter = await (await session.connection()).get_raw_connection()
    driver: Any = adapter.driver_connection
    await driver.copy_records_to_table("outbox", records=zip(*columns.values(), strict=True), columns=list(columns))


MANY = 100
"""From this number of rows on COPY is faster than an INSERT with arrays, whose elements are encoded one by one."""
_INSERT = text(
    "INSERT INTO outbox (event_id, topic, key, type, value, headers, occurred_at)"
    " SELECT * FROM unnest(cast(:event_id AS uuid[]), cast(:topic AS text[]), cast(:key AS text[]),"
    " cast(:type AS text[]), cast(:value AS text[]), cast(:headers AS text[]), cast(:occurred_at AS timestamptz[]))"
)


def _columns(rows: list[OutboxRecord]) -> dict[str, list[Any]]:
    return {
        "event_id": [row.event_id for row in rows],
        "topic": [row.topic for row in rows],
        "key": [row.key for row in rows],
        "type": [row.type for row in rows],
        "value": [row.value for row in rows],
        "headers": [json.dumps(row.headers) if row.headers else "{}" for row in rows],
        "occurred_at": [row.occurred_at for row in rows],
    }
