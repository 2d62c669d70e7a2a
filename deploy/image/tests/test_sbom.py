"""The list of an image's contents, made and compared as the Dockerfile does, on an environment made in the same way."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from contracts.services import EVERY_PROCESS
from deploy.image.sbom import contents, differences

ROOT = Path(__file__).parents[3]
UV = ROOT / ".tools/bin/uv"
DOCKERFILE = (ROOT / "deploy/service.Dockerfile").read_text()
CHOICE = ("--frozen", "--no-default-groups", "--package")
EXPORT = ("--preview-features", "sbom-export", "--format", "cyclonedx1.5", "--quiet", "--output-file")


def uv(environment: Path, *arguments: str) -> None:
    if not UV.exists():
        pytest.skip("no uv in .tools: make install brings it")
    variables = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    variables |= {"UV_PROJECT_ENVIRONMENT": str(environment), "UV_LINK_MODE": "copy"}
    subprocess.run([str(UV), *arguments], cwd=ROOT, env=variables, check=True, capture_output=True)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image of registry has in /opt/venv."""
    place = tmp_path_factory.mktemp("image") / "venv"
    uv(place, "sync", "--no-editable", *CHOICE, "bakhong-registry")
    uv(place, "export", *CHOICE, "bakhong-registry", *EXPORT, str(place / "sbom.cdx.json"))
    return place


def test_the_dockerfile_makes_the_list_with_these_arguments_and_compares_it() -> None:
    assert f"uv export {' '.join(CHOICE)} bakhong-${{SERVICE}} {' '.join(EXPORT)} /opt/venv/sbom.cdx.json" in DOCKERFILE
    assert "python deploy/image/sbom.py /opt/venv" in DOCKERFILE


def test_the_list_names_exactly_what_is_installed(environment: Path) -> None:
    sbom = environment / "sbom.cdx.json"
    assert differences(sbom, environment) == []
    assert len(set(contents(environment))) > 50
    assert json.loads(sbom.read_text())["specVersion"] == "1.5"


def test_a_distribution_more_or_less_is_found(environment: Path, tmp_path: Path) -> None:
    changed = tmp_path / "venv"
    shutil.copytree(environment, changed, symlinks=True)
    (packages,) = changed.glob("lib/python*/site-packages")
    (gone,) = packages.glob("six-*.dist-info")
    gone.rename(packages / "seven-1.0.0.dist-info")
    metadata = packages / "seven-1.0.0.dist-info/METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: Seven\nVersion: 1.0.0\n")

    found = differences(changed / "sbom.cdx.json", changed)

    assert len(found) == 2
    assert found[0].startswith("six ")
    assert found[1] == "seven 1.0.0 is installed and not listed"


@pytest.mark.parametrize("service", EVERY_PROCESS)
def test_every_image_has_what_compares_its_list(service: str, tmp_path: Path) -> None:
    """The comparison reads markers with `packaging`, which comes with every service."""
    uv(tmp_path / "venv", "export", *CHOICE, f"bakhong-{service}", *EXPORT, str(tmp_path / "sbom.json"))
    sbom = json.loads((tmp_path / "sbom.json").read_text())
    assert "packaging" in {component["name"] for component in sbom["components"]}
