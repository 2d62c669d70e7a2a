"""Who stands where in a campaign: units by what they reached of its targets, models by votes.

Everything is counted once for all units: the cost grows with the units of a campaign, not with their residents' number
of statements. The counts are the ones the reports are made of: this service's tables, and the counts of other services.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from chassis.clock import today
from chassis.security.scope import valid_on
from chassis.storage.database import ReadSession
from chassis.storage.tables import KnownLineage, KnownUnit
from onboarding.model.campaigns import Campaign
from onboarding.model.counting import MARKED, KnownCount
from onboarding.model.evidence import CATEGORIES, Communication, DigitalModel, Nomination, OfficialSignature, Vote
from onboarding.model.journeys import ResidentStep, StepEvidence
from onboarding.model.people import KnownOrganization, KnownResident
from onboarding.model.ranking import RankedKey, mean, ranked, share_of_target
from onboarding.model.sessions import TRAINING_KINDS, Attendance, CampaignSession
from onboarding.model.steps import STEPS
from onboarding.queries.campaigns import owed_filings
from onboarding.queries.territory import list_children
from onboarding.queries.visits import guidances

FILING_WORTH = {"on_time": Fraction(1), "late": Fraction(1, 2), "missing": Fraction(0)}
PEOPLE = (*STEPS, *MARKED, "residents_guided")
"""Indicators whose whole are the living residents of a unit."""
WHOLES = {
    "merchants_with_qr": "merchants",
    "utility_points_with_qr": "utility_points",
    "dossiers_online": "dossiers",
    "dossiers_self_service": "dossiers_online",
    "fees_paid_online": "dossiers_with_fee",
    "organizations_with_app": "organizations",
}
"""Of what a percentage of other indicators is taken, where that is counted too."""


@dataclass(frozen=True)
class UnitRank:
    """A unit's place in a campaign, with the parts (0 to 1) that its score is the mean of."""

    place: int
    unit: KnownUnit
    score: Fraction
    parts: dict[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True)
class CampaignRanking:
    """Units by place; `uncounted` are targets without a known count (or without the whole of a percentage)."""

    unit_ranks: list[UnitRank]
    uncounted: list[str]


async def rank_units(session: ReadSession, campaign: Campaign) -> CampaignRanking:
    """Units below the campaign's, by the share of its targets that they reached."""
    own = await session.get_one(KnownUnit, campaign.unit_id)
    units = {each.id: each for each in await list_children(session, own, campaign.resolved_on)}
    counts = await _count(session, campaign, list(units), campaign.resolved_on or today())
    wanted, uncounted = _targets(campaign, counts)
    parts = {unit_id: _parts(wanted, counts, unit_id) for unit_id in units}
    for owed in await owed_filings(session, campaign):
        if owed.unit.id in parts:
            parts[owed.unit.id][f"filing_{owed.demand.kind}"] = FILING_WORTH[owed.state]
    scores = {unit_id: mean(each.values()) for unit_id, each in parts.items()}
    names = {unit_id: unit.name for unit_id, unit in units.items()}
    places = ranked(scores, names)
    return CampaignRanking(
        [UnitRank(each.place, units[each.key], each.score, parts[each.key]) for each in places], uncounted
    )


async def rank_nominations(
    session: ReadSession, campaign_id: UUID
) -> dict[str, list[tuple[RankedKey[UUID], Nomination, DigitalModel]]]:
    """The models nominated in each category, by votes."""
    rows = await session.exec(
        select(Nomination, DigitalModel)
        .join(DigitalModel, col(DigitalModel.id) == col(Nomination.model_id))
        .where(col(Nomination.campaign_id) == campaign_id)
    )
    nominated = {nomination.id: (nomination, model) for nomination, model in rows}
    votes = await count_votes(session, list(nominated))
    return {category: _by_votes(category, nominated, votes) for category in CATEGORIES}


async def count_votes(session: ReadSession, nominations: list[UUID]) -> Counter[UUID]:
    """Votes by nomination."""
    return Counter(await session.exec(select(Vote.nomination_id).where(col(Vote.nomination_id).in_(nominations))))


def _by_votes(
    category: str, nominated: dict[UUID, tuple[Nomination, DigitalModel]], votes: Counter[UUID]
) -> list[tuple[RankedKey[UUID], Nomination, DigitalModel]]:
    here = {each: pair for each, pair in nominated.items() if pair[0].category == category}
    scores = {each: Fraction(votes[each]) for each in here}
    titles = {each: model.title for each, (_, model) in here.items()}
    return [(place, *here[place.key]) for place in ranked(scores, titles)]


CountsByUnit = Mapping[str, Mapping[UUID, int]]
"""By indicator, how many each unit has; an indicator that is missing was not counted."""


