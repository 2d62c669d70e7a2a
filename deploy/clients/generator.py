"""openapi-generator, resolved by Maven once and run by Java."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from gateway.api_docs.version import API_VERSION

ROOT = Path(__file__).parents[2]
VERSION = "7.25.0"
JAR = ROOT / f".cache/clients/openapi-generator-cli-{VERSION}.jar"
DOCUMENT = ROOT / "docs/api/openapi-3.0.json"
HEAP = ("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class ToolchainAbsent(RuntimeError):
    """A program is not on this machine; the message is a sentence that names it."""


def program(name: str, what_for: str) -> str:
    """The path of a program; ToolchainAbsent without it."""
    found = shutil.which(name)
    if found is None:
        raise ToolchainAbsent(f"`{name}` is not on this machine: {what_for} needs it.")
    return found


def generate(language: str, target: Path) -> None:
    """Write the client of a language into `target`, by `clients/<language>/config.yaml`."""
    shutil.rmtree(target, ignore_errors=True)
    config = ROOT / "clients" / language / "config.yaml"
    versions = f"packageVersion={API_VERSION},artifactVersion={API_VERSION},pubVersion={API_VERSION}"
    command = [program("java", f"the {language} client"), *HEAP, "-jar", str(jar()), "generate"]
    command += ["-i", str(DOCUMENT), "-c", str(config), "-o", str(target), "--additional-properties", versions]
    run(command, ROOT)


def jar() -> Path:
    """The generator; fetched at the first call."""
    if not JAR.exists():
        artifact = f"org.openapitools:openapi-generator-cli:{VERSION}:jar"
        maven = program("mvn", "fetching openapi-generator")
        fetch = [maven, "-q", "-B", "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={JAR.parent}"]
        try:
            run(fetch, ROOT)
        except RuntimeError as unreachable:
            raise ToolchainAbsent(f"openapi-generator cannot be fetched from here: {unreachable}") from unreachable
    return JAR


def run(command: list[str], folder: Path) -> str:
    """The output of a command; RuntimeError with its end where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:4])} … failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout
