"""One PostgreSQL and, where asked for, one Kafka for a whole test run; nothing of them stays.

`DATABASE_URL` and `KAFKA_BOOTSTRAP_SERVERS` name servers to use instead. Tests marked `kafka`, `browser`,
`identity`, `clients`, `alerts`, `compose`, `chart`, `rollback` and `ha` are skipped unless their mark is chosen with `-m` (make
targets do that).
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.broker import temporary_kafka
from deploy.local.postgres import temporary_postgres
from deploy.local.started import shared_platform, stop_shared_platform

pytest_plugins = ["chassis.testing"]

POSTGRES_HANDED_ON = "BAKHONG_TEST_DATABASE_URL"  # from the controller of pytest-xdist to its workers
KAFKA_HANDED_ON = "BAKHONG_TEST_KAFKA"
PLATFORM_HANDED_ON = "BAKHONG_TEST_PLATFORM"
ON_REQUEST = ("kafka", "browser", "identity", "compose", "clients", "alerts", "chart", "rollback", "ha")

running = pytest.StashKey[contextlib.ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[running] = contextlib.ExitStack()
    if not hasattr(config, "workerinput"):
        os.environ[PLATFORM_HANDED_ON] = f"{os.getpid()}:{config.stash[running].enter_context(place_of_platform())}"
    is_controller = bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")
    if not is_controller:
        return
    if not os.environ.get("DATABASE_URL"):
        os.environ[POSTGRES_HANDED_ON] = config.stash[running].enter_context(temporary_postgres())
    if is_chosen(config, "kafka") and not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        os.environ[KAFKA_HANDED_ON] = config.stash[running].enter_context(temporary_kafka())


@contextlib.contextmanager
def place_of_platform() -> Iterator[Path]:
    """Where the test processes of this run share one platform, should a test ask for it."""
    directory = Path(tempfile.mkdtemp(prefix="bakhong-platform-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        stop_shared_platform(directory)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[running].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for mark in ON_REQUEST:
            if item.get_closest_marker(mark) and not is_chosen(config, mark):
                item.add_marker(pytest.mark.skip(reason=f"runs under make test-{mark}"))


def is_chosen(config: pytest.Config, mark: str) -> bool:
    return mark in str(config.option.markexpr or "").split()


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """`postgresql://user:password@host:port` of a server where a test may create its own databases."""
    given = os.environ.get("DATABASE_URL") or os.environ.get(POSTGRES_HANDED_ON)
    if given:
        return given
    url: str = request.config.stash[running].enter_context(temporary_postgres())
    return url


@pytest.fixture(scope="session")
def demo_platform_url() -> str:
    """Where the one platform of this test run is, on the embedded bus, with its demo loaded."""
    pid, _, directory = os.environ[PLATFORM_HANDED_ON].partition(":")
    return shared_platform(Path(directory), int(pid))


@pytest.fixture(scope="session")
def kafka_bootstrap_servers(request: pytest.FixtureRequest) -> str:
    """The address of a real Apache Kafka; every test names its own topics."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or os.environ.get(KAFKA_HANDED_ON)
    if given:
        return given
    servers: str = request.config.stash[running].enter_context(temporary_kafka())
    return servers
