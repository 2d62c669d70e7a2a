"""Where each unit of a campaign stands, and what it is behind on: villages of a commune, communes of a district or province."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from chassis.clock import now, today
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownUnit
from onboarding.model.campaigns import Campaign, Task
from onboarding.model.deadlines import is_overdue
from onboarding.model.ranking import mean
from onboarding.model.reminders import CampaignReminder
from onboarding.model.sessions import CampaignSession
from onboarding.model.teams import Team
from onboarding.model.visits import Visit
from onboarding.queries.campaigns import OwedFiling, owed_filings
from onboarding.queries.ranking import areas_of, rank_units
from onboarding.queries.sessions import begin_of
from onboarding.queries.territory import list_children


@dataclass
class UnitStanding:
    """One unit: what was set up and done in it, how far it is with each target (0 to 1), what it is behind on."""

    unit: KnownUnit
    teams: int = 0
    sessions: int = 0
    sessions_held: int = 0
    visits: int = 0
    overdue_tasks: int = 0
    filings: dict[str, str] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)
    behind: list[str] = field(default_factory=list)


async def list_standings(session: ReadSession, campaign: Campaign) -> list[UnitStanding]:
    """The units directly below the campaign's, by code; what is done in campaigns drawn up under this one counts too."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    units = await list_children(session, own, campaign.resolved_on)
    counts = await _Counting(session, campaign, units).all()
    owed = await owed_filings(session, campaign)
    ranking = await rank_units(session, campaign)
    parts = {each.unit.id: each.parts for each in ranking.unit_ranks}
    means = _means([each.parts for each in ranking.unit_ranks])
    return [_standing(unit, counts, owed, parts.get(unit.id, {}), means) for unit in units]


async def list_reminders(session: ReadSession, campaign_id: UUID) -> list[CampaignReminder]:
    """Letters that were sent, the newest first."""
    query = select(CampaignReminder).where(col(CampaignReminder.campaign_id) == campaign_id)
    return list(await session.exec(query.order_by(col(CampaignReminder.id).desc()).limit(500)))


def _standing(
    unit: KnownUnit, counts: dict[str, Counter[UUID]], owed: Sequence[OwedFiling], parts: dict[str, Fraction],
    means: dict[str, Fraction],
) -> UnitStanding:  # fmt: skip
    mine = [each for each in owed if each.unit.id == unit.id]
    targets = {name: part for name, part in parts.items() if not name.startswith("filing_")}
    numbers: dict[str, Any] = {name: counted[unit.id] for name, counted in counts.items()}
    standing = UnitStanding(
        unit,
        **numbers,
        filings={each.demand.kind: each.state for each in mine},
        parts={name: round(float(part), 4) for name, part in targets.items()},
    )
    standing.behind = [
        *(name for name, number in (("team", standing.teams), ("session", standing.sessions), ("visit", standing.visits))
          if not number),
        *(["task"] if standing.overdue_tasks else []),
        *(f"filing_{each.demand.kind}" for each in mine if _is_behind(each)),
        *(f"target_{name}" for name, part in targets.items() if part < 1 and part < means[name]),
    ]  # fmt: skip
    return standing


def _is_behind(owed: OwedFiling) -> bool:
    filed_on = owed.filing.filed_on if owed.filing else None
    return owed.state == "late" or is_overdue(owed.demand.due_on, filed_on, today())


def _means(parts: Sequence[dict[str, Fraction]]) -> dict[str, Fraction]:
    return {
        name: mean(each[name] for each in parts if name in each) for name in {name for each in parts for name in each}
    }


@dataclass
class _Counting:
    """Counts by unit, each in one statement."""

    session: ReadSession
    campaign: Campaign
    units: Sequence[KnownUnit]

    async def all(self) -> dict[str, Counter[UUID]]:
        under = select(Campaign.id).where(col(Campaign.parent_id) == self.campaign.id)
        campaigns = [self.campaign.id, *await self.session.exec(under.where(col(Campaign.status) != "cancelled"))]
        planned = col(CampaignSession.campaign_id).in_(campaigns) & ~col(CampaignSession.is_cancelled)
        late = (col(Task.due_on) < today()) & col(Task.done_on).is_(None) & (col(Task.status) != "cancelled")
        begun = self.campaign.resolved_on
        visited = col(Visit.occurred_at) >= begin_of(begun) if begun else col(Visit.id).is_not(None)
        return {
            "teams": await self._by_unit(Team, col(Team.campaign_id).in_(campaigns)),
            "sessions": await self._by_unit(CampaignSession, planned),
            "sessions_held": await self._by_unit(CampaignSession, planned & (col(CampaignSession.starts_at) <= now())),
            "visits": await self._by_unit(Visit, visited),
            "overdue_tasks": await self._by_unit(Task, col(Task.campaign_id).in_(campaigns) & late),
        }

    async def _by_unit(self, table: Any, condition: Any) -> Counter[UUID]:
        area = areas_of([each.id for each in self.units], self.campaign.resolved_on or today())
        query = (
            select(area.c.child, func.count())
            .join(table, table.unit_id == area.c.unit)
            .where(condition)
            .group_by(area.c.child)
        )
        return Counter(dict(iter(await self.session.exec(query))))
