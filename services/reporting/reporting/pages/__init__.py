"""The dashboard's pages: a report in, HTML out. No queries here, and nothing is loaded from another host."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from chassis.clock import today
from reporting.figures import Figure, Point, Report, UnitFigures, UnitName
from reporting.indicators import Indicator, catalogue
from reporting.pages import charts
from reporting.pages.places import WIDTH, Place, map_height, places
from reporting.pages.standing import standing_of
from reporting.texts import Texts, alphabetical

__all__ = ["CONTENT_SECURITY_POLICY", "View", "asset", "render_missing", "render_report", "render_wrong_address"]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SIX_STEPS = ("vneid", "portal_account", "province_app", "digital_signature", "payment_account", "cyber_protection")

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class View:
    """How the reader wants to see the report: language, the indicator that colours the grid, order, day."""

    language: str = "vi"
    indicator: str = "payment_account"
    sort: str = "name"
    as_of: date | None = None

    def link(self, code: str | None = None, **changes: str) -> str:
        """The address of a unit's page (of the province without a code) in this view, with changes."""
        chosen = {
            "lang": self.language if self.language != "vi" else "",
            "indicator": self.indicator if self.indicator != "payment_account" else "",
            "sort": self.sort if self.sort != "name" else "",
            "as_of": self.as_of.isoformat() if self.as_of else "",
        } | changes
        query = urlencode({name: value for name, value in chosen.items() if value})
        path = f"/dashboard/units/{code}" if code else "/dashboard"
        return f"{path}?{query}" if query else path


def render_report(report: Report, view: View) -> str:
    """The page of a unit: province, district, commune or village."""
    return (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            view=view,
            texts=Texts(view.language),
            charts=charts,
            catalogue=catalogue(),
            tiles=_tiles(report, view),
            groups=list(_groups(report)),
            forecasts={each.code: each for each in report.forecasts},
            comparison=_comparison(report),
            course=_course(report),
            names=report.names(),
            newest=max(report.as_of, today()),
            standing=standing_of(report, SIX_STEPS),
            places=_places(report, view),
            map_size=(WIDTH, map_height()),
            sign_in=f"/dashboard/sign-in?{urlencode({'next': view.link(_code(report))})}",
            child_level=report.children[0].unit.level if report.children else "",
            asset_link=asset_link,
            integrity=integrity,
        )
    )


def render_missing(code: str, day: date, view: View) -> str:
    """The page for a code that no unit has on that day."""
    page = _environment().get_template("missing.html")
    return page.render(
        code=code, day=day, view=view, texts=Texts(view.language), asset_link=asset_link, integrity=integrity
    )


def render_wrong_address(code: str | None, fault: str, view: View, **values: object) -> str:
    """The page for a day or an indicator that there is not; `fault` is the name of its text. It leads to today's figures."""
    texts = Texts(view.language)
    page = _environment().get_template("wrong_address.html")
    return page.render(
        code=code,
        reason=texts.text(fault, **values),
        view=view,
        texts=texts,
        asset_link=asset_link,
        integrity=integrity,
    )


def asset(name: str) -> tuple[bytes, str] | None:
    """A file that the pages load, with its media type; None for any other name."""
    found = _assets().get(name)
    return (found.read_bytes(), MEDIA_TYPES["." + name.rpartition(".")[2]]) if found else None


def asset_link(name: str) -> str:
    """The address of an asset; it changes with the content, so that browsers may keep it for ever."""
    return f"/dashboard/assets/{name}?v={_digest(name)}"


def integrity(name: str) -> str:
    """What a browser checks a vendored script against: the hash that is pinned, not that of the file it gets."""
    return "sha256-" + b64encode(bytes.fromhex(_pinned()[name])).decode()


@cache
def _pinned() -> dict[str, str]:
    manifest = tomllib.loads(files(__name__).joinpath("assets/vendor.toml").read_text("utf-8"))
    return {name: digest for entry in manifest.values() for name, digest in entry["sha256"].items()}


@cache
def _digest(name: str) -> str:
    return sha256(_assets()[name].read_bytes()).hexdigest()[:12]


@cache
def _assets() -> dict[str, Traversable]:
    folder = files(__name__).joinpath("assets")
    return {each.name: each for each in folder.iterdir() if "." + each.name.rpartition(".")[2] in MEDIA_TYPES}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__name__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """A unit in the coloured grid; `shade` 0 to 6, or None without a value."""

    unit: UnitName
    figure: Figure
    shade: int | None


def _tiles(report: Report, view: View) -> list[Tile]:
    children = [each for each in report.children if not each.is_rest and view.indicator in each.figures]
    figures = [each.figures[view.indicator] for each in children]
    scale = charts.shades(figures)
    tiles = [Tile(each.unit, figure, scale(figure)) for each, figure in zip(children, figures, strict=True)]
    if view.sort == "value":
        return sorted(tiles, key=lambda tile: (tile.figure.value is None, -(tile.figure.value or 0), tile.unit.code))
    return sorted(tiles, key=lambda tile: alphabetical(tile.unit.name))


def _places(report: Report, view: View) -> list[Place[Tile]]:
    residents = {child.unit.code: child.figures["residents"] for child in report.children if not child.is_rest}
    return places(_tiles(report, view), residents, report.as_of) if report.unit.level == "province" else []


def _code(report: Report) -> str | None:
    """The code in a page's address: the province has none."""
    return None if report.unit.level == "province" else report.unit.code


def _groups(report: Report) -> Iterator[tuple[int | None, list[Figure]]]:
    """The base figures by the plan's items, what has no item first."""
    for number in (None, *catalogue().plan_items):
        found = [figure for figure in report.of_base() if figure.indicator.plan_item == number]
        if found:
            yield number, found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units side by side: the columns, one row per unit with its shade per column, and the total."""

    columns: list[Indicator]
    rows: list[tuple[UnitFigures, list[tuple[Figure | None, int | None]]]]


def _comparison(report: Report) -> Comparison:
    columns = [catalogue().indicators[code] for code in catalogue().comparison]
    scales = {each.code: charts.shades(_column(report, each.code)) for each in columns}
    rows: list[tuple[UnitFigures, list[tuple[Figure | None, int | None]]]] = []
    for child in report.children:
        cells: list[Any] = []
        for column in columns:
            figure = child.figures.get(column.code)
            shade = scales[column.code](figure) if figure and column.denominator and not child.is_rest else None
            cells.append((figure, shade))
        rows.append((child, cells))
    return Comparison(columns, rows)


@dataclass(frozen=True, slots=True)
class Course:
    """The six steps over the last weeks: the columns, and one row per day with a point per column."""

    columns: list[Indicator]
    rows: list[tuple[date, list[Point]]]


def _course(report: Report) -> Course:
    shown = [report.figures[code] for code in SIX_STEPS if code in report.figures and report.figures[code].trend]
    days = [point.day for point in shown[0].trend] if shown else []
    rows = [(day, [figure.trend[number] for figure in shown]) for number, day in enumerate(days)]
    return Course([figure.indicator for figure in shown], rows)


def _column(report: Report, code: str) -> list[Figure]:
    return [child.figures[code] for child in report.children if code in child.figures and not child.is_rest]
