"""The Kafka of the compose stack, with its own configuration, outside its container."""

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from chassis.messaging.bus.kafka import client_options
from chassis.settings import Settings
from deploy.kafka.broker import HEAP, LOG4J_PROPERTIES, fetch_kafka, find_java
from deploy.local.foreground import foreground_command
from deploy.local.ports import free_ports

pytestmark = pytest.mark.kafka
ROOT = Path(__file__).parents[3]
KAFKA = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["kafka"]
DEFAULTS = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "PLAIN",
    "KAFKA_SASL_USERNAME": "bakhong",
}
"""As docker-compose.yml sets them where `.env` does not set them."""
PASSWORD = "only-for-tests"


def start_script(folder: Path, jars: Path) -> str:
    """The container's command with the image's paths and its start script in `folder`."""
    java = shlex.join([find_java(), *HEAP, f"-Dlog4j2.configurationFile={folder}/default/log4j2.properties"])
    setup = f"kafka.docker.KafkaDockerWrapper setup --default-configs-dir {folder}/default --mounted-configs-dir {folder}/mounted"
    server = (
        f"{java} -cp '{jars}/*' {setup} --final-configs-dir {folder}/config"
        f" && exec {java} -cp '{jars}/*' kafka.Kafka {folder}/config/server.properties"
    )
    script: str = KAFKA["command"][2].replace("$$", "$").replace("exec /etc/kafka/docker/run", server)
    moved = {"/opt/kafka/config": "config", "/var/lib/kafka/data": "data", "/run/secrets": "secrets"}
    for there, here in moved.items():
        script = script.replace(there, str(folder / here))
    return script


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder, jars = tmp_path_factory.mktemp("stack"), fetch_kafka()
    for name in ("config", "data", "secrets", "default", "mounted"):
        (folder / name).mkdir()
    (folder / "secrets/kafka_sasl_password").write_text(PASSWORD)
    (folder / "default/server.properties").write_text("process.roles=broker,controller\n")
    for name in ("log4j2.properties", "log4j2.yaml", "tools-log4j2.yaml"):
        (folder / "default" / name).write_text(LOG4J_PROPERTIES)
    clients, controller = free_ports(2)
    variables = {
        name: str(value)
        .replace("kafka:9092", "127.0.0.1:9092")
        .replace("9092", str(clients))
        .replace("9093", str(controller))
        for name, value in KAFKA["environment"].items()
    }
    variables["KAFKA_LOG_DIRS"] = str(folder / "data")
    with (folder / "log").open("wb") as log:
        command = foreground_command(["bash", "-c", start_script(folder, jars)])
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)
    try:
        while process.poll() is None and not is_open(clients):
            pass
        assert process.poll() is None, (folder / "log").read_text()[-3000:]
        yield clients
    finally:
        process.terminate()
        process.wait(60)


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        connection.settimeout(0.2)
        return connection.connect_ex(("127.0.0.1", port)) == 0


async def list_topics(port: int, monkeypatch: pytest.MonkeyPatch, **given: str) -> list[str]:
    variables = DEFAULTS | {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}", "KAFKA_SASL_PASSWORD": PASSWORD} | given
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = AIOKafkaAdminClient(**client_options(Settings()), request_timeout_ms=5000)
    try:
        await client.start()
        topics: list[str] = await client.list_topics()
        return topics
    finally:
        await client.close()


async def test_the_kafka_of_the_compose_stack_serves_with_its_password_and_refuses_everything_else(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await list_topics(port, monkeypatch) == []
    with pytest.raises(KafkaError):
        await list_topics(port, monkeypatch, KAFKA_SASL_PASSWORD="another")
    with pytest.raises(KafkaError):
        await list_topics(port, monkeypatch, KAFKA_SECURITY_PROTOCOL="PLAINTEXT")


def test_the_services_of_the_stack_sign_in_at_kafka_by_default() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    for name, value in DEFAULTS.items():
        assert f"{name}: ${{{name}:-{value}}}" in compose