def _targets(campaign: Campaign, counts: CountsByUnit) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """The targets that can be ranked by, and those that cannot; a plan without targets means all six steps.

    The least number of services to choose is a target of every plan that names it (requirements R19, R57).
    """
    wanted = {each["indicator"]: each for each in campaign.targets} or {step: {} for step in STEPS}
    if campaign.template == "district" and campaign.minimum_procedures and "procedures_chosen" in counts:
        wanted.setdefault("procedures_chosen", {"count": campaign.minimum_procedures})
    uncounted = [name for name, target in wanted.items() if not _is_counted(name, target, counts)]
    return {name: target for name, target in wanted.items() if name not in uncounted}, uncounted


def _is_counted(indicator: str, target: Mapping[str, Any], counts: CountsByUnit) -> bool:
    is_share = target.get("count") is None
    return indicator in counts and (not is_share or _whole_of(indicator) in counts)


def _whole_of(indicator: str) -> str:
    of_all, at, population = indicator.partition("@")
    return f"residents{at}{population}" if of_all in PEOPLE else WHOLES.get(indicator, "")


def _parts(wanted: dict[str, dict[str, Any]], counts: CountsByUnit, unit_id: UUID) -> dict[str, Fraction]:
    return {
        name: share_of_target(
            counts[name].get(unit_id, 0),
            counts.get(_whole_of(name), {}).get(unit_id, 0),
            target.get("percent"),
            target.get("count"),
        )
        for name, target in wanted.items()
    }


async def _count(session: ReadSession, campaign: Campaign, units: list[UUID], day: date) -> CountsByUnit:
    area = areas_of(units, day)
    return {
        **await _of_people(session, area),
        **await _of_populations(
            session, area, {each["indicator"].partition("@")[2] for each in campaign.targets} - {""}
        ),
        **await _of_organizations(session, area),
        **await _of_campaign(session, campaign, area),
        **await _of_others(session, area),
    }


def areas_of(units: list[UUID], day: date) -> Any:
    """Pairs of a unit and each unit in it, itself too, as of a day."""
    top, below = aliased(KnownLineage), aliased(KnownLineage)
    # '0' is the character after '/': the range holds exactly the paths below.
    inside = (col(below.path) >= col(top.path) + "/") & (col(below.path) < col(top.path) + "0")
    return (
        select(col(top.unit_id).label("child"), col(below.unit_id).label("unit"))
        .join(below, or_(col(below.path) == col(top.path), inside))
        .where(col(top.unit_id).in_(units), valid_on(top, day), valid_on(below, day))
        .distinct()
        .subquery()
    )


async def _of_populations(session: ReadSession, area: Any, populations: set[str]) -> dict[str, dict[UUID, int]]:
    """The same of a part of the residents, by `indicator@population`, as the reports tell these apart."""
    counts: dict[str, dict[UUID, int]] = {}
    for name in sorted(populations & POPULATIONS.keys()):
        found = await _steps_of(session, area, POPULATIONS[name](today()))
        counts |= {f"{indicator}@{name}": by_unit for indicator, by_unit in found.items()}
    return counts


def _aged(years: int, on: date) -> ColumnElement[bool]:
    # A month is born on its first day, a year on that of January: "2010" comes before "2010-01" as text too.
    return col(KnownResident.birth_month) <= f"{on.year - years:04}-{on.month:02}"


POPULATIONS: Mapping[str, Callable[[date], ColumnElement[bool]]] = {
    "15_plus": lambda on: _aged(15, on),
    "adults": lambda on: _aged(18, on),
    "smartphone_users": lambda on: col(KnownResident.has_smartphone) & (col(KnownResident.residence_status) != "away"),
}
"""The parts of the residents that an indicator may be about."""


async def _of_people(session: ReadSession, area: Any) -> dict[str, dict[UUID, int]]:
    """Living residents, and how many of them completed each step, carry each mark, or were guided."""
    counts = await _steps_of(session, area, true())
    counts["residents_guided"] = await _guided(session, area)
    return counts


async def _steps_of(session: ReadSession, area: Any, population: ColumnElement[bool]) -> dict[str, dict[UUID, int]]:
    alive = (col(KnownResident.life) == "alive") & population
    residents = select(area.c.child, func.count()).join(KnownResident, col(KnownResident.unit_id) == area.c.unit)
    counts: dict[str, dict[UUID, int]] = {
        "residents": dict(iter(await session.exec(_by_child(residents, area, alive))))
    }
    counts |= {name: {} for name in (*STEPS, *MARKED)}
    done, marks = col(ResidentStep.status) == "completed", col(ResidentStep.marks)
    counted: Any = (
        select(area.c.child, ResidentStep.step, done.label("is_done"), marks)
        .add_columns(func.count())
        .join(KnownResident, col(KnownResident.unit_id) == area.c.unit)
        .join(ResidentStep, col(ResidentStep.resident_id) == col(KnownResident.id))
        .where(alive, done | (func.cardinality(marks) > 0))
        .group_by(area.c.child, col(ResidentStep.step), done, marks)
    )
    for child, step, is_done, held, number in await session.exec(counted):
        names = [step] if is_done else []
        names += [name for name, (of, mark) in MARKED.items() if of == step and mark in held]
        for name in names:
            counts[name][child] = counts[name].get(child, 0) + number
    return counts


