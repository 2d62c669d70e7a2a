"""Where the communes lie: a point each, from coordinates that we keep; no tiles, and nothing from another host."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import cos, radians, sqrt
from typing import Generic, Protocol, TypeVar

from province import Pack, PackRefused, get_pack
from reporting.figures import Figure, UnitName

__all__ = ["WIDTH", "Place", "map_height", "places"]

SINCE = date(2025, 7, 1)
"""The codes of the points are those of communes since then; the same code was another commune before."""

WIDTH, EDGE, BAND = 640.0, 26.0, 16.0
"""Of the map: its width, the margin around the points, and the space for a name above a point."""

SMALLEST, LARGEST = 5.0, 15.0
"""Radius of a circle: of a commune without a known number of residents, and of the largest commune."""


class Shaded(Protocol):
    """A unit with the figure that colours it."""

    @property
    def unit(self) -> UnitName: ...


T = TypeVar("T", bound=Shaded)


@dataclass(frozen=True, slots=True)
class Place(Generic[T]):
    """A commune on the map: the middle and the radius of its circle; `label_at` is where its name begins or ends."""

    tile: T
    residents: Figure
    x: float
    y: float
    radius: float

    @property
    def anchor(self) -> str:
        """The side of the point on which the name stands: away from the edge of the map."""
        return "start" if self.x < WIDTH * 0.2 else "end" if self.x > WIDTH * 0.8 else "middle"


def places(tiles: Sequence[T], residents: dict[str, Figure], day: date) -> list[Place[T]]:
    """The communes that have a point on that day, the largest first so that small ones lie above; empty for other units."""
    known = _points() if day >= SINCE else {}
    most = max((figure.numerator or 0 for figure in residents.values()), default=0)
    found = [
        Place(each, residents[each.unit.code], *known[each.unit.code], _radius(residents[each.unit.code], most))
        for each in tiles
        if each.unit.code in known and each.unit.level == "commune"
    ]
    return sorted(found, key=lambda place: -(place.residents.numerator or 0))


def _radius(residents: Figure, most: int) -> float:
    """The area of a circle grows with the residents."""
    share = (residents.numerator or 0) / most if most else 0.0
    return round(SMALLEST + (LARGEST - SMALLEST) * sqrt(share), 1)


@cache
def _points() -> dict[str, tuple[float, float]]:
    """By code, x and y on the map: degrees of longitude are shorter than those of latitude by the cosine of the latitude."""
    where = read_points(get_pack())
    if not where:
        return {}
    west, north = min(lon for lon, _ in where.values()), max(lat for _, lat in where.values())
    scale = (WIDTH - 2 * EDGE) / (max(lon for lon, _ in where.values()) - west)
    stretch = scale / cos(radians(north))
    return {
        code: (round(EDGE + (lon - west) * scale, 1), round(EDGE + BAND + (north - lat) * stretch, 1))
        for code, (lon, lat) in where.items()
    }


def map_height() -> float:
    """Of the map; 0 where the province has no points."""
    return round(max((y for _, y in _points().values()), default=-EDGE) + EDGE, 1)


def read_points(pack: Pack) -> dict[str, tuple[float, float]]:
    """Longitude and latitude in degrees by the code of the commune; raises PackRefused."""
    if pack.commune_points is None:
        return {}
    lines = pack.commune_points.read_text("utf-8").splitlines()
    found, faults = {}, []
    for row in csv.DictReader(line for line in lines if not line.startswith("#")):
        try:
            found[row["code"]] = _in_viet_nam(float(row["lon"]), float(row["lat"]))
        except (KeyError, TypeError, ValueError):
            faults.append(f"commune_points.csv: code, lat, lon expected, in degrees within Viet Nam, not {row}")
    if len({lon for lon, _ in found.values()}) < 2 and not faults:
        faults.append("commune_points.csv: two points at least; leave the file out where there is no map")
    if faults:
        raise PackRefused(pack.folder, faults)
    return found


def _in_viet_nam(lon: float, lat: float) -> tuple[float, float]:
    if not (102 <= lon <= 118 and 6 <= lat <= 24):
        raise ValueError
    return lon, lat
