"""Each client is built, compiled with a page that a person wrote, and plays one journey against a running platform."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.clients.generator import ToolchainAbsent, program, run
from deploy.clients.languages import LANGUAGES

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1800)]

PAGES = Path(__file__).parent / "journeys"
STEPS = {
    *("sign in", "register", "repeated key", "problem", "prefill", "draft", "attach", "stale etag", "submit"),
    *("received event", "download", "cursor", "webhook"),
}


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> str:
    """Where the platform is, with its demo; BAKHONG_URL names one that runs already."""
    return os.environ.get("BAKHONG_URL") or str(request.getfixturevalue("demo_platform_url"))


def built(language: str) -> Path:
    try:
        return LANGUAGES[language]()
    except ToolchainAbsent as missing:
        pytest.skip(str(missing))


def play(command: list[str], folder: Path, url: str, **variables: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | variables | {"BAKHONG_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    steps = {line.removeprefix("ok ") for line in done.stdout.splitlines() if line.startswith("ok ")}
    played = {step for step in STEPS if any(one.startswith(step) for one in steps)}

    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert played == STEPS


def test_the_python_client_plays_its_journey(url: str) -> None:
    folder = built("python")

    assert list(folder.glob("dist/*.whl"))
    play([sys.executable, str(PAGES / "journey.py")], folder, url, PYTHONPATH=str(folder))


def test_the_typescript_client_plays_its_journey(url: str, tmp_path: Path) -> None:
    folder = built("typescript")
    node, modules = program("node", "the TypeScript journey"), tmp_path / "node_modules"
    modules.mkdir()
    (modules / "bakhong-api").symlink_to(folder)
    for name in ("standardwebhooks", "@types"):
        (modules / name).symlink_to(folder / "node_modules" / name)
    shutil.copy(PAGES / "journey.ts", tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    strict = ["--target", "es2022", "--module", "nodenext", "--strict", "--skipLibCheck"]
    run([str(folder / "node_modules/.bin/tsc"), *strict, "--outDir", "out", "journey.ts"], tmp_path)

    play([node, "out/journey.js"], tmp_path, url)


def test_the_java_client_plays_its_journey(url: str, tmp_path: Path) -> None:
    folder = built("java")

    play([program("java", "the Java journey"), "-cp", f"{folder}/lib/*", str(PAGES / "Journey.java")], tmp_path, url)


def test_the_go_client_plays_its_journey(url: str, tmp_path: Path) -> None:
    folder = built("go")
    go = program("go", "the Go journey")
    shutil.copy(PAGES / "journey.go", tmp_path / "main.go")
    (tmp_path / "go.mod").write_text(GO_MODULE.format(client=folder))
    run([go, "mod", "tidy"], tmp_path)

    play([go, "run", "."], tmp_path, url)


def test_the_dart_sources_are_written() -> None:
    folder = built("dart")

    assert (folder / "lib/api.dart").exists()
    if shutil.which("dart") is None:
        pytest.skip("There is no Dart SDK on this machine: the sources were written and not compiled.")


GO_MODULE = """module journey

go 1.23

require (
\tbakhong.example/clients/go v0.0.0
\tgithub.com/google/uuid v1.6.0
\tgithub.com/standard-webhooks/standard-webhooks/libraries v0.0.1
)

replace bakhong.example/clients/go => {client}
"""
