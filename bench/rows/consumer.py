"""From the bus into the reports' projections, against COPY of the same events."""

from functools import partial

from bench.rounds import LOWER, Book, Row, interleaved, median, spread
from bench.rows.relay import moved
from bench.stage import Stage

EVENTS = 4_000
WHAT = "consumer into reporting projections"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Events per second of both."""
    contenders = {
        "platform": partial(moved, stage, "consume", EVENTS),
        "baseline": partial(moved, stage, "copy", EVENTS),
    }
    results = interleaved(book, WHAT, contenders, rounds)
    ours, theirs = results["platform"], results["baseline"]
    times = median(theirs) / median(ours)
    book.add(Row(WHAT, "COPY of the same events into a table", "within 10x", f"{times:.1f}x ({spread(theirs, ours)})",
                 times <= 10, f"{median(ours):,.0f} / {median(theirs):,.0f} events per s", times, LOWER))  # fmt: skip
