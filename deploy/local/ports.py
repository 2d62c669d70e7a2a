"""Ports of this machine that no program listens on."""

from __future__ import annotations

import contextlib
import socket


def free_port() -> int:
    """A free TCP port of 127.0.0.1; another program may take it before its caller does."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Different free TCP ports of 127.0.0.1."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
