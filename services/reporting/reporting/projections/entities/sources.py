"""Linked databases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from contracts.registry import SourceChecked
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import Contributions, Timeline, counting_day, daily_contributions

__all__ = ["WHOLE_PROVINCE", "CountedSource"]

WHOLE_PROVINCE = "00000000-0000-0000-0000-000000000000"
"""Stands for the province where a count belongs to no unit."""


@counted_entity("source", id_field="source", counters=["data_sources", "data_sources_live"])
@dataclass(slots=True)
class CountedSource:
    """A linked database; it serves the whole province."""

    states: Timeline[bool] = field(default_factory=Timeline)

    @applies(SourceChecked)
    def apply_check(self, event: SourceChecked) -> bool:
        self.states.set_from(counting_day(event.at), event.live)
        return True

    def contributions(self) -> Contributions:
        def counted(day: date) -> list[tuple[str, str]]:
            live = [(WHOLE_PROVINCE, "data_sources_live")] if self.states.at(day) else []
            return [(WHOLE_PROVINCE, "data_sources"), *live]

        return daily_contributions(self.states.days(), counted)
