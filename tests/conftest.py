"""The running platform, used through its public API: on the embedded bus, on a real Kafka, or as the compose stack."""

import os
from collections.abc import Iterator

import pytest

from deploy.demo.api_client import ApiClient
from deploy.local.started import started

BUSES = ["embedded", pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("compose", marks=pytest.mark.compose)]


@pytest.fixture(scope="session", params=BUSES)
def platform_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the platform is, with its demo loaded; BAKHONG_URL names one that runs already."""
    if given := os.environ.get("BAKHONG_URL"):
        yield given
        return
    if request.param == "compose":
        pytest.fail("BAKHONG_URL must name the compose stack: make test-compose does")
    if request.param == "embedded":
        yield request.getfixturevalue("demo_platform_url")
        return
    servers = request.getfixturevalue("kafka_bootstrap_servers")
    with started({"DEMO": "1", "KAFKA_BOOTSTRAP_SERVERS": servers}) as platform:
        yield platform.url


@pytest.fixture(scope="session")
def api(platform_url: str) -> Iterator[ApiClient]:
    """A client without credentials."""
    with ApiClient(platform_url) as api:
        yield api
