"""Only one platform runs on one data directory; the kernel frees the lock however that one ends."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCK = "run.lock"
NOTE = "run.json"


class AlreadyRunning(RuntimeError):
    """Another process holds this data directory; the message names it."""


@contextlib.contextmanager
def single_instance(data_dir: Path, who: str) -> Iterator[None]:
    """Hold `data_dir` for this process, or raise AlreadyRunning with what the other wrote about itself."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK).open("a+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise AlreadyRunning(f"it runs already on {data_dir}: {lock.read().strip()}") from error
        lock.truncate(0)
        lock.write(f"{who}\n")
        lock.flush()
        try:
            yield
        finally:
            (data_dir / NOTE).unlink(missing_ok=True)
            lock.truncate(0)


def is_in_use(data_dir: Path) -> bool:
    """Whether a platform runs on this data."""
    with contextlib.suppress(FileNotFoundError), (data_dir / LOCK).open("r+") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def write_note(data_dir: Path, note: dict[str, Any]) -> None:
    """Where the running platform is, for the other make targets; only its owner reads it."""
    unfinished = data_dir / f"{NOTE}.unfinished"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(note, file, indent=2)
    unfinished.replace(data_dir / NOTE)


def read_note(data_dir: Path) -> dict[str, Any] | None:
    """The note of the platform that runs on this data; None when none runs."""
    if not is_in_use(data_dir):
        return None
    try:
        note: dict[str, Any] = json.loads((data_dir / NOTE).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return note
