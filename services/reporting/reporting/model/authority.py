"""Who may read what of the reports: the one table that decides it. Reports hold counts, no personal data.

No request changes anything here: counts follow from events, filed reports from filings in onboarding. So no action
needs a second person, and none a purpose or a row in the access log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AUTHORITY", "EXACT_ROLES", "EXPORTING_ROLES", "RECONCILING_ROLES", "ReadRight"]

Role = Literal["officer", "auditor", "operator", "service"]
Relation = Literal["in unit", "other unit", "any"]
"""Of the unit that is asked about to the caller's unit: the same or below it by today's tree, another one, or either."""


@dataclass(frozen=True, slots=True)
class ReadRight:
    """A role may do `action` for a unit in this relation. What no row allows is refused, or answered as for the public."""

    action: Literal["exact figures", "export", "reconciliation"]
    role: Role
    relation: Relation


AUTHORITY = (
    ReadRight("exact figures", "officer", "in unit"),
    ReadRight("exact figures", "auditor", "in unit"),
    ReadRight("exact figures", "service", "any"),
    ReadRight("export", "officer", "in unit"),
    ReadRight("reconciliation", "officer", "in unit"),
    ReadRight("reconciliation", "auditor", "in unit"),
    ReadRight("reconciliation", "operator", "any"),
)


def _roles(action: str) -> tuple[Role, ...]:
    return tuple(right.role for right in AUTHORITY if right.action == action)


EXACT_ROLES = _roles("exact figures")
EXPORTING_ROLES = _roles("export")
RECONCILING_ROLES = _roles("reconciliation")
