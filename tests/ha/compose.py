"""Reads `deploy/ha/compose.host.yml` as Compose would for one host: enough of it to run its containers as processes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "deploy/ha"
FILE = FOLDER / "compose.host.yml"
VARIABLE = re.compile(r"\$\$|\$\{(\w+)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Container:
    """A container of the file: `secrets` by their name in the container, `mounts` (files and folders) and `volumes` by path."""

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    mounts: Mapping[str, Path]
    volumes: Mapping[str, str]
    temporary: tuple[str, ...]
    runs_once: bool


def containers(settings: Mapping[str, str]) -> list[Container]:
    """The containers of a host with these settings (its `host.env`), in the order of the file."""
    document = _filled(yaml.safe_load(FILE.read_text()), settings)
    profiles = set(settings.get("COMPOSE_PROFILES", "").split(","))
    return [
        _container(name, described, settings)
        for name, described in document["services"].items()
        if profiles & set(described.get("profiles", profiles))
    ]


def secret_files() -> dict[str, str]:
    """The file in the folder of secrets for each secret that the containers name."""
    return {name: Path(one["file"]).name for name, one in yaml.safe_load(FILE.read_text())["secrets"].items()}


def _container(name: str, described: dict[str, Any], settings: Mapping[str, str]) -> Container:
    given = dict(settings) if described.get("env_file") else {}
    bound = [volume.split(":") for volume in described.get("volumes", ())]
    named = [
        secret if isinstance(secret, dict) else {"source": secret, "target": secret}
        for secret in described.get("secrets", ())
    ]
    return Container(
        name=name,
        image=described["image"].rsplit(":", 1)[0].rsplit("/", 1)[-1],
        command=tuple(described.get("command", ())),
        environment=given | {key: str(value) for key, value in described.get("environment", {}).items()},
        secrets={secret["target"]: secret["source"] for secret in named},
        mounts={path: FOLDER / source for source, path, *_ in bound if source.startswith(".")},
        volumes={path: source for source, path, *_ in bound if not source.startswith(".")},
        temporary=tuple(each.split(":")[0] for each in described.get("tmpfs", ())),
        runs_once=str(described["restart"]).startswith("on-failure"),
    )


def _filled(value: Any, settings: Mapping[str, str]) -> Any:
    """`value` with the variables replaced, as Compose does it; KeyError for one that is missing and has no default."""
    if isinstance(value, dict):
        return {key: _filled(each, settings) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, settings) for each in value]
    return VARIABLE.sub(lambda found: _value(found, settings), value) if isinstance(value, str) else value


def _value(found: re.Match[str], settings: Mapping[str, str]) -> str:
    if found[0] == "$$":
        return "$"
    return settings.get(found[1]) or (settings[found[1]] if found[2] is None else found[2])
