"""`python -m bench` prints one table of ratios in at most 15 minutes; `--long` measures growth, spike and soak."""

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.machine import Cores
from bench.rounds import Book, Row
from bench.rows import consumer, dashboard, imports, province, proxy, reads, relay, sending, start, webhook, workbooks
from bench.stage import Stage
from bench.table import print_table

CACHE = Path(__file__).resolve().parents[1] / ".cache/bench"
Measure = Callable[[Stage, Book, int], None]
ROWS: dict[str, tuple[tuple[str, ...], Measure]] = {
    "webhook": (("gateway",), webhook.measure),
    "reads": (("registry",), reads.measure),
    "proxy": (("gateway", "registry"), proxy.measure),
    "imports": (("registry",), imports.measure),
    "workbooks": ((), workbooks.measure),
    "relay": (("registry",), relay.measure),
    "consumer": (("reporting", "registry"), consumer.measure),
    "province": (("reporting",), province.measure),
    "sending": (("notifications",), sending.measure),
    "dashboard": (("registry", "onboarding", "payments-qr", "casework", "reporting", "gateway"), dashboard.measure),
    "start": ((), start.measure),
}


def main() -> int:
    """Measure what is asked for; 0 when everything could be measured, whether or not it reached its figure."""
    options = _options()
    if options.long:
        from bench.long import measure_long

        return measure_long(options)
    began = time.monotonic()
    book = Book(CACHE / datetime.now(UTC).strftime("%Y%m%d-%H%M%S"))
    cores = Cores.of_this_machine()
    _introduce(book, cores)
    are_measured = [_measured(book, cores, name, options.rounds) for name in options.only or ROWS]
    print_table(book.rows)
    print(f"\n{time.monotonic() - began:.0f} s; raw runs: {book.folder}/runs.jsonl")
    return 0 if all(are_measured) else 1


def _measured(book: Book, cores: Cores, name: str, rounds: int) -> bool:
    services, measure = ROWS[name]
    print(f"{name}:", flush=True)
    try:
        with Stage(CACHE / f"stage-{name}", cores) as stage:
            if services:
                stage.migrate(*services)
            measure(stage, book, rounds)
    except Exception as error:
        traceback.print_exc()
        book.add(Row(name, "", "", "failed", False, str(error)[:200]))
        return False
    return True


def _introduce(book: Book, cores: Cores) -> None:
    conditions = {
        "machine": machine.describe(),
        "cores": cores.describe(),
        "disk": f"8 KiB durable in {machine.seconds_to_sync(book.folder) * 1000:.2f} ms",
        "load": f"{machine.load_average():.1f} before the benchmark",
    }
    book.keep(conditions=conditions)
    for name, condition in conditions.items():
        print(f"{name}: {condition}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="growth, spike and soak, with plots")
    parser.add_argument("--only", nargs="*", help=f"some of: {', '.join(ROWS)}; with --long: growth, spike, soak")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of every row")
    parser.add_argument("--soak-seconds", type=int, default=3600)
    parser.add_argument("--spike-seconds", type=int, default=600)
    parser.add_argument("--residents", type=int, nargs="*", default=[0, 100_000, 300_000, 1_000_000])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
