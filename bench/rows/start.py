"""The second start of the whole platform, with its demo, and its memory at rest."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.machine import memory_of
from bench.rounds import Book, Row
from bench.stage import Stage, is_ready
from deploy.local.ports import free_port

STARTS = 3
SECONDS_TO_LOAD = 300
SECONDS_OF_REST = 8
MB = 1024 * 1024


def measure(stage: Stage, book: Book, rounds: int) -> None:
    """Start, stop, start again: seconds until ready, then megabytes (shared memory counted once)."""
    port = free_port()
    data_dir = stage.folder / "data"
    with _running(stage, data_dir, port, SECONDS_TO_LOAD):
        pass
    seconds, memory = [], []
    for number in range(min(rounds, STARTS)):
        with _running(stage, data_dir, port, 60) as started:
            seconds.append(started)
            time.sleep(SECONDS_OF_REST)
            memory.append(memory_of(_processes(data_dir)) / MB)
        book.keep(what="start", round=number, seconds=seconds[-1], memory=memory[-1])
    middle = sorted(seconds)[len(seconds) // 2]
    most = max(memory)
    book.add(Row("`make run`, second start with the demo", "-", "< 10 s", f"{middle:.1f} s", middle < 10,
                 f"{min(seconds):.1f}-{max(seconds):.1f} s"))  # fmt: skip
    book.add(Row("memory at rest, all processes and PostgreSQL", "-", "< 1500 MB", f"{most:.0f} MB", most < 1500))


@contextlib.contextmanager
def _running(stage: Stage, data_dir: Path, port: int, timeout: float) -> Iterator[float]:
    """The platform by its launcher; the seconds until it was ready."""
    variables = {name: value for name, value in os.environ.items() if name not in stage.variables}
    variables |= {"DATA_DIR": str(data_dir), "GATEWAY_PORT": str(port), "DEMO": "1"}
    log = (stage.folder / "run.log").open("ab")
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "deploy.local"], env=variables, stdout=log, stderr=log)
    try:
        while not is_ready(f"http://127.0.0.1:{port}/readyz"):
            if process.poll() is not None or time.perf_counter() - began > timeout:
                raise RuntimeError(f"the platform did not start: {(stage.folder / 'run.log').read_text()[-1500:]}")
            time.sleep(0.05)
        yield time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)


def _processes(data_dir: Path) -> list[int]:
    """The launcher, its children, and what PostgreSQL has forked."""
    note = json.loads((data_dir / "run.json").read_text())
    known = {note["pid"], *note["processes"].values()}
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    while found := {pid for pid, parent in parents.items() if parent in known} - known:
        known |= found
    return sorted(known)


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0
