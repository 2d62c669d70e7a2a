"""The way back, with the real services: an upgrade and its rollback while people work; nothing that was accepted is lost.

The platform of two releases ago has data, the release before takes them over, then the newest, which migrates, writes, and gives
way to the release before again: that one works on the newer schema. Then the newest comes once more, as after a correction.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.api_client import ApiClient
from deploy.demo.load import load_units
from deploy.local.started import Started
from tests.faults.load import Load
from tests.upgrade.released import RELEASE_BEFORE, TWO_RELEASES_AGO, Released

pytestmark = [pytest.mark.rollback, pytest.mark.timeout(900)]
SECONDS_TO_RECOVER = 150.0
SECONDS_TO_GO_BACK = 300


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Released, Released]:
    """Two releases ago, and the release before."""
    folder = tmp_path_factory.mktemp("releases")
    oldest, before = (Released(commit, folder / commit) for commit in (TWO_RELEASES_AGO, RELEASE_BEFORE))
    return oldest, before


@pytest.fixture
def newest() -> Iterator[Started]:
    """This release, not started yet, on an empty folder."""
    directory = Path(tempfile.mkdtemp(prefix="bakhong-releases-"))
    directory.chmod(0o755)
    platform = Started(directory / "data", {"DEMO": "0"})
    yield platform
    platform.stop()
    shutil.rmtree(directory, ignore_errors=True)


def test_the_release_before_serves_on_the_newer_schema_and_nothing_is_lost(
    releases: tuple[Released, Released], newest: Started, capsys: pytest.CaptureFixture[str]
) -> None:
    oldest, before = (release.started_on(newest) for release in releases)
    steps = {
        "upgrade": (oldest, before),
        "upgrade to the newest": (before, newest),
        "way back": (newest, before),
        "upgrade again": (before, newest),
    }
    seconds: dict[str, float] = {}
    try:
        oldest.start()
        with ApiClient(oldest.url) as api:
            load_units(api)
        with Load(oldest.url) as load:
            load.go_on()
            for name, (old, new) in steps.items():
                began = time.monotonic()
                old.send(signal.SIGTERM)
                new.start()
                load.seconds_to_recover(time.monotonic(), SECONDS_TO_RECOVER)
                seconds[name] = time.monotonic() - began
            outcome = load.settle({}, 0.0, SECONDS_TO_RECOVER)
    finally:
        for platform in (oldest, before):
            platform.stop()
    with capsys.disabled():
        print(f"\n{outcome}, seconds: {seconds}")  # noqa: T201

    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert seconds["way back"] < SECONDS_TO_GO_BACK
