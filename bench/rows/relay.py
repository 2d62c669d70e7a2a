"""From the outbox to the bus, against a raw producer of the same records."""

import sys
from functools import partial

from bench.rounds import Book, interleaved, ratio_row
from bench.stage import Stage

RECORDS = 20_000
WHAT = "relay to the bus (embedded), batches of 500"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Records per second of both."""
    contenders = {
        "platform": partial(moved, stage, "relay", RECORDS),
        "baseline": partial(moved, stage, "insert", RECORDS),
    }
    moved(stage, "relay", 500)  # makes the bus
    results = interleaved(book, WHAT, contenders, rounds)
    book.add(
        ratio_row(WHAT, "raw INSERT producer, a transaction a batch", 0.7, results["platform"], results["baseline"])
    )


def moved(stage: Stage, work: str, count: int) -> float:
    """Records per second of one way to move them, in a process of its own."""
    command = [sys.executable, "-m", "bench.contenders.records", work, str(count)]
    return float(stage.run(command, stage.cores.measured).split()[-1])
