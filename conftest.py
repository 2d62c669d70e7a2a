"""One PostgreSQL for a whole test run: the server of DATABASE_URL, or an embedded one that leaves nothing behind."""

import contextlib
import os

import pytest

from deploy.local.postgres import temporary_postgres

HANDED_ON = "BAKHONG_TEST_DATABASE_URL"  # from the controller of pytest-xdist to its workers


def pytest_configure(config: pytest.Config) -> None:
    config.stash[running] = contextlib.ExitStack()
    is_controller = bool(getattr(config.option, "numprocesses", None)) and not hasattr(config, "workerinput")
    if is_controller and not os.environ.get("DATABASE_URL"):
        os.environ[HANDED_ON] = config.stash[running].enter_context(temporary_postgres())


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[running].close()


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> str:
    """`postgresql://user:password@host:port` of a server where a test may create its own databases."""
    given = os.environ.get("DATABASE_URL") or os.environ.get(HANDED_ON)
    if given:
        return given
    url: str = request.config.stash[running].enter_context(temporary_postgres())
    return url


running = pytest.StashKey[contextlib.ExitStack]()
