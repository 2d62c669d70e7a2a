"""A managed Kafka by environment alone: TLS, SASL, topics as they are wanted; against a real broker."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from chassis.messaging.bus.kafka import KafkaBus, client_options
from chassis.messaging.bus.port import Outgoing, TopicPartition
from chassis.settings import Settings
from contracts.topics import DAY_MS, PARTNER_EVENTS, RESIDENTS, all_topics
from deploy.kafka.broker import KafkaBroker
from deploy.secrets.__main__ import self_signed

pytestmark = pytest.mark.kafka
USER, PASSWORD = "bakhong", "only-for-tests"
PROPERTIES = """
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TLS:SSL,SECURED:SASL_SSL
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
sasl.enabled.mechanisms=SCRAM-SHA-512,PLAIN
listener.name.secured.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secured.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
  user_bakhong="only-for-tests";
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    self_signed(folder, ["localhost", "127.0.0.1"])
    return folder / "tls_certificate.pem"


@pytest.fixture(scope="module")
def broker(authority: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaBroker]:
    keystore = authority.with_name("keystore.pem")
    keystore.write_text(authority.with_name("tls_key.pem").read_text() + authority.read_text())
    properties = PROPERTIES.format(keystore=keystore)
    folder = tmp_path_factory.mktemp("kafka")
    broker = KafkaBroker(
        folder, advertised={"TLS": None, "SECURED": None}, properties=properties, scram={USER: PASSWORD}
    )
    broker.start()
    yield broker
    broker.stop()


def environment(broker: KafkaBroker, listener: str, authority: Path, **more: str) -> dict[str, str]:
    """What an operator writes into `.env`."""
    given = {
        "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{broker.listeners[listener]}",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL" if listener == "SECURED" else "SSL",
        "KAFKA_SSL_CA_FILE": str(authority), "KAFKA_SASL_USERNAME": USER, "KAFKA_SASL_PASSWORD": PASSWORD,
    }  # fmt: skip
    return given | more


@asynccontextmanager
async def started_bus() -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(Settings())
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


@pytest.mark.parametrize(
    ("listener", "mechanism"), [("TLS", "SCRAM-SHA-512"), ("SECURED", "SCRAM-SHA-512"), ("SECURED", "PLAIN")]
)
async def test_facts_go_and_come_by_environment_alone(
    broker: KafkaBroker, authority: Path, monkeypatch: pytest.MonkeyPatch, listener: str, mechanism: str
) -> None:
    for name, value in environment(broker, listener, authority, KAFKA_SASL_MECHANISM=mechanism).items():
        monkeypatch.setenv(name, value)

    async def from_the_beginning(places: object) -> dict[TopicPartition, int]:
        return {}

    async with started_bus() as bus:
        await bus.ensure_topics(all_topics())
        printed = f"{listener} {mechanism}".encode()
        await bus.publish([Outgoing(RESIDENTS, "key", printed, {"ce_id": "1"})])
        async with bus.subscribe(f"group-{listener}-{mechanism}", [RESIDENTS], from_the_beginning) as subscription:
            received: list[bytes] = []
            for _ in range(30):
                received += [record.value for record in await subscription.poll()]
                if printed in received:
                    break
        assert printed in received


async def test_a_wrong_password_is_refused(
    broker: KafkaBroker, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(broker, "SECURED", authority, KAFKA_SASL_PASSWORD="another").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(KafkaError):
        await KafkaBus(Settings()).start()


async def test_a_broker_of_another_authority_is_refused(
    broker: KafkaBroker, authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_signed(tmp_path, ["127.0.0.1"])
    for name, value in environment(broker, "SECURED", tmp_path / "tls_certificate.pem").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(KafkaError):
        await KafkaBus(Settings()).start()


async def test_topics_have_the_partitions_and_the_retention_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = KafkaBroker(tmp_path)
    try:
        monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", broker.start())
        monkeypatch.setenv("KAFKA_PARTITIONS", "3")
        monkeypatch.setenv("KAFKA_PARTNER_EVENT_DAYS", "7")
        monkeypatch.setenv("KAFKA_DEAD_LETTER_DAYS", "14")
        async with started_bus() as bus:
            await bus.ensure_topics(all_topics())
        retention = await retentions(RESIDENTS, PARTNER_EVENTS, f"{RESIDENTS}.dlq")
        assert retention == {RESIDENTS: -1, PARTNER_EVENTS: 7 * DAY_MS, f"{RESIDENTS}.dlq": 14 * DAY_MS}
        assert await partitions(RESIDENTS) == 3
    finally:
        broker.stop()


async def retentions(*topics: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(**client_options(Settings()))
    await admin.start()
    try:
        wanted = [ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": None}) for topic in topics]
        answers = await admin.describe_configs(wanted)
        resources = [resource for answer in answers for resource in answer.resources]
        return {resource[3]: int(resource[4][0][1]) for resource in resources}
    finally:
        await admin.close()


async def partitions(topic: str) -> int:
    admin = AIOKafkaAdminClient(**client_options(Settings()))
    await admin.start()
    try:
        return len((await admin.describe_topics([topic]))[0]["partitions"])
    finally:
        await admin.close()
