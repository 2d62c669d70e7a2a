"""A resident as the reports see one: where, how old, with which steps, and what that counts on which day.

The registry tells where somebody lives, not since when, so the first unit it names holds for the past too, for children as
well: a share of June 2024 is over the same people as today's. A move holds from its day on, a correction for the whole time
of the wrong entry. A duplicate counts with its survivor, never beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from contracts.onboarding import ResidentGuided, StepState
from contracts.registry import ResidentDeceased, ResidentMerged, ResidentMoved, ResidentSnapshot
from reporting.projections.timeline import BEGINNING, Tally, Timeline, local_date, sweep

__all__ = ["CONDITIONS", "OBSTACLE", "Counted", "Person", "guide", "know", "lives_of", "step", "tally_people"]

SPLIT_BY_ACCOUNT = ("bank", "e_wallet", "mobile_money")

CONDITIONS: dict[str, tuple[str, ...]] = {
    "vneid": ("citizen_id_card", "smartphone"),
    "portal_account": ("personal_id_card", "social_insurance_no", "owner_verified_phone"),
    "province_app": ("smartphone",),
    "digital_signature": ("personal_id_card", "owner_verified_phone"),
    "cyber_protection": ("smartphone",),
}
"""What a step needs of what the registry knows (requirements R22-R25): to tell what holds a village back."""

OBSTACLE = "obstacle:{step}:{condition}"
"""The counter of people of 15 and over who have not completed the step and lack the condition."""


@dataclass(slots=True)
class Person:
    """The state of one resident; `completed` and marks such as `level_2` hold per step and day."""

    version: int = 0
    journey_version: int = 0
    birth_month: str | None = None
    deceased_on: date | None = None
    survivor_id: str | None = None
    duplicates: list[str] = field(default_factory=list)
    """Ids of the records that were merged into this one."""
    guided_on: date | None = None
    units: Timeline[str] = field(default_factory=Timeline)
    conditions: Timeline[tuple[str, ...]] = field(default_factory=Timeline)
    steps: dict[str, Timeline[tuple[str, ...]]] = field(default_factory=dict)


class Life(NamedTuple):
    """What of one record counts, without the places: many lives are alike."""

    birth_month: str | None
    deceased_on: date | None
    guided_on: date | None
    moves: tuple[date, ...]
    conditions: tuple[tuple[date, tuple[str, ...]], ...]
    steps: tuple[tuple[str, tuple[tuple[date, tuple[str, ...]], ...]], ...]


class Counted(NamedTuple):
    """What a resident counts by: the units in which they lived one after another, and their records, the survivor first."""

    homes: tuple[str, ...]
    lives: tuple[Life, ...]


def know(person: Person, said: ResidentSnapshot) -> bool:
    """Takes what the registry says; False when it is older than what is known."""
    if said.version <= person.version:
        return False
    first = person.version == 0
    person.version = said.version
    person.birth_month = said.birth_month
    if isinstance(said, ResidentMerged):
        person.survivor_id = str(said.survivor_id)
    elif said.life != "merged":
        person.survivor_id = None
    person.deceased_on = _day_of_death(person, said)
    _settle(person, said)
    person.conditions.set_from(BEGINNING if first else local_date(said.at), _conditions(said))
    return True


def step(person: Person, said: StepState) -> bool:
    """Takes the state of a step; False when it is older than what is known."""
    if said.version <= person.journey_version:
        return False
    person.journey_version = said.version
    timeline = person.steps.setdefault(said.step, Timeline())
    day = local_date(said.at)
    marks = _marks(said)
    if said.status == "completed" and said.completed_at is not None:
        since = local_date(said.completed_at)
        if since < day and "completed" not in (timeline.at(since) or ()):
            timeline.set_from(since, _in_order({*(timeline.at(since) or ()), "completed"}))
    timeline.set_from(day, marks)
    return True


def guide(person: Person, said: ResidentGuided) -> bool:
    """Takes a visit; only somebody who was really guided counts, from the first time on."""
    day = local_date(said.at)
    if said.outcome != "done" or (person.guided_on is not None and person.guided_on <= day):
        return False
    person.guided_on = day
    return True


def lives_of(survivor: Person, duplicates: Sequence[Person] = ()) -> Counted | None:
    """What a resident, together with the records merged into theirs, counts by; None who does not count themselves."""
    if survivor.survivor_id is not None or not survivor.units.entries():
        return None
    homes = tuple([home for _, home in survivor.units.entries()])
    return Counted(homes, (_life_of(survivor), *map(_life_of, duplicates)))


def tally_people(people: Counter[Counted]) -> Tally:
    """What people count day by day, by how many there are of each kind; less than none are people who count no more."""
    tally = Tally()
    for (homes, lives), number in people.items():
        if number:
            for home, counter, day, change in _tally_alike(lives):
                tally[homes[home], counter, day] += change * number
    return tally


@lru_cache(maxsize=20_000)
def _tally_alike(lives: tuple[Life, ...]) -> tuple[tuple[int, str, date, int], ...]:
    """The tally of everybody who lived so, with the number of the home in place of the unit."""
    head = lives[0]
    moves = Timeline(zip(head.moves, range(len(head.moves)), strict=True))
    conditions = Timeline(head.conditions)
    steps = [(name, Timeline(entries)) for life in lives for name, entries in life.steps]

    def counted(day: date) -> list[tuple[int, str]]:
        home = moves.at(day)
        if home is None or (head.deceased_on and head.deceased_on <= day):
            return []
        marks: dict[str, set[str]] = {}
        for name, timeline in steps:
            marks.setdefault(name, set()).update(timeline.at(day) or ())
        counters = [*_counters(head, conditions.at(day) or (), marks, day)]
        if any(life.guided_on and life.guided_on <= day for life in lives):
            counters.append("residents_guided")
        return [(home, counter) for counter in counters]

    return tuple((home, counter, day, by) for (home, counter, day), by in sweep(_turning_days(lives), counted).items())


def _life_of(person: Person) -> Life:
    return Life(
        person.birth_month,
        person.deceased_on,
        person.guided_on,
        tuple([day for day, _ in person.units.entries()]),
        tuple(person.conditions.entries()),
        tuple([(name, tuple(person.steps[name].entries())) for name in sorted(person.steps)]),
    )


def _day_of_death(person: Person, said: ResidentSnapshot) -> date | None:
    if isinstance(said, ResidentDeceased):
        return said.deceased_on
    if said.life == "deceased":
        return person.deceased_on or local_date(said.at)
    return None


def _settle(person: Person, said: ResidentSnapshot) -> None:
    unit_id = str(said.unit_id)
    if isinstance(said, ResidentMoved):
        if not person.units.entries():
            person.units.set_from(BEGINNING, str(said.from_unit_id))
        person.units.set_from(max(said.moved_on, BEGINNING), unit_id)
    elif person.units.last() != unit_id:
        person.units.replace_last(unit_id)


def _conditions(said: ResidentSnapshot) -> tuple[str, ...]:
    """Those that hold, in the order of their names."""
    held = (
        ("away", said.residence_status == "away"),
        ("citizen_id_card", said.citizen_id_card),
        ("owner_verified_phone", said.owner_verified_phone),
        ("personal_id_card", said.personal_id_card),
        ("smartphone", said.has_smartphone),
        ("social_insurance_no", said.social_insurance_no),
    )
    return tuple([name for name, holds in held if holds])


def _marks(said: StepState) -> tuple[str, ...]:
    marks = set(said.marks)
    if said.status == "completed":
        marks.add("completed")
    elif said.status == "revoked":
        marks -= {*SPLIT_BY_ACCOUNT, "completed"}
    return _in_order(marks)


def _in_order(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _turning_days(lives: Sequence[Life]) -> Iterator[date]:
    head = lives[0]
    yield BEGINNING
    for years in (15, 18):
        if (day := _birthday(head.birth_month, years)) is not None:
            yield day
    if head.deceased_on:
        yield head.deceased_on
    yield from head.moves
    yield from (day for day, _ in head.conditions)
    for life in lives:
        for _, entries in life.steps:
            yield from (day for day, _ in entries)
        if life.guided_on:
            yield life.guided_on


def _counters(head: Life, conditions: Collection[str], marks: dict[str, set[str]], day: date) -> Iterator[str]:
    achieved = list(_achievements(marks))
    for population in _populations(head, conditions, day):
        yield f"residents{population}"
        for counter in achieved:
            yield f"{counter}{population}"
    if _is_aged(head, 15, day):
        yield from _obstacles(marks, conditions)


def _achievements(marks: dict[str, set[str]]) -> Iterator[str]:
    for name, held in marks.items():
        if "completed" in held:
            yield name
    vneid = marks.get("vneid", set())
    if vneid & {"issued", "level_1", "level_2", "completed"}:
        yield "vneid_issued"
    if {"level_2", "completed"} <= vneid:
        yield "vneid_level_2"
    for kind in SPLIT_BY_ACCOUNT:
        if kind in marks.get("payment_account", set()):
            yield f"payment_account_{kind}"


def _populations(life: Life, conditions: Collection[str], day: date) -> Iterator[str]:
    yield ""
    if _is_aged(life, 15, day):
        yield "@15_plus"
    if _is_aged(life, 18, day):
        yield "@adults"
    if "smartphone" in conditions and "away" not in conditions:
        yield "@smartphone_users"


def _obstacles(marks: dict[str, set[str]], conditions: Collection[str]) -> Iterator[str]:
    for name, needed in CONDITIONS.items():
        if "completed" not in marks.get(name, set()):
            for condition in needed:
                if condition not in conditions:
                    yield OBSTACLE.format(step=name, condition=condition)


def _is_aged(life: Life, years: int, day: date) -> bool:
    birthday = _birthday(life.birth_month, years)
    return birthday is not None and birthday <= day


def _birthday(birth_month: str | None, years: int) -> date | None:
    """The first day of the month (of the year, where only that is known) in which somebody turns `years`."""
    if not birth_month:
        return None
    year, _, month = birth_month.partition("-")
    return date(int(year) + years, int(month or 1), 1)
