"""Apache Kafka behind the bus port, by aiokafka."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from aiokafka.structs import TopicPartition as KafkaPartition

from chassis.messaging.bus.port import Fetched, GroupMember, Outgoing, Positions, TopicPartition, partition_of
from chassis.settings import Settings
from chassis.tasks import cancel_until_ended
from contracts.topics import DAY_MS, DLQ_SUFFIX, PARTNER_EVENTS, Topic

SESSION_TIMEOUT_MS = 10_000
REBALANCE_TIMEOUT_MS = 60_000
"""aiokafka would take the session's timeout: a batch longer than that would be thrown out in a rebalance."""
SECONDS_BETWEEN_COPIES = 5.0
"""Between two copies of the positions to the group's offsets in Kafka."""


class KafkaBus:
    """A Kafka cluster."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._id = ""
        self._partitions: dict[str, int] = {}

    @property
    def id(self) -> str:
        return self._id

    async def start(self) -> None:
        producer = AIOKafkaProducer(**producer_options(self._settings))
        try:
            await producer.start()
            async with self._admin() as admin:
                cluster = await admin.describe_cluster()
        except BaseException:
            await producer.stop()  # this is tried again every second: nothing of a failed try may stay
            raise
        self._producer = producer
        self._id = f"kafka-{cluster['cluster_id']}"

    async def stop(self) -> None:
        if self._producer:
            # An unreachable broker would hold the flush for the whole request timeout.
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(self._producer.stop(), 10)

    async def ensure_topics(self, topics: Iterable[Topic]) -> None:
        async with self._admin() as admin:
            existing = set(await admin.list_topics())
            missing = [_new_topic(topic, self._settings) for topic in topics if topic.name not in existing]
            if missing:
                # Another service may create them at the same moment.
                with suppress(TopicAlreadyExistsError):
                    await admin.create_topics(missing)

    async def publish(self, records: Sequence[Outgoing]) -> None:
        if self._producer is None:
            raise ConnectionError("the bus is not started")
        sent = [await self._send(self._producer, record) for record in records]
        await asyncio.gather(*sent)

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str], positions: Positions) -> AsyncIterator[GroupMember]:
        consumer = AIOKafkaConsumer(**consumer_options(self._settings, group))
        subscription = KafkaSubscription(consumer, positions)
        consumer.subscribe(list(topics), listener=subscription)
        await consumer.start()
        try:
            yield subscription
        finally:
            await subscription.close()
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(consumer.stop(), 10)

    async def _send(self, producer: AIOKafkaProducer, record: Outgoing) -> asyncio.Future[Any]:
        if record.topic not in self._partitions:
            self._partitions[record.topic] = len(await producer.partitions_for(record.topic))
        partition = partition_of(record.key, self._partitions[record.topic])
        headers = [(name, value.encode()) for name, value in record.headers.items()]
        sent: asyncio.Future[Any] = await producer.send(
            record.topic, record.value, key=record.key.encode(), partition=partition, headers=headers
        )
        return sent

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(**client_options(self._settings))
        try:
            await admin.start()
            yield admin
        finally:
            await admin.close()


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """A member of a Kafka group whose positions are in the consumer's own database.

    The group's offsets in Kafka are a copy, for tools that scale or watch by lag. No member begins at them: between a new
    assignment and our own positions aiokafka would fetch there, so nothing that it fetches meanwhile is given out.
    """

    def __init__(self, consumer: AIOKafkaConsumer, positions: Positions) -> None:
        self._consumer = consumer
        self._positions = positions
        self._is_placed = False
        self._fault: Exception | None = None
        self._copying: asyncio.Task[None] | None = None
        self._copied_at = 0.0

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """A batch in flight loses its compare-and-set if the new owner commits first."""
        self._is_placed = False

    async def on_partitions_assigned(self, assigned: Any) -> None:
        places = [TopicPartition(place.topic, place.partition) for place in assigned]
        try:
            await self.rewind(dict.fromkeys(places, 0) | await self._positions(places))
        except Exception as error:
            self._fault = error  # aiokafka would only log it
            return
        self._is_placed = True

    async def close(self) -> None:
        """Ends the copying of positions."""
        if self._copying:
            await cancel_until_ended([self._copying])

    def assigned(self) -> frozenset[TopicPartition]:
        return frozenset(TopicPartition(place.topic, place.partition) for place in self._consumer.assignment())

    async def poll(self, *, limit: int = 500, wait: float = 1.0) -> list[Fetched]:
        self._copy_positions()
        batches = await self._consumer.getmany(timeout_ms=int(wait * 1000), max_records=limit)
        if self._fault:
            raise self._fault
        if not self._is_placed:
            return []
        return [_fetched(record) for batch in batches.values() for record in batch]

    def _copy_positions(self) -> None:
        """Now and then; what was polled before is applied, since the consumer asks for more."""
        now = asyncio.get_running_loop().time()
        is_busy = self._copying is not None and not self._copying.done()
        if self._is_placed and not is_busy and now - self._copied_at >= SECONDS_BETWEEN_COPIES:
            self._copied_at = now
            self._copying = asyncio.create_task(self._commit_offsets(), name="copy positions to Kafka")

    async def _commit_offsets(self) -> None:
        with suppress(KafkaError):
            await self._consumer.commit()

    async def rewind(self, positions: dict[TopicPartition, int]) -> None:
        for place, offset in positions.items():
            if place in self.assigned():
                self._consumer.seek(KafkaPartition(place.topic, place.partition), offset)

    async def lag(self) -> int:
        total = 0
        for place in self._consumer.assignment():
            end = self._consumer.highwater(place)
            if end is not None:
                total += max(0, end - await self._consumer.position(place))
        return total


def client_options(settings: Settings) -> dict[str, Any]:
    """How to reach the cluster: plain, TLS, SASL or both, by environment."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ssl_ca_file)
    if settings.kafka_security_protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_sasl_username,
            "sasl_plain_password": settings.kafka_sasl_password,
        }
    return options


