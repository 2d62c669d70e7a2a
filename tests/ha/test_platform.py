"""The platform on three hosts: any of them dies under load, again and again, and everything that was accepted is there, once.

`HA_DEATHS` sets how often (20), `HA_MINUTES` after how long no further host dies, `HA_TABLE` names a file for the figures.
"""

from __future__ import annotations

import itertools
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.demo.api_client import ApiClient, eventually
from deploy.demo.load import load_units
from tests.faults.load import Load
from tests.ha.cluster import DOMAIN, Cluster, running_cluster
from tests.ha.doors import EitherDoor
from tests.ha.programs import missing

pytestmark = [pytest.mark.ha, pytest.mark.timeout(4 * 3600)]
URL = f"https://{DOMAIN}"
DEATHS = int(os.environ.get("HA_DEATHS") or 20)
MINUTES = float(os.environ.get("HA_MINUTES") or "inf")
SECONDS_TO_BEGIN = 600
SECONDS_WITHOUT_SERVICE = 60
SECONDS_TO_COME_BACK = 300
SECONDS_IN_PEACE = 3
GUESSES = 30
GUESSES_A_SECOND = GUESSES / 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if lacking := missing():
        pytest.skip(f"not here: {', '.join(lacking)}")
    with running_cluster() as cluster:
        cluster.wait_until_redundant(SECONDS_TO_BEGIN)
        assert eventually(cluster.is_served_twice, SECONDS_TO_BEGIN), cluster.logs("gateway")
        with ApiClient(URL, transport=either_door(cluster)) as api:
            load_units(api)
        assert eventually(cluster.has_every_copy, SECONDS_TO_BEGIN), cluster.logs("kafka")
        yield cluster


def either_door(cluster: Cluster) -> EitherDoor:
    return EitherDoor([host.address for host in cluster.doors()], DOMAIN, cluster.certificate)


def test_wrong_secrets_are_limited_over_both_gateways_together(cluster: Cluster) -> None:
    form = {"grant_type": "client_credentials", "client_id": "demo-bank", "client_secret": "guess"}
    began = time.monotonic()
    answers: dict[str, list[int]] = {}
    for host in cluster.doors():
        door = EitherDoor([host.address], DOMAIN, cluster.certificate)
        with httpx.Client(base_url=URL, transport=door, timeout=30) as client:
            answers[host.address] = [client.post("/oauth/token", data=form).status_code for _ in range(GUESSES)]

    tried = sum(statuses.count(401) for statuses in answers.values())
    refused = sum(statuses.count(429) for statuses in answers.values())
    assert tried + refused == 2 * GUESSES, answers
    assert tried <= GUESSES + 1 + (time.monotonic() - began) * GUESSES_A_SECOND


def test_any_host_dies_under_load_and_nothing_that_was_accepted_is_lost(cluster: Cluster) -> None:
    with Load(URL, lambda: either_door(cluster)) as load:
        before = load.accepted()
        load.go_on()
        until = time.monotonic() + 60 * MINUTES
        gaps = []
        while len(gaps) < DEATHS and time.monotonic() < until:
            gaps.append(die_and_come_back(cluster, load, len(gaps)))
        outcome = load.settle(before, 0.0, SECONDS_TO_COME_BACK)
        accepted, counted = load.accepted(), load.counted()
    note(
        f"| any of three hosts dies, {len(gaps)} times | {outcome.accepted} | {outcome.lost} | {outcome.doubled} |"
        f" median {statistics.median(gaps):.1f} s, longest {max(gaps):.1f} s |"
    )
    assert (outcome.lost, outcome.doubled) == (0, 0), (accepted, counted)
    assert max(gaps) < SECONDS_WITHOUT_SERVICE


def die_and_come_back(cluster: Cluster, load: Load, death: int) -> float:
    """One death; returns the longest time in which some kind of work was not accepted."""
    time.sleep(SECONDS_IN_PEACE)
    number = death % 3 + 1
    was = "primary" if cluster.primary() == number else "standby"
    began = time.monotonic()
    cluster.hosts[number].die()
    assert eventually(lambda: _flows(load, began), 3 * SECONDS_WITHOUT_SERVICE), [
        stream.tries for stream in load.streams
    ]
    cluster.boot_again(number)
    came_back = time.monotonic()
    assert eventually(cluster.is_whole, SECONDS_TO_COME_BACK), (cluster.members(), cluster.logs("patroni"))
    whole = time.monotonic() - came_back
    gaps = {type(stream).__name__.lower(): _longest_gap(stream.moments, began) for stream in load.streams}
    slowest = max(gaps, key=lambda name: gaps[name])
    note(
        f"death {death + 1}: host-{number} ({was}), {gaps[slowest]:.1f} s without {slowest},"
        f" whole again {whole:.1f} s after it was back,"
        f" {sum(len(stream.moments) for stream in load.streams)} accepted by then, load average {os.getloadavg()[0]:.0f}"
    )
    return gaps[slowest]


def _flows(load: Load, since: float) -> bool:
    """Each kind of work was accepted often enough, without a pause, since it first was again."""
    return (
        all(
            len(later := [moment for moment in stream.moments if moment > since]) >= 10
            and time.monotonic() - later[-1] < 3
            for stream in load.streams
        )
        and time.monotonic() - since > 8
    )


def _longest_gap(moments: list[float], since: float) -> float:
    around = [since, *(moment for moment in moments if moment > since), time.monotonic()]
    return max(later - earlier for earlier, later in itertools.pairwise(around))


def note(line: str) -> None:
    print(line, flush=True)
    if path := os.environ.get("HA_TABLE"):
        with Path(path).open("a") as file:
            file.write(f"{line}\n")
