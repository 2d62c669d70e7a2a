"""Checks of versions: Docker Compose, PostgreSQL and its data, and the release that runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deploy.preflight.finding import PreflightFinding
from deploy.release.version import Release, read_tag, refusal_to_follow

COMPOSE = (2, 26)


def check_compose(printed: str) -> list[PreflightFinding]:
    """`printed`: what `docker compose version --short` prints."""
    found = re.search(r"(\d+)\.(\d+)", printed)
    if found and (int(found[1]), int(found[2])) >= COMPOSE:
        return []
    wanted = ".".join(map(str, COMPOSE))
    problem = f"Docker Compose is {printed.strip() or 'not there'}, and the stack needs {wanted} or newer."
    return [PreflightFinding("compose", problem, "Install docker-compose-plugin from Docker's packages.")]


def check_postgres(data: str | None, image: str) -> list[PreflightFinding]:
    """`data`: the content of PG_VERSION of the volume, None without data; `image`: what shall open them."""
    found = re.search(r"postgres:(\d+)", image)
    if data is None or found is None or data.strip() == found[1]:
        return []
    problem = f"The data are of PostgreSQL {data.strip()}, and the image {image} cannot open them."
    return [
        PreflightFinding("postgres", problem, "Run `python -m deploy.postgres.upgrade rehearse` (docs/operations.md).")
    ]


def check_release(running: str, new: Release, known: Sequence[str]) -> list[PreflightFinding]:
    """`running`: the tag of the images that were started last, empty or `dev` when that is not known."""
    release = read_tag(running)
    refusal = refusal_to_follow(release.version, new.version, known) if release else None
    if refusal is None:
        return []
    return [
        PreflightFinding("release", refusal, "Take the release after the running one: git checkout it, then make up.")
    ]
