"""Webhooks to partners: a durable sender against a bare one, and good endpoints beside dead ones."""

import sys
from functools import partial

from bench.rounds import LOWER, Book, Row, interleaved, median, ratio_row
from bench.stage import Stage

EVENTS = 3000
WHAT = "events sent to one endpoint and recorded, one process"
AGAINST = "a bare aiohttp sender of the same messages, nothing recorded"
SLOWED = "p99 from becoming known to a good endpoint's answer: 30 good and 20 dead endpoints"


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """The rate of both senders, and what dead endpoints cost the good ones."""
    contenders = {"platform": partial(_run, stage, "platform", EVENTS), "bare": partial(_run, stage, "bare", EVENTS)}
    rates = interleaved(book, WHAT, contenders, rounds)
    book.add(ratio_row(WHAT, AGAINST, 0.5, rates["platform"], rates["bare"]))
    beside = {"dead": partial(_run, stage, "endpoints", 60, 20), "none": partial(_run, stage, "endpoints", 60, 0)}
    waits = interleaved(book, SLOWED, beside, rounds)
    slower = median(waits["dead"]) / median(waits["none"])
    note = f"p99 {median(waits['dead']):.0f} ms, without {median(waits['none']):.0f} ms"
    book.add(Row(SLOWED, "the same 30 alone", "≤ 1.2", f"{slower:.2f}", slower <= 1.2, note, slower, LOWER))


def _run(stage: Stage, way: str, *numbers: int) -> float:
    command = [sys.executable, "-m", "bench.contenders.webhooks_out", way, *map(str, numbers)]
    return float(stage.run(command, stage.cores.measured).split()[-1])
