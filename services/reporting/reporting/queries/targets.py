"""Which campaign covers a unit on a day, and its targets there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from chassis.storage.database import ReadSession
from reporting.figures import CampaignPlan, Milestone, ReportTarget
from reporting.projections.entities.campaigns import ProjectedCampaign
from reporting.projections.states import parse_state
from reporting.projections.tree import Tree, TreeGeneration
from reporting.queries.counts import LiveVersion

__all__ = ["CoveringCampaign", "campaigns_over", "plans_over", "targets_of"]


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


def campaigns_over(
    campaigns: list[tuple[UUID, ProjectedCampaign]], tree: Tree, unit_id: UUID, day: date
) -> list[CoveringCampaign]:
    """The campaigns that cover a unit and have begun by `day`, the unit's own and the latest first.

    A campaign covers what stood below its unit when it began. A unit of the same level that took over goes on with it,
    and with it all that is below that unit now: a commune for a commune, never the province for a district.
    """
    generation = tree.at(day)
    line = [unit_id, *reversed(generation.ancestors(unit_id))]
    found: list[CoveringCampaign] = []
    for id, campaign in campaigns:
        if campaign.starts_on and campaign.starts_on > day:
            continue
        distance = _distance(campaign, tree, generation, line, day)
        if distance is not None:
            found.append(CoveringCampaign(id, campaign, distance))
    return sorted(found, key=lambda each: (each.distance, -(each.campaign.starts_on or date.min).toordinal(), each.id))


def _distance(
    campaign: ProjectedCampaign, tree: Tree, generation: TreeGeneration, line: list[UUID], day: date
) -> int | None:
    owner = tree.unit(UUID(campaign.unit_id))
    if owner is None:
        return None
    for distance, unit in enumerate(line):
        if owner.id in generation.homed.get(unit, ()) and generation.units[unit].level == owner.level:
            return distance
    below = tree.at(campaign.starts_on or day).members_of(owner.id)
    if line[0] not in below:
        return None
    return max(LEVELS.index(generation.units[line[0]].level) - LEVELS.index(owner.level), 1)


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
