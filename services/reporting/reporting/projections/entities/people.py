"""Residents: where they live, how old they are, their steps, and what that contributes to which counter on which day.

The registry publishes where a resident lives, not since when, so the first unit it names holds for the past too, for
children as well: a share of June 2024 is over the same people as today's. A move holds from its day on, a correction for
the whole time of the wrong entry. A duplicate counts with its survivor, never beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from contracts.onboarding import ResidentGuided, StepCompleted, StepRevoked, StepState, StepUpdated
from contracts.registry import (
    ResidentDeceased,
    ResidentMerged,
    ResidentMoved,
    ResidentRegistered,
    ResidentRemoved,
    ResidentSnapshot,
    ResidentUnmerged,
    ResidentUpdated,
)
from reporting.projections.subscriptions import applies, counted_entity
from reporting.projections.timeline import BEGINNING, Contributions, Timeline, counting_day, daily_contributions

__all__ = ["CONDITIONS", "OBSTACLE", "CountedPerson", "CountingProfile", "contributions_of_people", "profile_of"]

SPLIT_BY_ACCOUNT = ("bank", "e_wallet", "mobile_money")

CONDITIONS: dict[str, tuple[str, ...]] = {
    "vneid": ("citizen_id_card", "smartphone"),
    "portal_account": ("personal_id_card", "social_insurance_no", "owner_verified_phone"),
    "province_app": ("smartphone",),
    "digital_signature": ("personal_id_card", "owner_verified_phone"),
    "cyber_protection": ("smartphone",),
}
"""The conditions of each step that the registry publishes (requirements R22-R25), for the obstacles of a unit."""

OBSTACLE = "obstacle:{step}:{condition}"
"""The counter of people of 15 and over who have not completed the step and lack the condition."""


POPULATIONS = ("", "@15_plus", "@adults", "@smartphone_users")
HEAD_COUNTS = (
    "residents", "vneid", "vneid_issued", "vneid_level_2", "portal_account", "province_app", "digital_signature",
    "payment_account", *(f"payment_account_{kind}" for kind in SPLIT_BY_ACCOUNT), "cyber_protection",
)  # fmt: skip


@counted_entity(
    "person",
    id_field="resident_id",
    counters=[
        *(f"{counter}{population}" for counter in HEAD_COUNTS for population in POPULATIONS),
        *(OBSTACLE.format(step=step, condition=each) for step, needed in CONDITIONS.items() for each in needed),
        "residents_guided",
    ],
)
@dataclass(slots=True)
class CountedPerson:
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

    @applies(
        ResidentRegistered, ResidentUpdated, ResidentMoved, ResidentDeceased, ResidentMerged, ResidentUnmerged,
        ResidentRemoved,
    )  # fmt: skip
    def apply_snapshot(self, event: ResidentSnapshot) -> bool:
        if event.version <= self.version:
            return False
        first = self.version == 0
        self.version = event.version
        self.birth_month = event.birth_month
        if isinstance(event, ResidentRemoved):
            self.units = Timeline()  # a record without a unit counts nowhere, also in the past
            return True
        if isinstance(event, ResidentMerged):
            self.survivor_id = str(event.survivor_id)
        elif event.life != "merged":
            self.survivor_id = None
        self.deceased_on = _day_of_death(self, event)
        _settle(self, event)
        self.conditions.set_from(BEGINNING if first else counting_day(event.at), _conditions(event))
        return True

    @applies(StepCompleted, StepRevoked, StepUpdated)
    def apply_step(self, event: StepState) -> bool:
        if event.version <= self.journey_version:
            return False
        self.journey_version = event.version
        timeline = self.steps.setdefault(event.step, Timeline())
        day = counting_day(event.at)
        if event.status == "completed" and event.completed_at is not None:
            since = counting_day(event.completed_at)
            if since < day and "completed" not in (timeline.at(since) or ()):
                timeline.set_from(since, _in_order({*(timeline.at(since) or ()), "completed"}))
        timeline.set_from(day, _marks(event))
        return True

    @applies(ResidentGuided)
    def apply_guidance(self, event: ResidentGuided) -> bool:
        """Only a visit with outcome `done` counts, from the first one on; a day that replaces counts whatever was before."""
        if event.replaces:
            day_of_guidance = max(event.guided_on, BEGINNING) if event.guided_on else None
            is_changed = self.guided_on != day_of_guidance
            self.guided_on = day_of_guidance
            return is_changed
        day = counting_day(event.at)
        if event.outcome != "done" or (self.guided_on is not None and self.guided_on <= day):
            return False
        self.guided_on = day
        return True

    def contributions(self) -> Contributions:
        """Of this record alone, without duplicates merged into it."""
        profile = profile_of(self)
        return contributions_of_people(Counter([profile] if profile else []))


class RecordHistory(NamedTuple):
    """What of one record counts, without the places: many residents share one history."""

    birth_month: str | None
    deceased_on: date | None
    guided_on: date | None
    moves: tuple[date, ...]
    conditions: tuple[tuple[date, tuple[str, ...]], ...]
    steps: tuple[tuple[str, tuple[tuple[date, tuple[str, ...]], ...]], ...]


class CountingProfile(NamedTuple):
    """What a resident counts by: the units in which they lived one after another, and their records, the survivor first."""

    homes: tuple[str, ...]
    records: tuple[RecordHistory, ...]


def profile_of(survivor: CountedPerson, duplicates: Sequence[CountedPerson] = ()) -> CountingProfile | None:
    """What a resident counts by, with the records merged into theirs; None for a record that does not count itself."""
    if survivor.survivor_id is not None or not survivor.units.entries():
        return None
    homes = tuple([home for _, home in survivor.units.entries()])
    return CountingProfile(homes, (_history_of(survivor), *map(_history_of, duplicates)))


def contributions_of_people(people: Counter[CountingProfile]) -> Contributions:
    """What people contribute, by how many there are of each profile; a negative number takes contributions away."""
    contributions = Contributions()
    for (homes, records), number in people.items():
        if number:
            for home, counter, day, change in _contributions_of_records(records):
                contributions[homes[home], counter, day] += change * number
    return contributions


@lru_cache(maxsize=20_000)
def _contributions_of_records(records: tuple[RecordHistory, ...]) -> tuple[tuple[int, str, date, int], ...]:
    """The contributions of all residents with these records, with the index of the home in place of the unit."""
    head = records[0]
    moves = Timeline(zip(head.moves, range(len(head.moves)), strict=True))
    conditions = Timeline(head.conditions)
    steps = [(name, Timeline(entries)) for record in records for name, entries in record.steps]

    def counted(day: date) -> list[tuple[int, str]]:
        home = moves.at(day)
        if home is None or (head.deceased_on and head.deceased_on <= day):
            return []
        marks: dict[str, set[str]] = {}
        for name, timeline in steps:
            marks.setdefault(name, set()).update(timeline.at(day) or ())
        counters = [*_counters(head, conditions.at(day) or (), marks, day)]
        if any(record.guided_on and record.guided_on <= day for record in records):
            counters.append("residents_guided")
        return [(home, counter) for counter in counters]

    return tuple(
        (home, counter, day, by)
        for (home, counter, day), by in daily_contributions(_turning_days(records), counted).items()
    )


def _history_of(person: CountedPerson) -> RecordHistory:
    return RecordHistory(
        person.birth_month,
        person.deceased_on,
        person.guided_on,
        tuple([day for day, _ in person.units.entries()]),
        tuple(person.conditions.entries()),
        tuple([(name, tuple(person.steps[name].entries())) for name in sorted(person.steps)]),
    )


def _day_of_death(person: CountedPerson, event: ResidentSnapshot) -> date | None:
    if isinstance(event, ResidentDeceased):
        return event.deceased_on
    if event.life == "deceased":
        return person.deceased_on or counting_day(event.at)
    return None


def _settle(person: CountedPerson, event: ResidentSnapshot) -> None:
    unit_id = str(event.unit_id)
    if isinstance(event, ResidentMoved):
        if not person.units.entries():
            person.units.set_from(BEGINNING, str(event.from_unit_id))
        person.units.set_from(max(event.moved_on, BEGINNING), unit_id)
    elif person.units.last() != unit_id:
        person.units.replace_last(unit_id)


def _conditions(event: ResidentSnapshot) -> tuple[str, ...]:
    """Those that hold, in the order of their names."""
    held = (
        ("away", event.residence_status == "away"),
        ("citizen_id_card", event.citizen_id_card),
        ("owner_verified_phone", event.owner_verified_phone),
        ("personal_id_card", event.personal_id_card),
        ("smartphone", event.has_smartphone),
        ("social_insurance_no", event.social_insurance_no),
    )
    return tuple([name for name, holds in held if holds])


def _marks(event: StepState) -> tuple[str, ...]:
    marks = set(event.marks)
    if event.status == "completed":
        marks.add("completed")
    elif event.status == "revoked":
        marks -= {*SPLIT_BY_ACCOUNT, "completed"}
    return _in_order(marks)


def _in_order(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _turning_days(records: Sequence[RecordHistory]) -> Iterator[date]:
    head = records[0]
    yield BEGINNING
    for years in (15, 18):
        if (day := _birthday(head.birth_month, years)) is not None:
            yield day
    if head.deceased_on:
        yield head.deceased_on
    yield from head.moves
    yield from (day for day, _ in head.conditions)
    for record in records:
        for _, entries in record.steps:
            yield from (day for day, _ in entries)
        if record.guided_on:
            yield record.guided_on


def _counters(head: RecordHistory, conditions: Collection[str], marks: dict[str, set[str]], day: date) -> Iterator[str]:
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


def _populations(record: RecordHistory, conditions: Collection[str], day: date) -> Iterator[str]:
    yield ""
    if _is_aged(record, 15, day):
        yield "@15_plus"
    if _is_aged(record, 18, day):
        yield "@adults"
    if "smartphone" in conditions and "away" not in conditions:
        yield "@smartphone_users"


def _obstacles(marks: dict[str, set[str]], conditions: Collection[str]) -> Iterator[str]:
    for name, needed in CONDITIONS.items():
        if "completed" not in marks.get(name, set()):
            for condition in needed:
                if condition not in conditions:
                    yield OBSTACLE.format(step=name, condition=condition)


def _is_aged(record: RecordHistory, years: int, day: date) -> bool:
    birthday = _birthday(record.birth_month, years)
    return birthday is not None and birthday <= day


def _birthday(birth_month: str | None, years: int) -> date | None:
    """The first day of the month (of the year, where only that is known) of the `years`-th birthday."""
    if not birth_month:
        return None
    year, _, month = birth_month.partition("-")
    return date(int(year) + years, int(month or 1), 1)
