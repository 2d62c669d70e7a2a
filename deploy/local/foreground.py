"""Starts a program as a child that cannot outlive its parent, on request under another account.

The program is reached through this file as its own small script: it runs in a fresh interpreter, so it is safe
in a parent with threads, and it can change the account before it asks for the parent-death signal (the kernel
forgets that request whenever a process changes its user).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
PARENT_IS_GONE = 111


def foreground_command(
    command: Sequence[str], *, account: str | None = None, at_parent_death: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The argument list that runs `command` as a child of this very thread; start it with subprocess.

    The signal is sent when the *thread* that starts the child ends: start children from the main thread.
    """
    own = [str(os.getpid()), str(int(at_parent_death)), account or ""]
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), *own, *command]


def die_with_parent(parent_pid: int, at_parent_death: signal.Signals = signal.SIGTERM) -> None:
    """Ask the kernel (Linux) to signal this process when its parent ends; leave at once if it ended already."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(at_parent_death), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent_pid:
        os._exit(PARENT_IS_GONE)


def name_process(name: str) -> None:
    """The name that top and ps show (Linux: at most 15 bytes)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def drop_privileges(account: str) -> None:
    """Change this process to an account of the machine, with no groups but the account's own."""
    import pwd

    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(arguments: list[str]) -> None:
    """`<parent pid> <signal> <account or empty> <program> [arguments]`: becomes the program."""
    parent_pid, at_parent_death, account, *command = arguments
    if account:
        drop_privileges(account)
    die_with_parent(int(parent_pid), signal.Signals(int(at_parent_death)))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
