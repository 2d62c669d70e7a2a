"""Every threat of the threat model names tests, and they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
FOLDERS = ("libs", "services", "gateway", "tests", "deploy")


def threats() -> list[list[str]]:
    """The rows of the tables of threats: threat, what stops it, tests."""
    rows = []
    for table in re.findall(r"^\| threat \|.*\n\|[- |]+\|\n((?:\|.*\n)+)", MODEL, re.MULTILINE):
        rows += [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return rows


def test_every_threat_names_a_test() -> None:
    assert len(threats()) > 30
    assert [row[0] for row in threats() if len(row) != 3 or not re.search(r"`test_\w+`", row[2])] == []


def test_every_test_named_in_the_threat_model_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", MODEL))
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("test_*.py")]
    written = {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))}

    assert sorted(named - written) == []
