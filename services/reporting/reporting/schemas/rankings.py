"""Units of one level in the order of an indicator."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from reporting.forecasts import RankedUnit
from reporting.schemas.numbers import as_number

Category = Literal["advanced", "effective", "excellent"]


class RankedView(BaseModel):
    """A unit's place; null without a value. Equal values share a place."""

    place: int | None
    """The place (hạng), 1 is best; null without a value."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    name: str
    """The unit's name."""
    numerator: int | None
    """The count (tử số); null where it is hidden."""
    denominator: int | None
    """What it is divided by (mẫu số)."""
    percent: float | None
    """The share in percent."""
    value: float | None
    """What is compared: the share, or the count where there is no denominator."""

    @classmethod
    def of(cls, ranked: RankedUnit) -> RankedView:
        figure = ranked.figure
        return cls(
            place=ranked.place,
            unit_code=ranked.unit.code,
            name=ranked.unit.name,
            numerator=figure.numerator,
            denominator=figure.denominator,
            percent=as_number(figure.percent),
            value=as_number(figure.value),
        )


class CommendationView(BaseModel):
    """A unit that may be put forward: `excellent`, `effective` or `advanced`, with the mean share of its targets."""

    category: Category
    """The title that is proposed (danh hiệu): tiên tiến, hiệu quả, xuất sắc."""
    unit_code: str
    """The unit's code (mã đơn vị)."""
    name: str
    """The unit's name."""
    reached: float
    """Mean share of its targets, in percent, each at most 100."""


class UnitRankingView(BaseModel):
    """Units by an indicator, best first, and who may be commended for all targets together."""

    level: Literal["district", "commune", "village"]
    """The level of the units that are compared (cấp)."""
    parent: str
    """The code of the unit above them."""
    indicator: str
    """The indicator's code."""
    as_of: date
    """The figures are those of the end of this day."""
    items: list[RankedView]
    """The units, best first; those without a value last."""
    commendations: list[CommendationView]
    """Who may be put forward, best first."""
    next_cursor: str | None = None
    """Always null: a ranking is one page."""
