"""The public figures under attack: sixty days of answers, and what linear algebra makes of them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from chassis.clock import HO_CHI_MINH, today
from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.storage.database import Database
from chassis.testing import unit_event
from contracts.onboarding import PlanFiled
from contracts.payments_qr import PaymentSettled
from contracts.registry import UnitChanged
from reporting.handlers import on_counted_events
from reporting.indicators import catalogue
from reporting.queries.public_reports import get_public_report
from services.reporting.tests.conftest import completed, registered

DAYS = 60
SEEDS = [int(seed) for seed in os.environ.get("PUBLIC_SEEDS", "1").split()]
VILLAGES = {"20001": 4, "20002": 3, "20003": 5}
Cell = tuple[str, str, date]
"""Unit code, counter, day; a rest has the code of its unit with `*`."""
STEPS = ("vneid", "payment_account", "portal_account")


def village_codes() -> list[str]:
    return [f"{commune}-{number:02}" for commune, count in VILLAGES.items() for number in range(1, count + 1)]


def families() -> dict[str, list[str]]:
    """The children of every unit with its rest."""
    found = {"38": [*VILLAGES, "38*"]}
    for commune, count in VILLAGES.items():
        found[commune] = [f"{commune}-{number:02}" for number in range(1, count + 1)] + [f"{commune}*"]
    return found


def units_of_the_test() -> list[UnitChanged]:
    communes = [unit_event(code, name=f"Xã {code}") for code in VILLAGES]
    villages = [unit_event(code, parents=("38", code.partition("-")[0])) for code in village_codes()]
    return [unit_event("38", parents=(), level="province"), *communes, *villages]


class World:
    """Sixty days in twelve villages: people, their steps and payments; few in some villages, many in others."""

    def __init__(self, seed: int, units: Iterable[UnitChanged]) -> None:
        self._random = Random(seed)
        self._ids = {unit.code: unit.unit_id for unit in units}
        self.first = today() - timedelta(days=DAYS - 1)

    def events(self) -> Iterator[Any]:
        for village in village_codes():
            for _ in range(self._random.choice([2, 4, 9, 14, 30])):
                yield from self._resident(village)
            for _ in range(self._random.choice([0, 1, 3, 9])):
                yield self._payment(village)
        for _ in range(3):
            yield from self._resident("20001")

    def _at(self) -> datetime:
        day = self.first + timedelta(days=self._random.randint(-3, DAYS - 1))
        return datetime.combine(day, datetime.min.time(), HO_CHI_MINH) + timedelta(hours=9)

    def _resident(self, code: str) -> Iterator[Any]:
        born = self._random.choice([1950, 1984, 1990, 2004, 2009, 2010, 2011, 2016, 2020])
        person = registered(
            code, unit_id=self._ids[code], birth_month=f"{born}-02", has_smartphone=self._random.random() < 0.6
        )
        yield person
        version = 0
        for step in STEPS:
            if self._random.random() < 0.7:
                at, version = self._at(), version + 1
                marks = {"vneid": ["level_2"] if self._random.random() < 0.6 else [], "payment_account": ["bank"]}
                yield completed(
                    person, step, unit_id=self._ids[code], version=version, at=at, completed_at=at,
                    marks=marks.get(step, []),
                )  # fmt: skip

    def _payment(self, code: str) -> Any:
        at = self._at()
        return PaymentSettled(
            merchant_id=new_id(), payment_id=new_id(), unit_id=self._ids[code], unit_code=code, category="shop",
            amount=1000 * self._random.randint(5, 900), settled_at=at, business_day=at.date(),
        )  # fmt: skip


@pytest.fixture(params=SEEDS)
async def days(request: pytest.FixtureRequest, deliver: Callable[..., Any], database: Database) -> list[date]:
    units = units_of_the_test()
    await deliver(*units)
    world = World(request.param, units)
    async with database.transaction() as session:
        await on_counted_events(session, list(world.events()))
    filed = {
        "campaign_id": new_id(), "unit_id": units[1].unit_id, "unit_code": "20001", "kind": "weekly", "due_on": today(),
        "filed_on": today(), "state": "on_time", "period": "2026-W36",
    }  # fmt: skip
    await deliver(PlanFiled(filing_id=new_id(), **filed))
    return [world.first + timedelta(days=n) for n in range(DAYS)]


class Answers:
    """What was shown of every cell; two answers about one cell that differ are a failure of their own."""

    def __init__(self) -> None:
        self.shown: dict[Cell, int] = {}

    def see(self, unit: str, counter: str, day: date, value: int | None) -> None:
        if value is not None:
            assert self.shown.setdefault((unit, counter, day), value) == value, (unit, counter, day)

    def see_figures(self, unit: str, day: date, figures: Iterable[Mapping[str, Any]]) -> None:
        for each in figures:
            indicator = catalogue().indicators[each["code"]]
            self.see(unit, indicator.numerator.name, day, each["numerator"])
            if indicator.denominator:
                self.see(unit, indicator.denominator.name, day, each["denominator"])


ATTACKED = [
    code for code in catalogue().indicators
    if code.partition("@")[0] in ("residents", "vneid", "vneid_issued", "vneid_level_2", "payment_account")
]  # fmt: skip
RANKED = ("payment_account", "vneid@adults", "residents@15_plus")


async def fetch_everything(client: Any, runtime: Runtime, days: list[date]) -> Answers:
    answers = Answers()
    for day in days:
        for unit in families():
            body = (await client.get("/v1/reports/progress", params={"unit_code": unit, "as_of": str(day)})).json()
            answers.see_figures(unit, day, body["indicators"])
            for child in body["children"]:
                code = child["unit_code"] if child["unit_code"] != unit else f"{unit}*"
                answers.see_figures(code, day, child["indicators"])
    for unit in ("38", *VILLAGES, "20001-01", "20003-02"):
        for code in ATTACKED:
            query = {"unit_code": unit, "indicator": code, "from": str(days[0]), "to": str(days[-1])}
            points = (await client.get("/v1/reports/trend", params=query)).json()["points"]
            for point in points:
                answers.see_figures(unit, date.fromisoformat(point["day"]), [{"code": code, **point}])
    for day in days[::7]:
        for level in ("commune", "village"):
            for code in RANKED:
                query = {"level": level, "indicator": code, "as_of": str(day)}
                for row in (await client.get("/v1/reports/ranking", params=query)).json()["items"]:
                    answers.see_figures(row["unit_code"], day, [{"code": code, **row}])
    await see_pages(answers, runtime, days)
    for filed in (await client.get("/v1/reports/filed?unit_code=20001")).json()["items"]:
        body = (await client.get(f"/v1/reports/filed/{filed['id']}")).json()
        answers.see_figures("20001", days[-1], body["indicators"])
        for child in body["children"]:
            answers.see_figures(child["unit_code"], days[-1], child["indicators"])
    return answers


async def see_pages(answers: Answers, runtime: Runtime, days: list[date]) -> None:
    """What the dashboard's pages are made from."""
    async with runtime.database.reading() as session:
        for unit in (*families(), *village_codes()):
            report = await get_public_report(session, unit, days[-1])
            for figure in report.figures.values():
                shown = {"code": figure.code, "numerator": figure.numerator, "denominator": figure.denominator}
                answers.see_figures(unit, days[-1], [shown])
                for point in (point for point in figure.trend if point.day in days):
                    shown = {"code": figure.code, "numerator": point.numerator, "denominator": point.denominator}
                    answers.see_figures(unit, point.day, [shown])


