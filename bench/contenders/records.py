"""Moves records: `python -m bench.contenders.records <work> <count>` prints records per second."""

import asyncio
import sys
import time
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import uvloop
from aiokafka import AIOKafkaProducer
from pydantic_core import to_json

from chassis.app import freeze_loaded_objects
from chassis.clock import now
from chassis.ids import new_id
from chassis.messaging.bus.choose import bus_of
from chassis.messaging.bus.kafka import producer_options
from chassis.messaging.bus.port import Outgoing, partition_of
from chassis.messaging.consumer import Consumer
from chassis.messaging.relay import Relay
from chassis.settings import get_settings
from chassis.storage.database import Database, asyncpg_url, database_url
from contracts import topics
from contracts.registry import ResidentRegistered
from contracts.topics import all_topics
from reporting.handlers import HANDLERS

BATCH = 500
UNITS = [uuid4() for _ in range(50)]


async def relay(count: int) -> float:
    """The relay: from the outbox to the bus."""
    url = database_url(get_settings().database_url, "registry")
    connection = await asyncpg.connect(asyncpg_url(url))
    events = [event(number) for number in range(count)]
    await connection.copy_records_to_table(
        "outbox",
        records=[(uuid4(), one.topic, one.key, one.type, one.model_dump_json(), "{}", now()) for one in events],
        columns=["event_id", "topic", "key", "type", "value", "headers", "occurred_at"],
    )
    bus = bus_of(get_settings())
    await bus.start()
    await bus.ensure_topics(all_topics())
    relay = Relay(url, bus, service="registry")
    started = time.perf_counter()
    while await relay.publish_next(connection):
        pass
    return count / (time.perf_counter() - started)


async def insert(count: int) -> float:
    """A raw producer of the same records into a table like the bus's: placed by their keys, a transaction a batch."""
    connection = await asyncpg.connect(asyncpg_url(database_url(get_settings().database_url, "bus")))
    await connection.execute("CREATE TABLE IF NOT EXISTS bench_record (LIKE record INCLUDING ALL)")
    await connection.execute("TRUNCATE bench_record")
    records = [_outgoing(event(number)) for number in range(count)]
    started = time.perf_counter()
    for at in range(0, count, BATCH):
        batch = [
            (one.topic, partition_of(one.key, 12), number, one.key, one.value, to_json(one.headers).decode())
            for number, one in enumerate(records[at : at + BATCH], start=at)
        ]
        await connection.execute(
            'INSERT INTO bench_record (topic, partition, "offset", key, value, headers)'
            " SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bytea[], $6::text[]::jsonb[])",
            *[list(column) for column in zip(*batch, strict=True)],
        )
    return count / (time.perf_counter() - started)


async def produce(count: int) -> float:
    """A raw Kafka producer of the same records, as safe as ours, batch by batch."""
    producer = AIOKafkaProducer(**producer_options(get_settings()))
    await producer.start()
    records = [_outgoing(event(number)) for number in range(count)]
    started = time.perf_counter()
    for at in range(0, count, BATCH):
        sent = [
            await producer.send(
                one.topic,
                one.value,
                key=one.key.encode(),
                headers=[(name, text.encode()) for name, text in one.headers.items()],
            )
            for one in records[at : at + BATCH]
        ]
        await asyncio.gather(*sent)
    rate = count / (time.perf_counter() - started)
    await producer.stop()
    return rate


async def consume(count: int) -> float:
    """Reporting's consumer: from the bus into the projections, positions beside them."""
    settings = get_settings()
    bus = bus_of(settings)
    await bus.start()
    await bus.ensure_topics(all_topics())
    database = Database(database_url(settings.database_url, "reporting"))
    before = await _applied(database)
    await _publish(bus, count)
    consumer = Consumer("reporting", database, bus, HANDLERS)
    freeze_loaded_objects()  # as every event process does when it starts
    started = time.perf_counter()
    task = asyncio.get_running_loop().create_task(consumer.run())
    while await _applied(database) < before + count:  # noqa: ASYNC110  # the position is in the database
        await asyncio.sleep(0.02)
    spent = time.perf_counter() - started
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await database.close()
    return count / spent


async def _publish(bus: Any, count: int) -> None:
    records = [_outgoing(event(number)) for number in range(count)]
    for at in range(0, count, BATCH):
        await bus.publish(records[at : at + BATCH])


def _outgoing(one: ResidentRegistered) -> Outgoing:
    return Outgoing(one.topic, one.key, one.model_dump_json().encode(), _headers_of(one))


def _headers_of(one: ResidentRegistered) -> dict[str, str]:
    return {
        "ce_specversion": "1.0", "ce_id": str(new_id()), "ce_source": "/registry", "ce_type": one.type,
        "ce_time": now().isoformat(), "ce_subject": one.key, "content-type": "application/json",
    }  # fmt: skip


async def _applied(database: Database) -> int:
    query = "SELECT coalesce(sum(next_offset), 0)::bigint FROM position WHERE topic = $1"
    return int((await database.fetch(query, topics.RESIDENTS))[0][0])


async def copy(count: int) -> float:
    """COPY of the same events into one table with the same key, all at once."""
    connection = await asyncpg.connect(asyncpg_url(database_url(get_settings().database_url, "reporting")))
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bench_event (id uuid PRIMARY KEY, key text, type text, at timestamptz, value jsonb)"
    )
    rows = [(new_id(), one.key, one.type, one.at, one.model_dump_json()) for one in map(event, range(count))]
    started = time.perf_counter()
    await connection.copy_records_to_table("bench_event", records=rows)
    return count / (time.perf_counter() - started)


def event(number: int) -> ResidentRegistered:
    """A new resident in one of fifty villages."""
    unit = number % len(UNITS)
    return ResidentRegistered(
        resident_id=new_id(), version=1, unit_id=UUID(int=UNITS[unit].int), unit_code=f"15724-{unit:02d}", at=now(),
        birth_month=f"{1950 + number % 60}-05", sex="female", residence_status="permanent", has_smartphone=True,
        citizen_id_card=True, personal_id_card=True, owner_verified_phone=True,
    )  # fmt: skip


WORKS = {"relay": relay, "insert": insert, "produce": produce, "consume": consume, "copy": copy}

if __name__ == "__main__":
    print(uvloop.run(WORKS[sys.argv[1]](int(sys.argv[2]))))
