"""The end of each story of a fault: everything flows again, everything that was accepted is counted, nothing twice."""

from __future__ import annotations

import time

from deploy.demo.api_client import eventually
from deploy.local.health import is_ready
from tests.faults import table
from tests.faults.load import Counts, Load
from tests.faults.stack import Stack

SECONDS_TO_RECOVER = 150.0


def close(
    stack: Stack, load: Load, fault: str, before: Counts, healed_at: float, within: float = SECONDS_TO_RECOVER
) -> None:
    """Measures the recovery, notes it in the table, and compares it with the documented limit."""
    recovered = load.seconds_to_recover(healed_at, within)
    outcome = load.settle(before, recovered, within)
    table.note(fault, outcome)
    assert (outcome.lost, outcome.doubled) == (0, 0), (load.accepted(), load.counted())
    assert eventually(lambda: is_ready(stack.platform.port), SECONDS_TO_RECOVER)


def flows_again(load: Load) -> None:
    """Every kind of work is accepted and counted again, from now on."""
    load.seconds_to_recover(time.monotonic(), SECONDS_TO_RECOVER)