async def true_counts(client: Any, days: list[date]) -> dict[Cell, int]:
    exact = Answers()
    for day in days:
        for unit in families():
            body = (await client.get("/v1/reports/progress", params={"unit_code": unit, "as_of": str(day)})).json()
            exact.see_figures(unit, day, body["indicators"])
            for child in body["children"]:
                code = child["unit_code"] if child["unit_code"] != unit else f"{unit}*"
                exact.see_figures(code, day, child["indicators"])
    return exact.shown


class Equations:
    """Linear equations over cells, solved exactly by elimination."""

    def __init__(self) -> None:
        self._rows: dict[Cell, dict[Cell, Fraction]] = {}
        """By leading cell; the key None of a row is its constant."""

    def add(self, row: Mapping[Any, int]) -> None:
        """`row` is a sum of cells and, under None, a constant, that is zero."""
        left = {cell: Fraction(number) for cell, number in row.items() if number}
        while (lead := min((cell for cell in left if cell is not None), default=None)) in self._rows:
            assert lead is not None
            self._subtract(left, self._rows[lead], left[lead])
        if lead is not None:
            factor = left[lead]
            self._rows[lead] = {cell: number / factor for cell, number in left.items()}

    def solved(self) -> dict[Cell, Fraction]:
        """The cells that have one value only."""
        found: dict[Cell, Fraction] = {}
        for lead in sorted(self._rows, reverse=True):
            row = dict(self._rows[lead])
            for cell in sorted((cell for cell in row if cell is not None and cell != lead), reverse=False):
                if cell in self._rows and cell in row:
                    self._subtract(row, self._rows[cell], row[cell])
            self._rows[lead] = row
            if all(cell in (lead, None) for cell in row):
                found[lead] = -row.get(None, Fraction(0))  # type: ignore[call-overload]  # the constant
        return found

    @staticmethod
    def _subtract(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], factor: Fraction) -> None:
        for cell, number in other.items():
            row[cell] = row.get(cell, Fraction(0)) - factor * number
            if not row[cell]:
                del row[cell]


