"""Campaigns, their sessions and news, and the signatures of officials."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.onboarding import (
    CampaignStarted,
    CampaignState,
    CampaignUpdated,
    CommunicationPublished,
    OfficialSignatureIssued,
    SessionHeld,
)
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import BEGINNING, Contributions, Timeline, contribute, daily_contributions

__all__ = ["CountedCommunication", "CountedOfficialSignature", "CountedSession", "ProjectedCampaign"]

TRAINING_KINDS = frozenset({"conference", "training", "guidance", "installation"})


@counted_entity("campaign", id_field="campaign_id")
@dataclass(slots=True)
class ProjectedCampaign:
    """A campaign as it stands now: which units it covers, its targets and its steps. It contributes to no counter."""

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
    status: str = "active"

    @applies(CampaignStarted, CampaignUpdated)
    def apply_state(self, event: CampaignState) -> bool:
        if event.version <= self.version:
            return False
        self.version, self.unit_id, self.unit_code = event.version, str(event.unit_id), event.unit_code
        self.template, self.title = event.template, event.title
        self.starts_on, self.ends_on = event.starts_on, event.ends_on
        self.minimum_procedures, self.status = event.minimum_procedures, event.status
        self.plan_number, self.plan_issued_on = event.plan_number, event.plan_issued_on
        self.targets = [each.model_dump(mode="json") for each in event.targets]
        self.steps = [each.model_dump(mode="json") for each in event.steps]
        return True

    def contributions(self) -> Contributions:
        return Contributions()


@counted_entity("session", id_field="session_id", counters=["sessions_held", "people_trained", "merchants_trained"])
@dataclass(slots=True)
class CountedSession:
    """A conference, training, guidance or installation day, with its latest attendance."""

    unit_id: str = ""
    held_on: date = BEGINNING
    trains: bool = False
    people: int = 0
    businesses: int = 0

    @applies(SessionHeld)
    def apply_attendance(self, event: SessionHeld) -> bool:
        self.unit_id, self.held_on = str(event.unit_id) if event.held else "", event.held_on
        self.trains = event.kind in TRAINING_KINDS
        self.people = event.residents + event.members
        # Older events carry organizations and owners of shops, without the number of those that are both.
        self.businesses = max(event.organizations, event.merchants) if event.businesses is None else event.businesses
        return True

    def contributions(self) -> Contributions:
        counted = Contributions()
        if not self.unit_id:
            return counted
        contribute(counted, self.unit_id, "sessions_held", self.held_on)
        if self.trains:
            contribute(counted, self.unit_id, "people_trained", self.held_on, self.people)
            contribute(counted, self.unit_id, "merchants_trained", self.held_on, self.businesses)
        return counted


@counted_entity("communication", id_field="communication_id", counters=["communications_published"])
@dataclass(slots=True)
class CountedCommunication:
    """News or a broadcast."""

    unit_id: str = ""
    published_on: date = BEGINNING

    @applies(CommunicationPublished)
    def apply_publication(self, event: CommunicationPublished) -> bool:
        self.unit_id, self.published_on = str(event.unit_id) if event.published else "", event.published_on
        return True

    def contributions(self) -> Contributions:
        counted = Contributions()
        if self.unit_id:
            contribute(counted, self.unit_id, "communications_published", self.published_on)
        return counted


@counted_entity("official", id_field="official_id", counters=["officials_with_signature"])
@dataclass(slots=True)
class CountedOfficialSignature:
    """An official who holds a public-duty signature, or gave it back."""

    holdings: Timeline[str] = field(default_factory=Timeline)
    """The unit id while held, empty otherwise."""

    @applies(OfficialSignatureIssued)
    def apply_issue(self, event: OfficialSignatureIssued) -> bool:
        self.holdings.set_from(max(event.issued_on, BEGINNING), str(event.unit_id) if event.held else "")
        return True

    def contributions(self) -> Contributions:
        def counted(day: date) -> list[tuple[str, str]]:
            unit_id = self.holdings.at(day)
            return [(unit_id, "officials_with_signature")] if unit_id else []

        return daily_contributions(self.holdings.days(), counted)
