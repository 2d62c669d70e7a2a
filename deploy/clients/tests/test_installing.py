"""Without Java and without a wheel the flows that need the Python client are skipped, with the program that is absent."""

from pathlib import Path

import pytest

from deploy.clients import generator, languages
from deploy.clients.generator import ToolchainAbsent


@pytest.fixture
def nothing_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(languages, "DIST", tmp_path / "dist")
    monkeypatch.setattr(generator, "JAR", tmp_path / "generator.jar")
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("nothing_built")
def test_the_absent_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolchainAbsent, match="`java` is not on this machine"):
        languages.install_python(tmp_path)


@pytest.mark.usefixtures("nothing_built")
def test_a_generator_that_cannot_be_fetched_is_an_absent_toolchain(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> str:
        raise RuntimeError("no route")

    monkeypatch.setattr(generator, "program", lambda name, _: name)
    monkeypatch.setattr(generator, "run", unreachable)

    with pytest.raises(ToolchainAbsent, match="cannot be fetched"):
        generator.jar()