def recovered(
    shown: Mapping[Cell, int], true: Mapping[Cell, int], counter: str, days: list[date], *, overnight: bool
) -> dict[Cell, int]:
    """The hidden cells of a counter that are determined: by the sums of each day, and `overnight` by the day before.

    The worst is assumed of the counts that are compared: readers know which cells are zero, and that counts whose sum stays
    the same stay the same.
    """
    known = {cell for cell in true if cell in shown or (overnight and not true[cell])}
    equations = Equations()
    for day in days:
        for unit, parts in families().items():
            equations.add(_sum_of(unit, parts, counter, day, true, known))
    for before, after in pairwise(days) if overnight else ():
        for unit, parts in families().items():
            unseen = [part for part in parts if not {(part, counter, before), (part, counter, after)} <= known]
            if len({_unseen_mass(unit, parts, unseen, counter, day, true, known) for day in (before, after)}) == 1:
                for part in unseen:
                    equations.add(_unchanged((part, counter, before), (part, counter, after), true, known))
    solved = equations.solved()
    return {cell: int(value) for cell, value in solved.items() if true.get(cell) == value}


def _unseen_mass(
    unit: str, parts: list[str], unseen: list[str], counter: str, day: date, true: Mapping[Cell, int], known: set[Cell]
) -> int | date:
    """What the parts that are not seen add up to, where the sum is known; else something that equals nothing else."""
    if (unit, counter, day) not in known:
        return day
    return true[unit, counter, day] - sum(true.get((part, counter, day), 0) for part in parts if part not in unseen)


def _unchanged(before: Cell, after: Cell, true: Mapping[Cell, int], known: set[Cell]) -> dict[Any, int]:
    row: dict[Any, int] = defaultdict(int)
    for cell, sign in ((before, 1), (after, -1)):
        if cell in known or cell not in true:
            row[None] += sign * true.get(cell, 0)
        else:
            row[cell] += sign
    return row


def _sum_of(
    unit: str, parts: list[str], counter: str, day: date, true: Mapping[Cell, int], known: set[Cell]
) -> dict[Any, int]:
    row: dict[Any, int] = defaultdict(int)
    for part, sign in [(unit, -1), *((part, 1) for part in parts)]:
        cell = (part, counter, day)
        if cell in known or cell not in true:
            row[None] += sign * true.get(cell, 0)
        else:
            row[cell] += sign
    return row


@pytest.mark.timeout(900)  # some hundred requests, and the machine may be busy
async def test_linear_algebra_finds_no_count_under_five_in_sixty_days_of_public_answers(
    days: list[date], calling: Callable[..., Any], runtime: Runtime
) -> None:
    answers = await fetch_everything(calling(), runtime, days)
    true = await true_counts(calling("officer", unit_code="38"), days)
    counters = sorted(
        {counter for _, counter, _ in true if counter.partition("@")[0] in {*STEPS, "residents", *ATTACKED}}
    )

    assert {cell: answers.shown[cell] for cell in answers.shown if answers.shown[cell] != true[cell]} == {}
    base = [cell for cell, value in true.items() if value >= 5 and cell[1] in ("residents", *STEPS)]
    assert sum(cell in answers.shown for cell in base) > 0.8 * len(base), "not more is hidden than needed"
    for counter in counters:
        found = recovered(answers.shown, true, counter, days, overnight=counter in ("residents", *STEPS))
        assert {cell: value for cell, value in found.items() if 0 < value < 5} == {}
        assert small_groups(answers.shown, true, counter, days) == []
    assert small_differences(answers.shown, true, counters, days) == []


def small_groups(shown: Mapping[Cell, int], true: Mapping[Cell, int], counter: str, days: list[date]) -> list[Any]:
    """Sums of hidden parts that follow from a shown sum, and are of fewer than five."""
    found = []
    for day in days:
        for unit, parts in families().items():
            if (unit, counter, day) in shown:
                unseen = sum(true.get((p, counter, day), 0) for p in parts if (p, counter, day) not in shown)
                if 0 < unseen < 5:
                    found.append((unit, counter, day, unseen))
    return found


def small_differences(
    shown: Mapping[Cell, int], true: Mapping[Cell, int], counters: list[str], days: list[date]
) -> list[Any]:
    """Differences of nested counters that are of fewer than five: in one unit, and of the parts that are not seen."""
    found = []
    nested = [pair for pair in catalogue().nestings() if set(pair) <= set(counters)]
    assert len(nested) > 20
    for whole, part in nested:
        for day in days:
            apart = {
                unit: true[unit, whole, day] - true.get((unit, part, day), 0)
                for unit, counter, at in true
                if counter == whole and at == day
            }
            both = {unit for unit in apart if (unit, whole, day) in shown and (unit, part, day) in shown}
            found += [(unit, whole, part, day) for unit in both if 0 < apart[unit] < 5]
            for unit, parts in families().items():
                unseen = sum(apart.get(each, 0) for each in parts if each not in both)
                if unit in both and 0 < unseen < 5:
                    found.append((unit, whole, part, day, unseen))
    return found


def test_the_solver_finds_what_follows() -> None:
    day = date(2026, 9, 1)
    a, b, c = (("a", "x", day), ("b", "x", day), ("c", "x", day))
    equations = Equations()
    equations.add({a: 1, b: 1, None: -7})
    equations.add({b: 1, c: 1, None: -9})
    assert equations.solved() == {}
    equations.add({a: 1, c: -1, None: 2})
    assert equations.solved() == {}
    equations.add({c: 2, None: -10})
    assert equations.solved() == {a: 3, b: 4, c: 5}
