"""Campaigns as the reports need them: which units they cover, what they want to reach, how far their steps are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.onboarding import CampaignState
from reporting.projections.timeline import Tally

__all__ = ["Campaign"]


@dataclass(slots=True)
class Campaign:
    """The campaign as it stands now; it counts nothing itself."""

    version: int = 0
    unit_id: str = ""
    unit_code: str = ""
    template: str = "custom"
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    minimum_procedures: int | None = None
    plan_number: str | None = None
    plan_issued_on: date | None = None
    targets: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    def know(self, said: CampaignState) -> bool:
        if said.version <= self.version:
            return False
        self.version, self.unit_id, self.unit_code = said.version, str(said.unit_id), said.unit_code
        self.template, self.title = said.template, said.title
        self.starts_on, self.ends_on = said.starts_on, said.ends_on
        self.minimum_procedures = said.minimum_procedures
        self.plan_number, self.plan_issued_on = said.plan_number, said.plan_issued_on
        self.targets = [each.model_dump(mode="json") for each in said.targets]
        self.steps = [each.model_dump(mode="json") for each in said.steps]
        return True

    def tally(self) -> Tally:
        return Tally()
