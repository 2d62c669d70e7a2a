"""A small file system of the tests' own, which can be filled to the last byte."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

MEGABYTES = 900


class SmallDisk:
    """A file system in memory, mounted on `place`; `is_small` is false where this account may not mount one."""

    def __init__(self, place: Path, *, is_small: bool) -> None:
        self.place = place
        self.is_small = is_small
        self._ballast = place / "ballast"

    def fill(self) -> None:
        """Takes what is left, and what is freed meanwhile if it is called again."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (2**20, 4096, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(bytes(size)):
                        pass

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """A directory on its own file system, where root (or sudo without a password) can mount one."""
    place = Path(tempfile.mkdtemp(prefix="bakhong-disk-"))
    place.chmod(0o755)
    options = f"size={MEGABYTES}m,mode=755,uid={os.getuid()},gid={os.getgid()}"
    is_small = _as_root("mount", "-t", "tmpfs", "-o", options, "bakhong-faults", str(place))
    try:
        yield SmallDisk(place, is_small=is_small)
    finally:
        if is_small:
            _as_root("umount", "--lazy", str(place))
        shutil.rmtree(place, ignore_errors=True)


def _as_root(*command: str) -> bool:
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    try:
        return subprocess.run([*sudo, *command], capture_output=True, timeout=30).returncode == 0
    except OSError:
        return False
