"""`python -m bench.gate`: the benchmark three times; the median of each ratio beside the last thirty of this kind of machine.

Exit 1 when a ratio is below 0.70 of its recorded median, or something could not be measured. `--record` adds what did not fail
to the record.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.records import Comparison, append_records, compare, in_words, ratios_of, read_records
from bench.rounds import Row

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "bench/records.jsonl"
RUNS = 3


def main() -> int:
    """0 when every ratio is as good as recorded, or there is too little to compare with."""
    options = _options()
    folders = options.runs or [_run(number, options) for number in range(1, RUNS + 1)]
    if any(folder is None for folder in folders):
        return 1
    return judge([read_rows(folder) for folder in folders], options.records, is_recorded=options.record)


def judge(runs: list[list[Row]], file: Path, *, is_recorded: bool) -> int:
    """Compare, print one line for each ratio, perhaps record; the exit code."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    new = ratios_of(runs, at=moment, version=_version(), machine=machine.describe())
    records = read_records(file)
    compared = [compare(record, records) for record in new]
    for each in sorted(compared, key=lambda each: each.share or 9):
        print(in_words(each))
    if not new:
        print("no ratio was measured in every run")
        return 1
    _summarise(compared)
    if is_recorded:
        append_records(file, [each.record for each in compared if each.verdict != "fail"])
    return 1 if any(each.verdict == "fail" for each in compared) else 0


def _summarise(compared: list[Comparison]) -> None:
    counts = {verdict: sum(each.verdict == verdict for each in compared) for verdict in ("ok", "warn", "fail", "new")}
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), "on", machine.describe())


def read_rows(folder: Path) -> list[Row]:
    """The finished rows of one benchmark, from its raw runs."""
    lines = (folder / "runs.jsonl").read_text("utf-8").splitlines()
    return [Row(**kept["row"]) for line in lines if "row" in (kept := json.loads(line))]


def _run(number: int, options: argparse.Namespace) -> Path | None:
    """One benchmark; the folder with its raw runs, None when it failed."""
    print(f"run {number} of {RUNS}", flush=True)
    only = ["--only", *options.only] if options.only else []
    before = set(_folders())
    command = [sys.executable, "-m", "bench", "--rounds", str(options.rounds), *only]
    ended = subprocess.run(command, cwd=ROOT, check=False)
    made = sorted(set(_folders()) - before)
    return made[-1] if ended.returncode == 0 and made else None


def _folders() -> list[Path]:
    return [each.parent for each in (ROOT / ".cache/bench").glob("*/runs.jsonl")]


def _version() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    described = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return described.stdout.strip() or "unknown"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--only", nargs="*", help="some of the rows of `python -m bench`")
    parser.add_argument(
        "--rounds", type=int, default=3, help="interleaved rounds of every row, in each of the three runs"
    )
    parser.add_argument(
        "--runs", nargs="*", type=Path, help="folders of finished benchmarks to judge instead of running"
    )
    parser.add_argument("--record", action="store_true", help="add what did not fail to the record")
    default = Path(os.environ.get("BENCH_RECORDS") or RECORDS)
    parser.add_argument("--records", type=Path, default=default, help="the file of the record (BENCH_RECORDS)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