async def _guided(session: ReadSession, area: Any) -> dict[UUID, int]:
    """Living residents who were guided in person; the guidance of a merged record is its survivor's."""
    guided, record = guidances(), aliased(KnownResident)
    person = func.coalesce(col(record.merged_into), col(record.id))
    query = (
        select(area.c.child, func.count(col(KnownResident.id).distinct()))
        .join(KnownResident, col(KnownResident.unit_id) == area.c.unit)
        .join(record, person == col(KnownResident.id))
        .join(guided, guided.c.resident_id == col(record.id))
    )
    return dict(iter(await session.exec(_by_child(query, area, col(KnownResident.life) == "alive"))))


async def _of_organizations(session: ReadSession, area: Any) -> dict[str, dict[UUID, int]]:
    """Active organizations, and how many of them have the provincial app: the newest evidence decides."""
    known = select(area.c.child, func.count()).join(KnownOrganization, col(KnownOrganization.unit_id) == area.c.unit)
    last = (
        select(StepEvidence.subject_id, StepEvidence.effect)
        .where(col(StepEvidence.step) == "province_app", col(StepEvidence.effect) != "started")
        .where(col(StepEvidence.subject_id).in_(select(KnownOrganization.id)))
        .ext(distinct_on(col(StepEvidence.subject_id)))
        .order_by(
            col(StepEvidence.subject_id), col(StepEvidence.occurred_at).desc(), col(StepEvidence.id).desc()
        )
        .subquery()
    )  # fmt: skip
    active = col(KnownOrganization.active)
    with_app = known.join(last, last.c.subject_id == col(KnownOrganization.id))
    return {
        "organizations": dict(iter(await session.exec(_by_child(known, area, active)))),
        "organizations_with_app": dict(
            iter(await session.exec(_by_child(with_app, area, active & (last.c.effect == "held"))))
        ),
    }


async def _of_campaign(session: ReadSession, campaign: Campaign, area: Any) -> dict[str, dict[UUID, int]]:
    """What was done in this campaign."""
    held = col(CampaignSession.announced) & ~col(CampaignSession.is_cancelled)
    signed = col(OfficialSignature.issued_on).is_not(None) & col(OfficialSignature.returned_on).is_(None)
    counts = {
        "sessions_held": await _rows(session, CampaignSession, campaign, area, held),
        "communications_published": await _rows(session, Communication, campaign, area),
        "officials_with_signature": await _rows(session, OfficialSignature, campaign, area, signed),
    }
    return counts | await _trained(session, campaign, area)


async def _trained(session: ReadSession, campaign: Campaign, area: Any) -> dict[str, dict[UUID, int]]:
    """Attendances at training sessions: of residents and the core force, and of businesses."""
    attended = (
        select(area.c.child, Attendance.kind, Attendance.is_merchant, func.count())
        .join(CampaignSession, col(CampaignSession.unit_id) == area.c.unit)
        .join(Attendance, col(Attendance.session_id) == col(CampaignSession.id))
        .where(
            col(CampaignSession.campaign_id) == campaign.id,
            col(CampaignSession.announced),
            ~col(CampaignSession.is_cancelled),
            col(CampaignSession.kind).in_(TRAINING_KINDS),
        )
        .group_by(area.c.child, col(Attendance.kind), col(Attendance.is_merchant))
    )
    people: Counter[UUID] = Counter()
    businesses: Counter[UUID] = Counter()
    for child, kind, is_merchant, number in await session.exec(attended):
        people[child] += number if kind != "organization" else 0
        businesses[child] += number if kind == "organization" or is_merchant else 0
    return {"people_trained": people, "merchants_trained": businesses}


async def _of_others(session: ReadSession, area: Any) -> dict[str, dict[UUID, int]]:
    """What the other services published last, by today's bearers of the codes that they counted."""
    query = (
        select(KnownCount.indicator, area.c.child, func.sum(KnownCount.count))
        .join(KnownUnit, (col(KnownUnit.code) == col(KnownCount.unit_code)) & valid_on(KnownUnit, today()))
        .outerjoin(area, area.c.unit == col(KnownUnit.id))
        .group_by(col(KnownCount.indicator), area.c.child)
    )
    counts: dict[str, dict[UUID, int]] = {}
    for indicator, child, number in await session.exec(query):
        by_unit = counts.setdefault(indicator, {})
        if child is not None:
            by_unit[child] = int(number)
    return counts


async def _rows(
    session: ReadSession, table: Any, campaign: Campaign, area: Any, condition: Any = True
) -> dict[UUID, int]:
    query = select(area.c.child, func.count()).join(table, table.unit_id == area.c.unit)
    return dict(iter(await session.exec(_by_child(query, area, (table.campaign_id == campaign.id) & condition))))


def _by_child(query: Any, area: Any, condition: Any) -> Any:
    return query.where(condition).group_by(area.c.child)
