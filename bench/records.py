"""The record of earlier benchmarks, and the comparison of a new one with it. Ratios alone are compared, never rates.

The record is a file in the tree (`bench/records.jsonl`): it travels with the code, a change of it is seen in review, and records
of another kind of machine do not count. `BENCH_RECORDS` names another file.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from bench.rounds import LOWER, Row

COMPARED = 30
"""The newest records of a ratio that a new one is compared with."""
NEEDED = 3
"""Fewer say too little."""
WARN, FAIL = 0.85, 0.70
"""Shares of the recorded ratio below which a ratio is named, and below which the gate fails."""

Verdict = Literal["ok", "warn", "fail", "new"]


@dataclass(frozen=True)
class Record:
    """The ratio of one row: the median of the runs of one gate, on one kind of machine. `better` is `higher` or `lower`."""

    at: str
    version: str
    machine: str
    what: str
    baseline: str
    better: str
    ratio: float


@dataclass(frozen=True)
class Comparison:
    """A new ratio beside the median of the recorded ones; `share` 1 is as good as recorded, less is worse."""

    record: Record
    recorded: float | None
    share: float | None
    verdict: Verdict


def ratios_of(runs: Iterable[Sequence[Row]], *, at: str, version: str, machine: str) -> list[Record]:
    """One record for each ratio that every run has: their median."""
    measured: dict[tuple[str, str, str], list[float]] = {}
    every_run = [list(run) for run in runs]
    for rows in every_run:
        for row in rows:
            if row.ratio is not None:
                measured.setdefault((row.what, row.baseline, row.better), []).append(row.ratio)
    return [
        Record(at, version, machine, what, baseline, better, round(statistics.median(found), 4))
        for (what, baseline, better), found in measured.items()
        if len(found) == len(every_run)
    ]


def compare(new: Record, records: Iterable[Record]) -> Comparison:
    """A new ratio with the last thirty of the same row on the same kind of machine."""
    alike = [each.ratio for each in records if _row_of(each) == _row_of(new)][-COMPARED:]
    if len(alike) < NEEDED:
        return Comparison(new, None, None, "new")
    recorded = statistics.median(alike)
    worse, better = (new.ratio, recorded) if new.better == LOWER else (recorded, new.ratio)
    share = better / worse if worse else 1.0
    return Comparison(new, recorded, share, "fail" if share < FAIL else "warn" if share < WARN else "ok")


def _row_of(record: Record) -> tuple[str, str, str]:
    return record.machine, record.what, record.baseline


def read_records(file: Path) -> list[Record]:
    """The records of a file, oldest first; none where there is no file. ValueError names the line that is none."""
    if not file.exists():
        return []
    return [
        _read(line, number, file) for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1) if line
    ]


def _read(line: str, number: int, file: Path) -> Record:
    try:
        values: Mapping[str, object] = json.loads(line)
        record = Record(**values)  # type: ignore[arg-type]  # checked below
        if not isinstance(record.ratio, int | float) or record.ratio <= 0:
            raise ValueError("the ratio is no positive number")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{file}, line {number}: {error}") from None
    return record


def append_records(file: Path, records: Iterable[Record]) -> None:
    """Add records at the end."""
    with file.open("a", encoding="utf-8") as written:
        for record in records:
            written.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")


def in_words(comparison: Comparison) -> str:
    """One line of the gate's table."""
    new, recorded, share = comparison.record, comparison.recorded, comparison.share
    against = "too few records" if recorded is None or share is None else f"recorded {recorded:.2f}, {share:.2f} of it"
    return f"{comparison.verdict:<4}  {new.what} / {new.baseline}: {new.ratio:.2f} ({new.better} is better; {against})"
