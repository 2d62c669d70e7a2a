"""The comparison of a benchmark with its record: which ratios, against which records, and what fails."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench import machine
from bench.gate import RECORDS, ROOT, judge, read_rows
from bench.records import Record, append_records, compare, ratios_of, read_records
from bench.rounds import HIGHER, LOWER, Book, Row, ratio_row

HERE = "Test CPU, 2 cores"
READ = Record("2026-12-01T00:00:00+00:00", "abc", HERE, "read", "bare", HIGHER, 0.60)


def row(ratio: float | None, what: str = "read", better: str = HIGHER) -> Row:
    return Row(what, "bare", "-", "", None, ratio=ratio, better=better)


def recorded(*ratios: float, record: Record = READ) -> list[Record]:
    return [replace(record, ratio=ratio) for ratio in ratios]


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [(0.60, "ok"), (0.70, "ok"), (0.51, "ok"), (0.509, "warn"), (0.42, "warn"), (0.419, "fail"), (0.10, "fail")],
)
def test_a_rate_is_judged_by_its_share_of_the_recorded_median(ratio: float, verdict: str) -> None:
    assert compare(replace(READ, ratio=ratio), recorded(0.2, 0.6, 0.9)).verdict == verdict


@pytest.mark.parametrize(("ratio", "verdict"), [(4.0, "ok"), (3.0, "ok"), (4.8, "warn"), (5.8, "fail")])
def test_a_ratio_of_which_less_is_better_is_judged_the_other_way_round(ratio: float, verdict: str) -> None:
    slower = replace(READ, what="import", better=LOWER)
    assert compare(replace(slower, ratio=ratio), recorded(4.0, 4.0, 4.0, record=slower)).verdict == verdict


def test_records_of_other_machines_rows_and_baselines_do_not_count() -> None:
    others = [replace(READ, **{name: "another"}) for name in ("machine", "what", "baseline")] * 9
    assert compare(READ, [*others, *recorded(0.6, 0.6)]).verdict == "new"
    assert compare(READ, [*others, *recorded(0.6, 0.6, 0.6)]).verdict == "ok"


def test_only_the_last_thirty_records_count() -> None:
    slowly_worse = recorded(*[0.9] * 100, *[0.6] * 30)
    assert compare(READ, slowly_worse).recorded == 0.6


def test_the_median_of_the_runs_is_compared_and_a_row_that_a_run_lacks_is_not() -> None:
    runs = [[row(0.5), row(1.0, "write")], [row(0.9)], [row(0.6), row(1.0, "write"), row(None, "memory")]]
    found = ratios_of(runs, at=READ.at, version="abc", machine=HERE)
    assert [(each.what, each.ratio) for each in found] == [("read", 0.6)]


def test_the_gate_fails_and_does_not_record_what_is_far_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, here = tmp_path / "records.jsonl", replace(READ, machine=machine.describe())
    append_records(
        file, [*recorded(0.6, 0.6, 0.6, record=here), *recorded(0.3, 0.3, 0.3, record=replace(here, what="write"))]
    )

    code = judge([[row(0.2), row(0.31, "write")]] * 3, file, is_recorded=True)

    assert code == 1
    said = capsys.readouterr().out
    assert "fail  read / bare: 0.20 (higher is better; recorded 0.60, 0.33 of it)" in said
    assert "1 ok, 0 warn, 1 fail, 0 new" in said
    assert [each.ratio for each in read_records(file)] == [0.6, 0.6, 0.6, 0.3, 0.3, 0.3, 0.31]


def test_without_records_the_gate_passes_and_records_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    assert judge([[row(0.2)]] * 3, file, is_recorded=False) == 0
    assert read_records(file) == []
    assert judge([[row(0.2)]] * 3, file, is_recorded=True) == 0
    [record] = read_records(file)
    assert (record.machine, record.ratio) == (machine.describe(), 0.2)


def test_where_nothing_was_measured_in_every_run_the_gate_fails(tmp_path: Path) -> None:
    assert judge([[row(0.2)], [], [row(0.2)]], tmp_path / "none", is_recorded=True) == 1


@pytest.mark.parametrize("line", ["{", '{"what": "read"}', '{"ratio": 0}'])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "records.jsonl"
    append_records(file, [READ])
    file.write_text(file.read_text() + line + "\n")
    with pytest.raises(ValueError, match=r"records.jsonl, line 2: "):
        read_records(file)


def test_the_committed_record_can_be_read() -> None:
    assert all(each.better in (HIGHER, LOWER) for each in read_records(RECORDS))


def test_rows_are_read_back_from_the_raw_runs_and_judged_by_the_command(tmp_path: Path) -> None:
    folders = []
    for name, rate in (("a", 50.0), ("b", 60.0), ("c", 70.0)):
        book = Book(tmp_path / name)
        book.add(ratio_row("read", "bare", 0.5, [rate], [100.0]))
        folders.append(str(book.folder))
    assert read_rows(tmp_path / "b")[0].ratio == 0.6
    file = tmp_path / "records.jsonl"
    append_records(file, recorded(1.0, 1.0, 1.0, record=replace(READ, machine=machine.describe())))
    command = [sys.executable, "-m", "bench.gate", "--runs", *folders, "--records", str(file)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, "fail  read / bare: 0.60" in ended.stdout) == (1, True), ended.stdout + ended.stderr