def producer_options(settings: Settings) -> dict[str, Any]:
    """Safe where aiokafka's defaults are not: every replica in sync acknowledges, and a retry neither doubles nor reorders."""
    return client_options(settings) | {
        "acks": "all",
        "enable_idempotence": True,
        "request_timeout_ms": 20_000,
        "linger_ms": 2,
    }


def consumer_options(settings: Settings, group: str) -> dict[str, Any]:
    """Our own positions decide; a partition without one, or cut off by retention, starts at its beginning."""
    return client_options(settings) | {
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": SESSION_TIMEOUT_MS,
        "heartbeat_interval_ms": 2_000,
        "rebalance_timeout_ms": REBALANCE_TIMEOUT_MS,
        "max_poll_interval_ms": 300_000,
        "fetch_max_wait_ms": 100,
    }


def _new_topic(topic: Topic, settings: Settings) -> NewTopic:
    return NewTopic(
        topic.name,
        num_partitions=settings.kafka_partitions or topic.partitions,
        replication_factor=settings.kafka_replication_factor,
        topic_configs={
            "retention.ms": str(_retention_ms(topic, settings)),
            "min.insync.replicas": str(max(1, settings.kafka_replication_factor - 1)),
        },
    )


def _retention_ms(topic: Topic, settings: Settings) -> int:
    if topic.name.endswith(DLQ_SUFFIX):
        return settings.kafka_dead_letter_days * DAY_MS
    return settings.kafka_partner_event_days * DAY_MS if topic.name == PARTNER_EVENTS else topic.retention_ms


def _fetched(record: Any) -> Fetched:
    headers = {name: value.decode() for name, value in record.headers}
    key = record.key.decode() if record.key else ""
    return Fetched(record.topic, record.partition, record.offset, key, record.value or b"", headers)
