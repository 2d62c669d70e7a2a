"""News, checks, models, votes and signatures of a campaign; who lacks a model; who stands where."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from chassis.clock import today
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.http import Page, page_by_id
from chassis.tables import KnownUnit
from onboarding.model.campaigns import Campaign
from onboarding.model.evidence import CATEGORIES, Communication, DigitalModel, Nomination, OfficialSignature, Vote
from onboarding.model.journeys import ResidentStep
from onboarding.model.people import KnownResident
from onboarding.model.ranking import Ranked, mean, ranked, share_of_target
from onboarding.model.sessions import CampaignSession
from onboarding.model.steps import STEPS
from onboarding.queries.campaigns import list_filings
from onboarding.queries.territory import list_children, units_below

Row = TypeVar("Row", bound=SQLModel)
FILING_WORTH = {"on_time": Fraction(1), "late": Fraction(1, 2), "missing": Fraction(0)}


async def list_of_campaign(
    session: ReadSession, table: type[Row], campaign_id: UUID, page: Page, **equal: Any
) -> tuple[list[Row], str | None]:
    """A page of the rows of one kind that belong to a campaign."""
    columns: Any = table
    query = select(table).where(columns.campaign_id == campaign_id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(getattr(columns, name) == value)
    return await page_by_id(session, query, columns.id, page)


async def get_of_campaign(session: ReadSession, table: type[Row], campaign_id: UUID, row_id: UUID) -> Row:
    """One row that belongs to a campaign, locked; 404 otherwise."""
    row: Any = await session.get(table, row_id, with_for_update=True)
    if row is None or row.campaign_id != campaign_id:
        raise NotFound()
    return row  # type: ignore[no-any-return]  # a row of `table`


async def list_without_model(session: ReadSession, campaign: Campaign, body: str | None) -> list[KnownUnit]:
    """Communes of the campaign in which a body has no model yet (requirement R80)."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    communes = await list_children(session, own, campaign.resolved_on) if own.level != "commune" else [own]
    query = select(DigitalModel.unit_id).where(col(DigitalModel.campaign_id) == campaign.id)
    if body:
        query = query.where(col(DigitalModel.body) == body)
    having = set(await session.exec(query))
    return [each for each in communes if each.id not in having]


@dataclass(frozen=True)
class Standing:
    """A unit's place in a campaign, with the parts (0 to 1) that its score is the mean of."""

    place: int
    unit: KnownUnit
    score: Fraction
    parts: dict[str, Fraction] = field(default_factory=dict)


async def rank_units(session: ReadSession, campaign: Campaign) -> list[Standing]:
    """Units below the campaign's, by the share of its targets that they reached; computed from the same data as reports."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    units = {each.id: each for each in await list_children(session, own, campaign.resolved_on)}
    parts = {unit_id: await _parts(session, campaign, unit_id) for unit_id in units}
    for owed in await list_filings(session, campaign):
        if owed.unit.id in parts:
            parts[owed.unit.id][f"filing_{owed.demand.kind}"] = FILING_WORTH[owed.state]
    scores = {unit_id: mean(each.values()) for unit_id, each in parts.items()}
    names = {unit_id: unit.name for unit_id, unit in units.items()}
    return [Standing(each.place, units[each.key], each.score, parts[each.key]) for each in ranked(scores, names)]


async def rank_nominations(
    session: ReadSession, campaign_id: UUID
) -> dict[str, list[tuple[Ranked[UUID], Nomination, DigitalModel]]]:
    """The models put up in each category, by votes."""
    rows = await session.exec(
        select(Nomination, DigitalModel)
        .join(DigitalModel, col(DigitalModel.id) == col(Nomination.model_id))
        .where(col(Nomination.campaign_id) == campaign_id)
    )
    put_up = {nomination.id: (nomination, model) for nomination, model in rows}
    votes = await count_votes(session, list(put_up))
    return {category: _by_votes(category, put_up, votes) for category in CATEGORIES}


async def count_votes(session: ReadSession, nominations: list[UUID]) -> Counter[UUID]:
    """Votes by nomination."""
    return Counter(await session.exec(select(Vote.nomination_id).where(col(Vote.nomination_id).in_(nominations))))


def _by_votes(
    category: str, put_up: dict[UUID, tuple[Nomination, DigitalModel]], votes: Counter[UUID]
) -> list[tuple[Ranked[UUID], Nomination, DigitalModel]]:
    here = {each: pair for each, pair in put_up.items() if pair[0].category == category}
    scores = {each: Fraction(votes[each]) for each in here}
    titles = {each: model.title for each, (_, model) in here.items()}
    return [(place, *here[place.key]) for place in ranked(scores, titles)]


async def _parts(session: ReadSession, campaign: Campaign, unit_id: UUID) -> dict[str, Fraction]:
    area = units_below(unit_id, campaign.resolved_on or today())
    people, done = await _count_steps(session, area)
    wanted = {each["indicator"]: each for each in campaign.targets}
    indicators = [each for each in wanted if each in STEPS] or ([] if wanted else list(STEPS))
    parts = {
        each: share_of_target(
            done.get(each, 0), people, wanted.get(each, {}).get("percent"), wanted.get(each, {}).get("count")
        )
        for each in indicators
    }
    for indicator, table in _COUNTED.items():
        if indicator in wanted:
            target = wanted[indicator]
            number = await _count(session, table, campaign.id, area)
            parts[indicator] = share_of_target(number, None, target.get("percent"), target.get("count") or 1)
    return parts


async def _count_steps(session: ReadSession, area: Any) -> tuple[int, dict[str, int]]:
    """Living residents of an area, and how many of them completed each step."""
    living = (col(KnownResident.life) == "alive") & col(KnownResident.unit_id).in_(area)
    people = (await session.exec(select(func.count()).select_from(KnownResident).where(living))).one()
    done = await session.exec(
        select(ResidentStep.step, func.count())
        .join(KnownResident, col(KnownResident.id) == col(ResidentStep.resident_id))
        .where(living, col(ResidentStep.status) == "completed")
        .group_by(col(ResidentStep.step))
    )
    return people, dict(iter(done))


async def _count(session: ReadSession, table: Any, campaign_id: UUID, area: Any) -> int:
    query = select(func.count()).select_from(table).where(table.campaign_id == campaign_id, table.unit_id.in_(area))
    if table is CampaignSession:
        query = query.where(CampaignSession.announced)
    if table is OfficialSignature:
        query = query.where(col(OfficialSignature.issued_on).is_not(None))
    return int((await session.exec(query)).one())


_COUNTED: dict[str, Any] = {
    "sessions_held": CampaignSession,
    "communications_published": Communication,
    "officials_with_signature": OfficialSignature,
}
