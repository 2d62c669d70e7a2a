"""The texts, numbers and dates of one language."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from chassis.bilingual import BilingualText
from province import get_pack
from reporting.figures import Figure, Forecast, Point, ReportTarget, UnitName
from reporting.indicators import Indicator, catalogue

__all__ = ["Texts", "alphabetical"]

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
LARGE: tuple[tuple[int, str, str], ...] = (
    (1_000_000_000, "tỷ đồng", "billion VND"),
    (1_000_000, "triệu đồng", "million VND"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


ALPHABET = {letter: number for number, letter in enumerate("aăâbcdđeêghiklmnoôơpqrstuưvxy")}
TONES = "\u0300\u0309\u0303\u0301\u0323"


def alphabetical(name: str) -> list[tuple[int, int]]:
    """The key that sorts names as Vietnamese does: đ after d, ă after a; tones decide last, numbers by their value."""
    key: list[tuple[int, int]] = []
    for part in re.findall(r"\d+|\D", name.lower()):
        key.append((int(part), -1) if part.isdigit() else _letter(part))
    return key


def _letter(letter: str) -> tuple[int, int]:
    parts = normalize("NFD", letter)
    tone = max((TONES.index(part) + 1 for part in parts if part in TONES), default=0)
    plain = normalize("NFC", "".join(part for part in parts if part not in TONES))
    return (ALPHABET[plain] + 1000, tone) if plain in ALPHABET else (ord(plain[0]), tone)


class Texts:
    """Texts in one language (`vi` or `en`), and numbers and dates as it writes them."""

    def __init__(self, language: str) -> None:
        self.language = "en" if language == "en" else "vi"

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.text(name)

    def text(self, *path: str, **values: object) -> str:
        """The text of that name, with its places filled."""
        table: Any = _texts()
        for part in path:
            table = table[part]
        found: str = table[self.language]
        return found.format(**values) if values else found

    def of(self, text: BilingualText) -> str:
        return text[self.language]

    def number(self, value: int | Decimal, decimals: int = 0) -> str:
        """1.234,5 in Vietnamese, 1,234.5 in English."""
        quantum = Decimal(1).scaleb(-decimals)
        written = f"{Decimal(value).quantize(quantum, rounding=ROUND_HALF_UP):,}"
        return written if self.language == "en" else written.translate(str.maketrans(",.", ".,"))

    def percent(self, value: Decimal | None) -> str:
        if value is None:
            return "–"
        return f"{self.number(value, 1)}%"

    def count(self, figure: Figure, value: int | None) -> str:
        if value is None:
            return self.text("hidden") if figure.is_hidden else "–"
        return self.amount(figure.indicator, value)

    def amount(self, indicator: Indicator, value: int | Decimal) -> str:
        """A count with its unit; large sums of money in millions or billions of VND."""
        if indicator.kind != "amount":
            return self.number(value)
        for size, vi, en in LARGE:
            if value >= size:
                return f"{self.number(Decimal(value) / size, 1)}{NO_BREAK}{vi if self.language == 'vi' else en}"
        return f"{self.number(value)}{NO_BREAK}{'đồng' if self.language == 'vi' else 'VND'}"

    def result(self, figure: Figure) -> str:
        """What is shown large: the share where there is a denominator, else the count."""
        if figure.is_hidden:
            return self.text("hidden") if figure.numerator is None else "–"
        if figure.indicator.denominator is not None:
            return self.percent(figure.percent)
        return self.count(figure, figure.numerator)

    def point(self, indicator: Indicator, point: Point) -> str:
        if point.value is None:
            return "–"
        return self.percent(point.value) if indicator.denominator else self.amount(indicator, point.value)

    def parts(self, figure: Figure) -> str:
        """Numerator and denominator, as the reports print them."""
        if figure.indicator.denominator is None:
            return self.count(figure, figure.numerator)
        return f"{self.count(figure, figure.numerator)} / {self.count(figure, figure.denominator)}"

    def goal(self, indicator: Indicator, target: ReportTarget) -> str:
        if target.percent is not None and indicator.denominator is not None:
            decimals = 0 if target.percent == target.percent.to_integral_value() else 1
            return f"{self.number(target.percent, decimals)}%"
        return "–" if target.count is None else self.amount(indicator, target.count)

    def exact_goal(self, indicator: Indicator, target: ReportTarget) -> str:
        """The target in full, without a unit: two decimals of a share where it has any."""
        if target.percent is not None and indicator.denominator is not None:
            return self.number(target.percent, 0 if target.percent == target.percent.to_integral_value() else 2)
        return "–" if target.count is None else self.number(target.count)

    def forecast_line(self, forecast: Forecast) -> str:
        day = self.day(forecast.reached_on) if forecast.reached_on else ""
        due = self.day(forecast.target.due_on) if forecast.target.due_on else ""
        name = "overdue_still" if forecast.state == "overdue" and not day else forecast.state
        return self.text(f"forecast_{name}").format(day=day, due=due)

    def goal_left(self, missing: int | None, figure: Figure, is_reached: bool) -> str:
        """How many more are needed today; nothing where the target is reached, or where that is not known."""
        if is_reached or not missing:
            return ""
        of = figure.indicator.denominator
        kind = "people" if of is not None and of.name.partition("@")[0] == "residents" else "count"
        return self.text(f"missing_{kind}", number=self.amount(figure.indicator, missing))

    def residents_of(self, residents: Figure) -> str:
        return f"{self.of(residents.indicator.title).lower()}: {self.count(residents, residents.numerator)}"

    def day(self, day: date) -> str:
        if self.language == "en":
            return f"{day.day}{NO_BREAK}{MONTHS[day.month - 1]}{NO_BREAK}{day.year}"
        return f"{day.day:02}/{day.month:02}/{day.year}"

    def moment(self, at: datetime) -> str:
        local = at.astimezone(ZONE)
        return f"{local:%H:%M:%S}, {self.day(local.date())}"

    def unit(self, unit: UnitName) -> str:
        """The unit with its kind, unless its name begins with it: "Xã Đồng Tiến", "Thôn 1"."""
        kind = self.kind(unit)
        if self.language == "en":
            return f"{unit.name} {kind.lower()}" if kind else unit.name
        return unit.name if unit.name.lower().startswith(kind.lower()) else f"{kind} {unit.name}"

    def kind(self, unit: UnitName) -> str:
        kinds = _texts()["kind"]
        if unit.kind in kinds:
            return self.text("kind", unit.kind)
        return self.text("level", unit.level)

    def step_title(self, step: str) -> str:
        return self.of(catalogue().indicators[step].label)

    def trend_line(self, figure: Figure) -> str:
        """What a sparkline shows, for those who cannot see it."""
        known = [point for point in figure.trend if point.value is not None]
        if not known:
            return self.text("no_value")
        first, last = known[0], known[-1]
        return self.text("trend_from_to").format(
            first=self.point(figure.indicator, first),
            first_day=self.day(first.day),
            last=self.point(figure.indicator, last),
            last_day=self.day(last.day),
        )


@cache
def _texts() -> dict[str, Any]:
    table = tomllib.loads(files(__name__).joinpath("texts.toml").read_text("utf-8"))
    table["tagline"] = {language: line.format(province=get_pack().name) for language, line in table["tagline"].items()}
    return table
