"""One function for each language: generate its client into a folder and build the package."""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.clients.generator import DOCUMENT, ROOT, generate, program, run
from gateway.api_docs.version import API_VERSION

DIST = ROOT / "dist"


def build_python() -> Path:
    """A wheel of `bakhong_api`."""
    folder = DIST / "python"
    generate("python", folder)
    run([_uv(), "build", "--wheel", "--quiet", str(folder)], folder)
    return folder


def install_python(target: Path) -> None:
    """Install the wheel into a folder, built first where it is absent or older than the document; one process at a time."""
    DIST.mkdir(exist_ok=True)
    with (DIST / "python.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wheel = _wheel()
        if wheel is None or wheel.stat().st_mtime < DOCUMENT.stat().st_mtime:
            build_python()
            wheel = _wheel()
        run([_uv(), "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)], DIST)


def _wheel() -> Path | None:
    return next(iter((DIST / "python/dist").glob("*.whl")), None)


def _uv() -> str:
    uv = Path(sys.executable).parents[2] / ".tools/bin/uv"
    return str(uv) if uv.exists() else program("uv", "the wheel")


def build_typescript() -> Path:
    """An npm package with the types of every operation."""
    npm, folder = program("npm", "the TypeScript client"), DIST / "typescript"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "clients/typescript", folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "docs/api/openapi.json", folder / "openapi.json")
    package = folder / "package.json"
    package.write_text(json.dumps(json.loads(package.read_text()) | {"version": API_VERSION}, indent=2) + "\n")
    run([npm, "ci" if (folder / "package-lock.json").exists() else "install", "--no-audit", "--no-fund"], folder)
    run([npm, "run", "--silent", "generate"], folder)
    run([npm, "run", "--silent", "build"], folder)
    run([npm, "pack", "--silent"], folder)
    return folder


def build_java() -> Path:
    """A jar, and its dependencies in `lib`."""
    maven, folder = program("mvn", "the Java client"), DIST / "java"
    generate("java", folder)
    skipped = ["-Dmaven.test.skip=true", "-Dmaven.javadoc.skip=true", "-Dmaven.source.skip=true"]
    run([maven, "-q", "-B", *skipped, "package"], folder)
    copied = ["dependency:copy-dependencies", "-DincludeScope=compile", f"-DoutputDirectory={folder / 'lib'}"]
    run([maven, "-q", "-B", *copied], folder)
    shutil.copy(folder / f"target/bakhong-api-{API_VERSION}.jar", folder / "lib")
    return folder


def build_go() -> Path:
    """A module."""
    go, folder = program("go", "the Go client"), DIST / "go"
    generate("go", folder)
    shutil.rmtree(folder / "test")  # empty tests that need another library
    run([go, "mod", "tidy"], folder)
    run([go, "build", "./..."], folder)
    return folder


def build_dart() -> Path:
    """Sources; analysed where there is a Dart SDK."""
    folder = DIST / "dart"
    generate("dart", folder)
    if dart := shutil.which("dart"):
        run([dart, "pub", "get"], folder)
        run([dart, "analyze", "--no-fatal-warnings", "lib"], folder)
    return folder


LANGUAGES: dict[str, Callable[[], Path]] = {
    "python": build_python,
    "typescript": build_typescript,
    "java": build_java,
    "go": build_go,
    "dart": build_dart,
}
