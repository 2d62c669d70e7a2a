"""The catalogue of indicators and counters."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from reporting.indicators import CounterDefinition, Indicator, catalogue


class CounterView(BaseModel):
    """What is counted, in texts."""

    counter: str
    """The counter's name, by day and unit."""
    meaning: str
    """What it counts, in words."""

    @classmethod
    def of(cls, counter: CounterDefinition, language: str) -> CounterView:
        return cls(counter=counter.name, meaning=counter.meaning[language])


class IndicatorView(BaseModel):
    """The definition of an indicator. `pillar`: once, cashless, distance or foundation; `plan_item`: 1 to 12."""

    code: str
    """The code by which the indicator is asked for."""
    title: str
    """Its title (tên chỉ số)."""
    pillar: Literal["once", "cashless", "distance", "foundation"]
    """The “không” that it serves, or their foundation."""
    plan_item: int | None
    """The plans' content item (nội dung), 1 to 12; null for what belongs to none."""
    kind: Literal["head_count", "count", "amount", "ratio"]
    """What is counted: heads, things, money, or form fields."""
    unit: str | None
    """The unit of the count, such as VND; null for plain counts."""
    population: str | None
    """The people that a variant is divided by; null for the base indicator."""
    numerator: CounterView
    """What is counted (tử số)."""
    denominator: CounterView | None
    """What it is divided by (mẫu số); null for a plain count."""
    source: str
    """The service, and who confirms the data (nguồn)."""
    decimals: int
    """Decimals of the share."""

    @classmethod
    def of(cls, indicator: Indicator, language: str) -> IndicatorView:
        return cls(
            code=indicator.code,
            title=indicator.title[language],
            pillar=indicator.pillar,
            plan_item=indicator.plan_item,
            kind=indicator.kind,
            unit=indicator.unit,
            population=indicator.population,
            numerator=CounterView.of(indicator.numerator, language),
            denominator=CounterView.of(indicator.denominator, language) if indicator.denominator else None,
            source=indicator.source[language],
            decimals=indicator.decimals,
        )


class IndicatorsView(BaseModel):
    """The catalogue."""

    version: int
    """Version of the catalogue."""
    items: list[IndicatorView]
    """The indicators, variants after their base."""
    next_cursor: str | None = None
    """Always null: the catalogue is one page."""

    @classmethod
    def all(cls, language: str) -> IndicatorsView:
        known = catalogue()
        return cls(
            version=known.version, items=[IndicatorView.of(each, language) for each in known.indicators.values()]
        )
