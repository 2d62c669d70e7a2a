"""Child processes end with their parent, are restarted when they end, and stop in order."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.shutdown import STOP_SIGNALS, ShutdownRequest, Stopped
from deploy.local.supervisor import StartFailed, Supervisor

ROOT = Path(__file__).parents[3]


@pytest.fixture
def shutdown() -> Iterator[ShutdownRequest]:
    before = {sign: signal.getsignal(sign) for sign in STOP_SIGNALS}
    yield ShutdownRequest()
    signal.set_wakeup_fd(-1)
    for sign, handler in before.items():
        signal.signal(sign, handler)


@pytest.fixture
def supervisor(tmp_path: Path, shutdown: ShutdownRequest) -> Iterator[Supervisor]:
    supervisor = Supervisor(tmp_path, shutdown)
    yield supervisor
    supervisor.end()


def sleep_for_ever() -> None:
    while True:
        time.sleep(1)


def ignore_the_end() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep_for_ever()


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_child_that_ends_is_restarted(supervisor: Supervisor) -> None:
    supervisor.fork("steady", sleep_for_ever)
    first = supervisor.pids()["steady"]
    os.kill(first, signal.SIGKILL)

    def came_back() -> bool:
        supervisor.restart_ended()
        return supervisor.pids().get("steady", first) != first

    wait_for(came_back)
    assert not is_alive(first)


def test_a_child_that_ends_during_the_start_stops_it_and_its_last_log_lines_are_shown(supervisor: Supervisor) -> None:
    def complain() -> None:
        raise RuntimeError("PII_KEYS is missing")

    supervisor.fork("registry", complain)
    with pytest.raises(StartFailed, match=r"(?s)registry ended.*PII_KEYS is missing") as failure:
        supervisor.wait_for("services", lambda: False, 10)
    assert "RuntimeError" in str(failure.value)


def test_a_one_shot_runs_to_its_end(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run_once("work", (tmp_path / "done").touch, 10)
    assert (tmp_path / "done").exists()
    assert supervisor.pids() == {}


def test_a_failed_one_shot_stops_the_start(supervisor: Supervisor) -> None:
    with pytest.raises(StartFailed, match="no such table"):
        supervisor.run_once("bus", lambda: sys.exit("no such table"), 10)


def test_a_child_that_ignores_sigterm_is_killed_at_the_second_request(
    supervisor: Supervisor, shutdown: ShutdownRequest
) -> None:
    supervisor.fork("ignores-sigterm", ignore_the_end)
    time.sleep(0.2)
    shutdown.times = 2
    started = time.monotonic()
    supervisor.end()
    assert time.monotonic() - started < 2
    assert supervisor.pids() == {}


def test_a_signal_ends_a_wait_at_once(shutdown: ShutdownRequest) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    started = time.monotonic()
    shutdown.pause(10)
    assert time.monotonic() - started < 1
    with pytest.raises(Stopped):
        shutdown.check()


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from deploy.local.supervisor import Supervisor
        from deploy.local.shutdown import ShutdownRequest
        supervisor = Supervisor(Path({str(tmp_path)!r}), ShutdownRequest())
        for name in "abc":
            supervisor.fork(name, lambda: time.sleep(60))
        print(*supervisor.pids().values(), flush=True)
        time.sleep(60)
    """)
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 3
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not any(map(is_alive, pids)))
