"""Earlier releases as they were: their files out of the repository, their libraries as their lock names them."""

from __future__ import annotations

import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from deploy.local.started import ROOT, Started

UV = ROOT / ".tools/bin/uv"
TWO_RELEASES_AGO, RELEASE_BEFORE = "95cea6f", "7202a2b"
"""Commits. With each release the older one goes and the newest comes."""


class Released:
    """One earlier release in its own folder."""

    def __init__(self, commit: str, folder: Path) -> None:
        archive = subprocess.run(["git", "-C", str(ROOT), "archive", commit], capture_output=True)
        if archive.returncode != 0:
            pytest.skip(f"the repository here does not hold the commit {commit}")
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as packed:
            packed.extractall(folder, filter="data")
        self.root = folder
        variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        subprocess.run(
            [str(UV), "sync", "--frozen", "--quiet", "--no-default-groups", "--group", "local"],
            cwd=folder, env={"UV_SYSTEM_CERTS": "true"} | variables, check=True,
        )  # fmt: skip

    def started_on(self, platform: Started) -> Started:
        """Not started yet: this release on the data and the port of another platform, which has ended."""
        other = Started(platform.data_dir, {"DEMO": "0"}, root=self.root, python=str(self.root / ".venv/bin/python"))
        other.port, other.url = platform.port, platform.url
        return other
