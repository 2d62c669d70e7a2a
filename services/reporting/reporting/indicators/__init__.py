"""What is counted: every indicator as data, with its numerator, denominator, source and rounding."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from chassis.bilingual import BilingualText

__all__ = [
    "CounterDefinition",
    "Indicator",
    "IndicatorCatalogue",
    "Pillar",
    "Population",
    "catalogue",
    "share",
]

Language = Literal["vi", "en"]
Kind = Literal["head_count", "count", "amount", "ratio"]

DECIMALS = 2
"""Shares are given to two decimals, half up, and none for an empty denominator (formulas of Decision 766/QĐ-TTg)."""


@dataclass(frozen=True, slots=True)
class CounterDefinition:
    """A number that the projections keep day by day for each unit, and what it counts."""

    name: str
    meaning: BilingualText


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a report: a count, or a count over another.

    `pillar` is the "không" that it serves, `plan_item` the number of the plans' content item (1 to 12), `population` the
    people that a variant is divided by, `scope` is `province` for one number of the whole province. `is_personal`,
    `part_of` and `counted_by` decide what the public may see (see `disclosure`).
    """

    code: str
    title: BilingualText
    pillar: str
    plan_item: int | None
    kind: Kind
    numerator: CounterDefinition
    denominator: CounterDefinition | None
    source: BilingualText
    unit: str | None = None
    scope: Literal["unit", "province"] = "unit"
    population: str | None = None
    short: BilingualText | None = None
    decimals: int = DECIMALS
    is_personal: bool = True
    part_of: str | None = None
    counted_by: str | None = None

    @property
    def label(self) -> BilingualText:
        """The title, or a shorter one for narrow columns."""
        return self.short or self.title

    @property
    def base_code(self) -> str:
        return self.code.partition("@")[0]

    def counters(self) -> list[CounterDefinition]:
        """The numerator, and the denominator where it has one."""
        return [self.numerator, *([self.denominator] if self.denominator else [])]


@dataclass(frozen=True, slots=True)
class Population:
    """The people that a variant is divided by."""

    code: str
    title: BilingualText
    denominator: str
    part_of: str | None


@dataclass(frozen=True, slots=True)
class Pillar:
    """One of the three "không", or their foundations; `lead` is the indicator shown first."""

    code: str
    title: BilingualText
    note: BilingualText
    lead: str


@dataclass(frozen=True, slots=True)
class IndicatorCatalogue:
    """All indicators in their order, variants after their base, by code."""

    version: int
    indicators: dict[str, Indicator]
    pillars: dict[str, Pillar]
    populations: dict[str, Population]
    plan_items: dict[int, BilingualText]
    comparison: tuple[str, ...]

    def base(self) -> list[Indicator]:
        """The indicators without the variants by population."""
        return [each for each in self.indicators.values() if each.population is None]

    def of_pillar(self, pillar: str) -> list[Indicator]:
        return [each for each in self.base() if each.pillar == pillar]

    def of_plan_item(self, number: int) -> list[Indicator]:
        return [each for each in self.base() if each.plan_item == number]

    def nestings(self) -> list[tuple[str, str]]:
        """Pairs of counters of which the second counts a part of the first, direct and indirect ones."""
        direct = {each.numerator.name: self._whole_of(each) for each in self.indicators.values()}
        pairs: list[tuple[str, str]] = []
        for part, wholes in direct.items():
            reached, waiting = set(), list(wholes)
            while waiting:
                whole = waiting.pop()
                if whole not in reached:
                    reached.add(whole)
                    waiting += direct.get(whole, [])
            pairs += [(whole, part) for whole in sorted(reached)]
        return pairs

    def _whole_of(self, indicator: Indicator) -> list[str]:
        wholes = [indicator.part_of] if indicator.part_of else []
        if indicator.population:
            outer = self.populations[indicator.population].part_of
            wholes.append(f"{indicator.base_code}@{outer}" if outer else indicator.base_code)
        return [self.indicators[code].numerator.name for code in wholes]

    def counters(self) -> set[str]:
        return {counter.name for each in self.indicators.values() for counter in each.counters()}


@cache
def catalogue() -> IndicatorCatalogue:
    """The catalogue of this version of the package; read once."""
    tables = tomllib.loads(files(__name__).joinpath("catalogue.toml").read_text("utf-8"))
    populations = {code: _population(code, table) for code, table in tables["populations"].items()}
    return IndicatorCatalogue(
        version=tables["version"],
        indicators={each.code: each for table in tables["indicators"] for each in _with_variants(table, populations)},
        pillars={code: _pillar(code, table) for code, table in tables["pillars"].items()},
        populations=populations,
        comparison=tuple(tables["comparison"]),
        plan_items={int(number): _text(table) for number, table in tables["plan_items"].items()},
    )


def share(numerator: int, denominator: int | None) -> Decimal | None:
    """`numerator` over `denominator` in percent, two decimals, half up; None for no or an empty denominator."""
    if not denominator:
        return None
    quantum = Decimal(1).scaleb(-DECIMALS)
    return (Decimal(numerator * 100) / denominator).quantize(quantum, rounding=ROUND_HALF_UP)


def _with_variants(table: dict[str, Any], populations: dict[str, Population]) -> list[Indicator]:
    base = Indicator(
        code=table["code"],
        title=_text(table["title"]),
        pillar=table["pillar"],
        plan_item=table.get("plan_item"),
        kind=table["kind"],
        numerator=_counter(table["numerator"]),
        denominator=_counter(table["denominator"]) if "denominator" in table else None,
        source=_text(table["source"]),
        unit=table.get("unit"),
        scope=table.get("scope", "unit"),
        short=_text(table["short"]) if "short" in table else None,
        is_personal=table.get("personal", True),
        part_of=table.get("part_of"),
        counted_by=table.get("counted_by"),
    )
    return [base, *(_variant(base, populations[code]) for code in table.get("populations", []))]


def _variant(base: Indicator, population: Population) -> Indicator:
    meaning = base.numerator.meaning
    return Indicator(
        code=f"{base.code}@{population.code}",
        title=BilingualText(
            vi=f"{base.title.vi} / {population.title.vi}", en=f"{base.title.en} / {population.title.en}"
        ),
        pillar=base.pillar,
        plan_item=base.plan_item,
        kind=base.kind,
        numerator=CounterDefinition(
            f"{base.numerator.name}@{population.code}",
            BilingualText(
                vi=f"{meaning.vi}; chỉ tính {population.title.vi}", en=f"{meaning.en}; {population.title.en} only"
            ),
        ),
        denominator=CounterDefinition(population.denominator, _capital(population.title)) if base.denominator else None,
        source=base.source,
        unit=base.unit,
        population=population.code,
        part_of=f"{base.part_of}@{population.code}" if base.part_of else None,
    )


def _capital(text: BilingualText) -> BilingualText:
    return BilingualText(vi=text.vi[:1].upper() + text.vi[1:], en=text.en[:1].upper() + text.en[1:])


def _counter(table: dict[str, str]) -> CounterDefinition:
    return CounterDefinition(table["counter"], _text(table))


def _population(code: str, table: dict[str, str]) -> Population:
    return Population(code, _text(table), table["denominator"], table.get("part_of"))


def _pillar(code: str, table: dict[str, str]) -> Pillar:
    return Pillar(code, _text(table), BilingualText(vi=table["note_vi"], en=table["note_en"]), table["lead"])


def _text(table: dict[str, str]) -> BilingualText:
    return BilingualText(vi=table["vi"], en=table["en"])
