"""The real broker: serves a client, keeps what it acknowledged over kill -9, and gives the reason where none is available."""

import uuid
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.kafka import broker
from deploy.kafka.broker import KafkaBroker, KafkaNotAvailable, fetch_kafka


async def create_topic(servers: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    finally:
        await admin.close()


async def produce(servers: str, topic: str, count: int) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True) as producer:
        for number in range(count):
            await producer.send_and_wait(topic, str(number).encode(), key=b"k")


async def consume(servers: str, topic: str, count: int) -> list[int]:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=servers, auto_offset_reset="earliest", group_id=f"g-{uuid.uuid4()}"
    ) as consumer:
        return [int((await consumer.getone()).value) for _ in range(count)]


@pytest.mark.kafka
async def test_what_is_produced_is_consumed_in_order(kafka_bootstrap_servers: str) -> None:
    topic = f"t-{uuid.uuid4()}"
    await create_topic(kafka_bootstrap_servers, topic)
    await produce(kafka_bootstrap_servers, topic, 20)
    assert await consume(kafka_bootstrap_servers, topic, 20) == list(range(20))


@pytest.mark.kafka
async def test_what_was_acknowledged_survives_kill_9_of_the_broker(tmp_path: Path) -> None:
    server = KafkaBroker(tmp_path)
    try:
        first = server.start()
        await create_topic(first, "kept")
        await produce(first, "kept", 5)
        server.kill()
        assert server.start() == first
        assert await consume(first, "kept", 5) == list(range(5))
    finally:
        server.stop()


def test_without_maven_the_error_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "find_java", lambda: "java")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaNotAvailable, match="Maven"):
        fetch_kafka(tmp_path)


def test_without_java_the_error_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KafkaNotAvailable, match="Java 17 or newer is not installed"):
        fetch_kafka(tmp_path)


def test_an_old_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(KafkaNotAvailable, match="older than Java 17"):
        fetch_kafka(tmp_path)
