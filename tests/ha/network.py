"""Three hosts on one switch, made of network namespaces of this machine. Needs root."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator

SWITCH = "bakhong-switch"
CLIENTS = "bakhong-ha"
"""The interface of this machine itself, where the clients are."""
NETWORK = "10.231.77"
NUMBERS = (1, 2, 3)


def address_of(number: int) -> str:
    return f"{NETWORK}.{number}"


def name_of(number: int) -> str:
    """The name of the host and of its namespace."""
    return f"bakhong-host-{number}"


@contextlib.contextmanager
def network() -> Iterator[None]:
    """The switch and the hosts' interfaces while the context lasts; ends every process that is left in them."""
    _remove()
    _ip("netns", "add", SWITCH)
    try:
        # The bridge has a namespace for itself, so that packet filters of this machine do not apply to it.
        _ip("-n", SWITCH, "link", "add", "bridge", "type", "bridge")
        _ip("-n", SWITCH, "link", "set", "bridge", "up")
        for number in NUMBERS:
            _ip("netns", "add", name_of(number))
            _ip("-n", name_of(number), "link", "set", "lo", "up")
            _ip(
                "-n",
                name_of(number),
                "link",
                "add",
                "eth0",
                "type",
                "veth",
                "peer",
                "name",
                f"host{number}",
                "netns",
                SWITCH,
            )
            _plug(f"host{number}")
            _ip("-n", name_of(number), "address", "add", f"{address_of(number)}/24", "dev", "eth0")
            _ip("-n", name_of(number), "link", "set", "eth0", "up")
        _ip("link", "add", CLIENTS, "type", "veth", "peer", "name", "clients", "netns", SWITCH)
        _plug("clients")
        _ip("address", "add", f"{address_of(254)}/24", "dev", CLIENTS)
        _ip("link", "set", CLIENTS, "up")
        yield
    finally:
        _remove()


def pull_plug(number: int) -> None:
    """No packet reaches the host or leaves it any more."""
    _ip("-n", SWITCH, "link", "set", f"host{number}", "down")


def plug_in(number: int) -> None:
    _ip("-n", SWITCH, "link", "set", f"host{number}", "up")


def inside(number: int) -> list[str]:
    """What stands in front of a command that shall run on the host."""
    return ["nsenter", f"--net=/run/netns/{name_of(number)}", "--"]


def kill_every_process(number: int) -> int:
    """SIGKILL for all of the host, until none is left; how many there were."""
    killed = set()
    deadline = time.monotonic() + 30
    while found := _processes(name_of(number)):
        killed |= found
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise AssertionError(f"{name_of(number)} still has processes: {found}")
        time.sleep(0.05)
    return len(killed)


def _plug(interface: str) -> None:
    _ip("-n", SWITCH, "link", "set", interface, "master", "bridge")
    _ip("-n", SWITCH, "link", "set", interface, "up")


def _processes(namespace: str) -> set[int]:
    """The processes of a namespace, without those that have ended and wait for their parent."""
    return {int(pid) for pid in _ip("netns", "pids", namespace).split() if not _has_ended(int(pid))}


def _has_ended(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


def _remove() -> None:
    existing = {line.split()[0] for line in _ip("netns", "list").splitlines() if line}
    for number in NUMBERS:
        if name_of(number) in existing:
            kill_every_process(number)
            _ip("netns", "delete", name_of(number))
    if SWITCH in existing:
        _ip("netns", "delete", SWITCH)
    with contextlib.suppress(subprocess.CalledProcessError):
        _ip("link", "delete", CLIENTS)


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout
