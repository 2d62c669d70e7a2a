"""What a check found wrong: one plain sentence, and one with the remedy."""

from __future__ import annotations

from typing import NamedTuple


class PreflightFinding(NamedTuple):
    """`check` is the name by which `SKIP_CHECKS` leaves the check out."""

    check: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.check}: {self.problem} {self.remedy}"
