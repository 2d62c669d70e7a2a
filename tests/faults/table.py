"""The table of a run: fault, accepted, lost, doubled, seconds to recover. `FAULTS_TABLE=path` writes it as Markdown."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.load import Outcome

HEAD = ("| fault | accepted | lost | doubled | recovered after |", "| --- | --- | --- | --- | --- |")


def note(fault: str, outcome: Outcome) -> None:
    """Prints the line of a fault and keeps it in the table; a later run of the same fault replaces it."""
    line = f"| {fault} | {outcome.accepted} | {outcome.lost} | {outcome.doubled} | {outcome.recovered:.1f} s |"
    print(line)  # noqa: T201  # what the run was for
    if place := os.environ.get("FAULTS_TABLE"):
        path = Path(place)
        before = path.read_text().splitlines()[len(HEAD) :] if path.exists() else []
        kept = [each for each in before if not each.startswith(f"| {fault} |")]
        path.write_text("\n".join((*HEAD, *kept, line)) + "\n")
