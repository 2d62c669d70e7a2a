"""Checks of the machine: processors, memory, disk, ports."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.preflight.finding import PreflightFinding

GB = 1000**3
MEMORY_THAT_THE_KERNEL_KEEPS = 0.9
"""A machine sold with 8 GB reports a little less."""
TAKEN = {errno.EADDRINUSE}
NOT_OURS = {errno.EADDRNOTAVAIL}


@dataclass(frozen=True)
class Needs:
    """The least that the stack starts and serves with; sizes in GB."""

    processors: int
    memory: int
    free_disk: int


NEEDS = {"production": Needs(4, 8, 20), "development": Needs(2, 4, 8)}


@dataclass(frozen=True)
class Port:
    """A port that a service of the stack publishes."""

    service: str
    address: str
    number: int


def check_processors(needs: Needs, found: int | None = None) -> list[PreflightFinding]:
    """`found`: processors; by default those of this machine."""
    found = found or os.cpu_count() or 1
    if found >= needs.processors:
        return []
    problem = f"This machine has {found} processors, and the stack needs {needs.processors}."
    return [PreflightFinding("processors", problem, "Give the machine more.")]


def check_memory(needs: Needs, found: int | None = None) -> list[PreflightFinding]:
    """`found`: bytes of memory; by default those of this machine."""
    found = found or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if found >= needs.memory * GB * MEMORY_THAT_THE_KERNEL_KEEPS:
        return []
    problem = f"This machine has {found / GB:.1f} GB of memory, and the stack needs {needs.memory} GB."
    return [PreflightFinding("memory", problem, "Give the machine more.")]


def check_disk(needs: Needs, folder: Path, free: int | None = None) -> list[PreflightFinding]:
    """`folder`: where the engine keeps images and volumes; `free`: bytes, by default what is free there."""
    free = shutil.disk_usage(folder).free if free is None else free
    if free >= needs.free_disk * GB:
        return []
    problem = f"{free / GB:.1f} GB are free where Docker keeps its data ({folder}), and an upgrade needs {needs.free_disk} GB."
    remedy = (
        "Take the database's log away (python -m deploy.backup log), remove what is not needed, or give the disk more."
    )
    return [PreflightFinding("disk", problem, remedy)]


def check_ports(ports: Iterable[Port]) -> list[PreflightFinding]:
    """`ports`: those of services that do not run yet. Each is bound for a moment."""
    return [finding for port in ports for finding in _check_port(port)]


def _check_port(port: Port) -> list[PreflightFinding]:
    reason = _why_not(port)
    if reason in TAKEN:
        problem = f"Another program listens on port {port.number} of {port.address}, which {port.service} needs."
        remedy = f"Find it with `ss -ltnp 'sport = :{port.number}'` and stop it, or set another port in .env."
        return [PreflightFinding("ports", problem, remedy)]
    if reason in NOT_OURS:
        problem = f"{port.address}, where {port.service} shall listen, is no address of this machine."
        return [
            PreflightFinding(
                "ports", problem, "Set HTTPS_ADDRESS in .env to an address of this machine, or to 0.0.0.0."
            )
        ]
    return []


def _why_not(port: Port) -> int | None:
    """The number of the error with which the port refuses to be bound; None when it is free or only root may try."""
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((port.address, port.number))
        except OSError as error:
            return error.errno
    return None
