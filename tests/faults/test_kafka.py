"""The broker dies, is cut off, shares out its partitions anew, while people work: what was accepted is counted, and once.

`KAFKA_DOWN_SECONDS` (12) sets how long the broker is gone; `FAULTS=all` cuts off every process by itself too.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from contracts.services import EVERY_PROCESS
from deploy.local.health import ask
from tests.faults.load import Load
from tests.faults.replica import Replica
from tests.faults.stack import Stack, running_stack
from tests.faults.story import SECONDS_TO_RECOVER, close, flows_again

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(1500)]
ALL = os.environ.get("FAULTS") == "all"
DOWN_SECONDS = float(os.environ.get("KAFKA_DOWN_SECONDS") or (180 if ALL else 12))
CUT_SECONDS = float(os.environ.get("FAULT_SECONDS") or 12)  # a member is thrown out of its group after ten


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running_stack(with_broker=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def load(stack: Stack) -> Iterator[Load]:
    with Load(stack.url) as load:
        yield load


def test_without_a_broker_everything_is_accepted_and_counted_once_when_it_is_back(stack: Stack, load: Load) -> None:
    assert stack.kafka is not None
    before = load.accepted()
    load.go_on()
    stack.kafka.kill()
    accepted = sum(load.accepted().values())
    time.sleep(DOWN_SECONDS)
    assert sum(load.accepted().values()) > accepted + DOWN_SECONDS
    ready = ask(stack.platform.port, "/readyz", seconds=10)
    assert ready is not None
    assert ready[0] == 200
    stack.kafka.start()
    # People work on at full load while what was kept meanwhile goes out: the longer the outage, the longer that takes.
    within = SECONDS_TO_RECOVER + 3 * DOWN_SECONDS
    close(stack, load, f"Kafka killed, {DOWN_SECONDS:.0f} s down", before, time.monotonic(), within)


@pytest.mark.parametrize(
    "names", [EVERY_PROCESS, *([name] for name in EVERY_PROCESS if ALL)], ids=lambda names: "+".join(names)
)
def test_who_is_cut_off_from_the_broker_goes_on_when_it_is_back(stack: Stack, load: Load, names: list[str]) -> None:
    before = load.accepted()
    load.go_on()
    for name in names:
        stack.broker[name].silence()
    time.sleep(CUT_SECONDS)
    stack.heal()
    who = "every process" if len(names) > 1 else names[0]
    close(stack, load, f"{who} cut from Kafka", before, time.monotonic())


def test_a_group_that_is_shared_out_anew_in_the_middle_of_batches_applies_everything_once(
    stack: Stack, load: Load
) -> None:
    """A member comes and leaves, another comes and is killed, while the batches in flight take long."""
    before = load.accepted()
    load.go_on()
    stack.database["reporting"].slow(0.05)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with Replica(stack, "reporting") as other:
            time.sleep(8)  # imports, joins, takes over its share
            assert other.is_running(), other.output()
            other.send(sign)
    flows_again(load)
    stack.heal()
    close(stack, load, "members of reporting's group come and go in the middle of batches", before, time.monotonic())


def test_two_relays_of_one_outbox_take_turns_and_nothing_stays_published_twice(stack: Stack, load: Load) -> None:
    before = load.accepted()
    load.go_on()
    with Replica(stack, "gateway") as other:
        time.sleep(6)
        os.kill(stack.pid("gateway"), signal.SIGKILL)
        flows_again(load)
        assert other.is_running(), other.output()
        other.send(signal.SIGKILL)
    close(stack, load, "two relays of the gateway's outbox, killed in turn, on Kafka", before, time.monotonic())
