"""Releases are started and the way back is taken, in another repository; a program in place of Docker records its arguments.

The services themselves on the way back: tests/upgrade/test_way_back.py.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from contracts.services import EVERY_PROCESS

ROOT = Path(__file__).parents[3]
DOCKER = """#!/bin/sh
case "$*" in
    "compose version --short") echo 2.40.0 ;;
    info*) echo / ;;
    "compose config --format json")
        echo '{"services": {"postgres": {"image": "postgres:17.6"}}, "volumes": {"postgres": {"name": "data"}}}' ;;
    "compose up"*) echo "$VERSION $*" >> "$NOTES"; test ! -e "$NOTES.unhealthy" ;;
    "image inspect"*) test ! -e "$NOTES.no_images" ;;
    "image rm"*) echo "$*" >> "$NOTES" ;;
    "image ls"*) cat "$NOTES.images" 2>/dev/null ;;
esac
"""


class Deployment:
    """A checkout with `.env`, as an operator has it."""

    def __init__(self, folder: Path) -> None:
        self.root, self.notes = folder / "bakhong", folder / "notes"
        ignored = shutil.ignore_patterns(
            "__pycache__", "tests", "*.pem", "*_keys", "*password*", "*_url", "public.json"
        )
        shutil.copytree(ROOT / "deploy", self.root / "deploy", ignore=ignored)
        for name in ("pyproject.toml", "CHANGELOG.md", "docker-compose.yml", ".gitignore"):
            shutil.copy(ROOT / name, self.root / name)
        for name in EVERY_PROCESS:
            place = self.root / ("gateway" if name == "gateway" else f"services/{name}")
            place.mkdir(parents=True)
            (place / "pyproject.toml").touch()
        (self.root / ".env").write_text("ENVIRONMENT=development\nDOMAIN=localhost\n")
        (folder / "programs").mkdir()
        (folder / "programs/docker").write_text(DOCKER)
        (folder / "programs/docker").chmod(0o755)
        self._variables = {
            "PATH": f"{folder / 'programs'}:{os.defpath}",
            "NOTES": str(self.notes),
            "SKIP_CHECKS": "disk,memory",
        }
        self.git("init", "-q")

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        command = ["git", "-C", str(self.root), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, line: str) -> str:
        """A release: the file of the proxy changes. Returns the tag of its images."""
        with (self.root / "deploy/proxy/Caddyfile").open("a") as file:
            file.write(f"# {line}\n")
        self.git("add", "-A")
        self.git("commit", "-qm", line)
        version = [
            line for line in (self.root / "pyproject.toml").read_text().splitlines() if line.startswith("version")
        ]
        return f"{version[0].split(chr(34))[1]}-{self.git('rev-parse', '--short=10', 'HEAD')}"

    def run(self, action: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.release", action], cwd=self.root, env=self._variables, capture_output=True,
            text=True,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @property
    def settings(self) -> dict[str, str | None]:
        return dotenv_values(self.root / ".env")

    @property
    def last_note(self) -> str:
        return self.notes.read_text().splitlines()[-1]

    @property
    def caddyfile(self) -> str:
        return (self.root / "deploy/proxy/Caddyfile").read_text()


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path)


def test_the_way_back_has_the_images_and_the_files_of_the_release_before(deployment: Deployment) -> None:
    first = deployment.commit("first")
    code, printed = deployment.run("up")
    assert code == 0, printed
    assert deployment.last_note.startswith(f"{first} compose up --build")
    code, printed = deployment.run("rollback")
    assert (code, "nothing to go back to" in printed) == (1, True)

    second = deployment.commit("second")
    images = Path(f"{deployment.notes}.images")
    images.write_text(f"bakhong/gateway:{first}\nbakhong/gateway:0.0.1-0123456789\nbakhong/gateway:dev\n")
    code, printed = deployment.run("up")
    assert code == 0, printed
    assert f"make rollback goes back to {first}" in printed
    assert deployment.last_note == "image rm bakhong/gateway:0.0.1-0123456789"

    Path(f"{deployment.notes}.no_images").touch()
    code, printed = deployment.run("rollback")
    assert (code, f"The images of {first} are gone" in printed) == (1, True)
    assert deployment.settings["VERSION"] == second
    Path(f"{deployment.notes}.no_images").unlink()

    with (deployment.root / "deploy/proxy/Caddyfile").open("a") as file:
        file.write("# ours\n")
    code, printed = deployment.run("rollback")
    assert (code, "git cannot check" in printed) == (1, True)
    assert "# ours" in deployment.caddyfile
    deployment.git("checkout", "--quiet", "deploy/proxy/Caddyfile")

    code, printed = deployment.run("rollback")
    assert code == 0, printed
    assert deployment.last_note.startswith(f"{first} compose up --no-build")
    assert deployment.settings["VERSION"] == first
    assert "# second" not in deployment.caddyfile
    assert deployment.settings["DOMAIN"] == "localhost"

    deployment.commit("third")
    Path(f"{deployment.notes}.unhealthy").touch()
    code, printed = deployment.run("up")
    assert (code, "docker compose up ended with 1" in printed) == (1, True)
    Path(f"{deployment.notes}.unhealthy").unlink()
    assert deployment.run("rollback")[0] == 0
    assert deployment.last_note.startswith(f"{first} compose up --no-build"), "the last release that was healthy"
