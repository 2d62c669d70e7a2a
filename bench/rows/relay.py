"""From the outbox to the bus, against a raw producer of the same records: on the embedded bus, and on Apache Kafka."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.rounds import Book, Row, interleaved, ratio_row
from bench.stage import Stage
from deploy.kafka.broker import KafkaNotAvailable, temporary_kafka

RECORDS = 20_000
TO_REACH = 0.7
EMBEDDED = (
    "relay to the bus (embedded), batches of 500",
    "raw INSERT producer of the same records, a transaction a batch",
)
KAFKA = ("relay to the bus (Apache Kafka), batches of 500", "raw aiokafka producer of the same records")


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Records per second of both, on both buses."""
    _compare(stage, book, rounds, EMBEDDED, "insert")
    try:
        with _on_kafka(stage):
            _compare(stage, book, rounds, KAFKA, "produce")
    except KafkaNotAvailable as reason:
        book.add(Row(*KAFKA, f"≥ {TO_REACH}", "not measured", None, str(reason)))


def _compare(stage: Stage, book: Book, rounds: int, names: tuple[str, str], baseline: str) -> None:
    what, against = names
    moved(stage, "relay", 500)  # makes the bus and its topics
    contenders = {
        "platform": partial(moved, stage, "relay", RECORDS),
        "baseline": partial(moved, stage, baseline, RECORDS),
    }
    results = interleaved(book, what, contenders, rounds)
    book.add(ratio_row(what, against, TO_REACH, results["platform"], results["baseline"]))


@contextmanager
def _on_kafka(stage: Stage) -> Iterator[None]:
    """The broker runs on the generator's core, where the tests' machine has capacity for it."""
    with temporary_kafka() as servers:
        stage.variables["KAFKA_BOOTSTRAP_SERVERS"] = servers
        try:
            yield
        finally:
            del stage.variables["KAFKA_BOOTSTRAP_SERVERS"]


def moved(stage: Stage, work: str, count: int) -> float:
    """Records per second of one way to move them, in its own process."""
    command = [sys.executable, "-m", "bench.contenders.records", work, str(count)]
    return float(stage.run(command, stage.cores.measured).split()[-1])
