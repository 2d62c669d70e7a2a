"""Interleaved rounds: every contender once a round, the order turned round each time, medians at the end."""

import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HIGHER, LOWER = "higher", "lower"


@dataclass
class Row:
    """One line of the table: a ratio to a baseline, or a figure with its limit."""

    what: str
    baseline: str
    to_reach: str
    measured: str
    reached: bool | None
    note: str = ""
    ratio: float | None = None
    """What the gate compares (`bench.gate`): a ratio of medians to the baseline. None: a tail, a figure of this machine alone."""
    better: str = HIGHER


@dataclass
class Book:
    """Keeps every raw run as it comes, and the rows of the table."""

    folder: Path
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def keep(self, **run: Any) -> None:
        """Append one raw run."""
        with (self.folder / "runs.jsonl").open("a") as file:
            file.write(json.dumps({"at": time.time(), **run}, default=vars) + "\n")

    def add(self, row: Row) -> None:
        """A row is finished: kept, and shown at once."""
        self.rows.append(row)
        self.keep(row=row)
        print(f"  {row.what} : {row.measured} (to reach {row.to_reach}) {row.note}", flush=True)


def interleaved(
    book: Book, what: str, contenders: Mapping[str, Callable[[], Any]], rounds: int
) -> dict[str, list[Any]]:
    """What each contender gave in each round; the order changes so that no contender is always first."""
    results: dict[str, list[Any]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            result = contenders[name]()
            book.keep(what=what, contender=name, round=number, result=result)
            results[name].append(result)
    return results


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def ratio(ours: list[float], baseline: list[float]) -> float:
    """Median over median."""
    return median(ours) / (median(baseline) or 1e-9)


def spread(ours: list[float], baseline: list[float]) -> str:
    """The least and the greatest ratio of a round: how far to trust the median."""
    each = [one / (other or 1e-9) for one, other in zip(ours, baseline, strict=True)]
    return f"{min(each):.2f}-{max(each):.2f}"


def ratio_row(
    what: str, baseline: str, limit: float | None, ours: list[float], theirs: list[float], note: str = ""
) -> Row:
    """A row where our rate over the baseline's is to reach a limit, or is only shown (None)."""
    value = ratio(ours, theirs)
    rates = f"{median(ours):,.0f} / {median(theirs):,.0f} per s"
    to_reach, is_reached = ("-", None) if limit is None else (f"≥ {limit:g}", value >= limit)
    note_text = "; ".join(part for part in (rates, note) if part)
    return Row(what, baseline, to_reach, f"{value:.2f} ({spread(ours, theirs)})", is_reached, note_text, value)


def skipped(what: str, baseline: str, limit: str, why: str) -> Row:
    """A row that cannot be measured here, and why."""
    return Row(what, baseline, limit, "not measured", None, why)
