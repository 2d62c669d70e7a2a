"""The list of what an image contains (CycloneDX, written by uv from the lock at build), compared with what is installed in it.

The build fails where they differ, and so does `docker run --rm IMAGE sbom`, which prints the list. It covers the Python
distributions; the packages of the base image are those of its digest.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.markers import Marker

PLACE = Path("/opt/venv/sbom.cdx.json")
MARKER = "uv:package:marker"


def differences(sbom: Path, environment: Path) -> list[str]:
    """What is in one and not in the other, a sentence each. `environment`: the folder of a virtual environment."""
    listed, installed = set(components(json.loads(sbom.read_text()))), set(contents(environment))
    return [
        *(f"{name} {version} is listed and not installed" for name, version in sorted(listed - installed)),
        *(f"{name} {version} is installed and not listed" for name, version in sorted(installed - listed)),
    ]


def components(sbom: dict) -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]  # as it is in JSON
    """Name and version of each component that is for this interpreter, and of the service itself."""
    for component in [sbom["metadata"]["component"], *sbom["components"]]:
        markers = [each["value"] for each in component.get("properties", []) if each["name"] == MARKER]
        if all(Marker(marker).evaluate() for marker in markers):
            yield normal(component["name"]), component["version"]


def contents(environment: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each installed distribution."""
    folders = [str(path) for path in environment.glob("lib/python*/site-packages")]
    for distribution in distributions(path=folders):
        yield normal(distribution.name), distribution.version


def normal(name: str) -> str:
    """A distribution's name in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(environment: Path = PLACE.parent) -> int:
    """Print the list; 1 when the environment contains something else."""
    sbom = environment / PLACE.name
    found = differences(sbom, environment)
    print(sbom.read_text() if not found else "\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
