"""What is known of the stack before it starts: settings, ports, volumes, what runs. Reads only."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from deploy.backup.server import CLUSTER, DATA, NotDone, compose, volumes
from deploy.preflight.machine import Port

ROOT = Path(__file__).parents[2]
SETTINGS_FILE = ROOT / ".env"
ANY_ADDRESS = "0.0.0.0"


def read_settings(file: Path = SETTINGS_FILE) -> dict[str, str]:
    """The settings of `.env`; the environment wins, as in Compose."""
    return {name: value for name, value in dotenv_values(file).items() if value is not None} | dict(os.environ)


class Stack:
    """The compose stack of this checkout, as its engine knows it."""

    @cached_property
    def file(self) -> dict[str, Any]:
        """The compose file with the settings filled in."""
        found: dict[str, Any] = json.loads(compose("config", "--format", "json"))
        return found

    @cached_property
    def running(self) -> set[str]:
        """The services of which a container runs."""
        return set(compose("ps", "--services", "--status", "running").split())

    def ports_to_open(self) -> list[Port]:
        """What the services publish that do not run yet."""
        return [
            Port(name, port.get("host_ip") or ANY_ADDRESS, int(port["published"]))
            for name, service in self.file["services"].items()
            if name not in self.running
            for port in service.get("ports", [])
        ]

    @property
    def postgres_image(self) -> str:
        return str(self.file["services"]["postgres"]["image"])

    def version_of_data(self) -> str | None:
        """PG_VERSION of the database's volume; None where there is none yet. Raises NotDone when it cannot be read."""
        volume = self.file["volumes"]["postgres"]["name"]
        if volume not in volumes():
            return None
        script = f"cat {CLUSTER}/PG_VERSION 2>/dev/null || true"
        return _docker("run", "--rm", "--network", "none", "--volume", f"{volume}:{DATA}:ro", "--entrypoint", "sh",
                       self.postgres_image, "-c", script).strip() or None  # fmt: skip

    def folder_of_engine(self) -> Path:
        """Where the engine keeps images and volumes; the checkout where that place is not visible from here."""
        folder = Path(_docker("info", "--format", "{{.DockerRootDir}}").strip())
        return folder if folder.is_dir() else ROOT


def version_of_compose() -> str:
    """What `docker compose version --short` prints."""
    return _docker("compose", "version", "--short")


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotDone(f"docker {arguments[0]}: {(done.stderr or done.stdout).strip()[-1000:]}")
    return done.stdout
