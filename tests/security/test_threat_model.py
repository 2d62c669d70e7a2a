"""The threat model names tests; they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_named_in_the_threat_model_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    folders = ("libs", "services", "gateway", "tests", "deploy")
    files = [file for folder in folders for file in (ROOT / folder).rglob("test_*.py")]
    written = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))}

    assert named
    assert sorted(named - written) == []
