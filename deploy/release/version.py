"""Which release this is: the version of pyproject.toml and the commit. Their order is that of the changelog's headings."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LETTERS_OF_A_COMMIT = 10
CHANGED = "changed"


class Release(NamedTuple):
    """The tag of the images is `<version>-<commit>`; `-changed` follows where tracked files differ from the commit."""

    version: str
    commit: str
    is_changed: bool = False

    @property
    def tag(self) -> str:
        return f"{self.version}-{self.commit}" + (f"-{CHANGED}" if self.is_changed else "")


def read_tag(tag: str) -> Release | None:
    """The release that a tag names; None for tags of before, such as `dev`."""
    found = re.fullmatch(rf"(\d+\.\d+\.\d+)-([0-9a-f]+|nogit)(-{CHANGED})?", tag)
    return Release(found[1], found[2], found[3] is not None) if found else None


def this_release(root: Path = ROOT) -> Release:
    """The release of the checkout; its commit is `nogit` where there is no repository."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    commit = _git(root, "rev-parse", f"--short={LETTERS_OF_A_COMMIT}", "HEAD")
    if commit is None:
        return Release(version, "nogit")
    return Release(version, commit, bool(_git(root, "status", "--porcelain", "--untracked-files=no")))


def releases(root: Path = ROOT) -> list[str]:
    """Every version, oldest first, as the changelog has them."""
    return re.findall(r"^## (\d+\.\d+\.\d+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)[::-1]


def refusal_to_follow(running: str, new: str, known: Sequence[str]) -> str | None:
    """Why a release may not follow the one that runs, in a sentence; None when it may.

    A release's migrations expand what the release before it uses, and take away what only the one before that used
    (docs/decisions/0012): so each release follows the one directly before it.
    """
    if running == new:
        return None
    if running not in known or new not in known:
        return f"Release {running} runs here, and CHANGELOG.md has no upgrade path from it to {new}."
    here, there = known.index(running), known.index(new)
    if there < here:
        return f"Release {running} runs here, and {new} is older: the way back is make rollback."
    if there > here + 1:
        return f"Release {running} runs here, and {new} would skip {', '.join(known[here + 1 : there])}."
    return None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
