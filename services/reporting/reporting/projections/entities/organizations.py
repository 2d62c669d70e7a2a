"""Organizations and the provincial app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from contracts.onboarding import OrganizationStepCompleted
from contracts.registry import OrganizationRegistered, OrganizationSnapshot, OrganizationUpdated
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import BEGINNING, Contributions, Timeline, counting_day, daily_contributions

__all__ = ["CountedOrganization"]


@counted_entity("organization", id_field="organization_id", counters=["organizations", "organizations_with_app"])
@dataclass(slots=True)
class CountedOrganization:
    """An enterprise, household business or cooperative. As for residents, the registry does not publish since when."""

    version: int = 0
    units: Timeline[str] = field(default_factory=Timeline)
    active: Timeline[bool] = field(default_factory=Timeline)
    app: Timeline[bool] = field(default_factory=Timeline)

    @applies(OrganizationRegistered, OrganizationUpdated)
    def apply_snapshot(self, event: OrganizationSnapshot) -> bool:
        if event.version <= self.version:
            return False
        day = BEGINNING if self.version == 0 else counting_day(event.at)
        self.version = event.version
        self.units.set_from(day, str(event.unit_id))
        self.active.set_from(day, event.active)
        return True

    @applies(OrganizationStepCompleted)
    def apply_step(self, event: OrganizationStepCompleted) -> bool:
        self.app.set_from(counting_day(event.at), event.completed)
        return True

    def contributions(self) -> Contributions:
        days = [*self.units.days(), *self.active.days(), *self.app.days()]
        return daily_contributions(days, lambda day: list(self._counted(day)))

    def _counted(self, day: date) -> Iterator[tuple[str, str]]:
        unit_id = self.units.at(day)
        if unit_id is None or not self.active.at(day):
            return
        yield unit_id, "organizations"
        if self.app.at(day):
            yield unit_id, "organizations_with_app"
