"""Which campaign covers a unit on a day, and its targets there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.figures import CampaignPlan, Milestone, ReportTarget
from reporting.projections.entities.campaigns import ProjectedCampaign
from reporting.projections.states import parse_state
from reporting.projections.tree import Tree
from reporting.queries.counts import LiveVersion

__all__ = ["CampaignCoverage", "CoveringCampaign", "list_campaigns", "plans_over", "targets_of"]


LEVELS = ("province", "district", "commune", "village")


@dataclass(frozen=True, slots=True)
class CoveringCampaign:
    """A campaign, and how far above the unit the unit that runs it is; 0 is its own."""

    id: UUID
    campaign: ProjectedCampaign
    distance: int


async def list_campaigns(session: ReadSession, live: LiveVersion) -> list[tuple[UUID, ProjectedCampaign]]:
    """All campaigns; there are a few per unit at most."""
    rows = await session.execute(
        text("SELECT id, state FROM subject WHERE version = :version AND kind = 'campaign' ORDER BY id"),
        {"version": live.version},
    )
    return [(UUID(row.id), parse_state(ProjectedCampaign, row.state)) for row in rows if row.state]


class CampaignCoverage:
    """Which campaigns have begun by a day and cover which units; made once for all the units of a report.

    A campaign covers what stood below its unit when it began. A unit of the same level that took over goes on with it,
    and with it all that is below that unit now: a commune for a commune, never the province for a district. A cancelled
    campaign covers nothing.
    """

    def __init__(self, campaigns: Iterable[tuple[UUID, ProjectedCampaign]], tree: Tree, day: date) -> None:
        self._generation = tree.at(day)
        self._going_on: dict[UUID, list[tuple[UUID, ProjectedCampaign]]] = defaultdict(list)
        self._below: dict[UUID, list[tuple[UUID, ProjectedCampaign, int]]] = defaultdict(list)
        for id, campaign in campaigns:
            owner = tree.unit(UUID(campaign.unit_id))
            if owner is None or campaign.status == "cancelled" or (campaign.starts_on and campaign.starts_on > day):
                continue
            home = self._generation.home_of(owner.id)
            if home is not None and self._generation.units[home].level == owner.level:
                self._going_on[home].append((id, campaign))
            for unit_id in tree.at(campaign.starts_on or day).members_of(owner.id):
                self._below[unit_id].append((id, campaign, LEVELS.index(owner.level)))

    def over(self, unit_id: UUID) -> list[CoveringCampaign]:
        """The campaigns that cover a unit of this day, the unit's own and the latest first."""
        line = [unit_id, *reversed(self._generation.ancestors(unit_id))]
        found = {
            id: CoveringCampaign(id, campaign, distance)
            for distance, unit in reversed(list(enumerate(line)))
            for id, campaign in self._going_on.get(unit, ())
        }
        level = LEVELS.index(self._generation.units[unit_id].level)
        for id, campaign, owner_level in self._below.get(unit_id, ()):
            if id not in found:
                found[id] = CoveringCampaign(id, campaign, max(level - owner_level, 1))
        return sorted(found.values(), key=_nearest_first)


def _nearest_first(covering: CoveringCampaign) -> tuple[int, int, UUID]:
    return covering.distance, -(covering.campaign.starts_on or date.min).toordinal(), covering.id


def targets_of(covering: list[CoveringCampaign]) -> dict[str, ReportTarget]:
    """By indicator, the target of the nearest campaign that has one; the services to choose count as one."""
    targets: dict[str, ReportTarget] = {}
    for each in covering:
        campaign = each.campaign
        for target in campaign.targets:
            percent = Decimal(str(target["percent"])) if target.get("percent") is not None else None
            # A count belongs to the unit that set it: no plan divides it among the units below.
            if percent is None and each.distance:
                continue
            targets.setdefault(target["indicator"], ReportTarget(percent, target.get("count"), campaign.ends_on))
    minimums = [each.campaign.minimum_procedures for each in covering if each.campaign.minimum_procedures]
    if minimums:
        targets.setdefault("procedures_chosen", ReportTarget(None, max(minimums), None))
    return targets


def plans_over(covering: list[CoveringCampaign]) -> tuple[CampaignPlan, ...]:
    """The plans with their steps, nearest first."""
    return tuple(_plan(each.campaign) for each in covering)


def _plan(campaign: ProjectedCampaign) -> CampaignPlan:
    return CampaignPlan(
        title=campaign.title,
        template=campaign.template,
        number=campaign.plan_number,
        issued_on=campaign.plan_issued_on,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        milestones=tuple(_milestone(step) for step in campaign.steps),
    )


def _milestone(step: dict[str, object]) -> Milestone:
    return parse_state(Milestone, step)
