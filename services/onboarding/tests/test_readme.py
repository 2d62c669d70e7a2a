"""The README says what the service hears and says, and nothing else."""

import re
from pathlib import Path

from contracts import access, counts
from contracts import onboarding as own
from contracts.fact import FACTS
from onboarding.reactions import REACTIONS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table(head: str) -> set[str]:
    """Types named in the first column of a table, without their common prefix and version."""
    body = README.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    return {name for line in body.splitlines()[2:] for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", line.split("|")[1])}


def short(type_: str) -> str:
    return type_.removeprefix("vn.bakhong.").removesuffix(".v1")


def test_the_readme_lists_what_is_heard() -> None:
    assert table("hears") == {short(fact.type) for fact in REACTIONS}


def test_the_readme_lists_what_is_said() -> None:
    said = {short(type_) for type_, fact in FACTS.items() if fact.__module__ == own.__name__}

    assert table("says") == said | {short(access.AccessRecorded.type), short(counts.CountsTaken.type)}
