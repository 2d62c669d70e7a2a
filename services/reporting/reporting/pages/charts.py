"""Small pictures as SVG without scripts or inline styles: they print, and a strict content security policy lets them be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import pi

from markupsafe import Markup

from reporting.figures import Figure, Point

__all__ = ["SHADES", "bar", "ring", "shades", "sparkline"]

SHADES = 7
"""Steps of the sequential colour scale, `shade-0` to `shade-6`."""

BREAKS = (Decimal(15), Decimal(30), Decimal(45), Decimal(60), Decimal(75), Decimal(90))
"""Where one shade ends and the next begins, in percent."""


def ring(percent: Decimal | None, target: Decimal | None, label: str) -> Markup:
    """A ring filled by `percent` of 100, with a mark at the target."""
    radius, size = 54, 128
    around = 2 * pi * radius
    filled = around * float(min(percent or 0, Decimal(100))) / 100
    middle = size / 2
    mark = ""
    if target is not None:
        turn = float(min(target, Decimal(100))) * 3.6
        mark = (
            f'<line class="ring-target" x1="{middle}" y1="1" x2="{middle}" y2="19" '
            f'transform="rotate({turn:.2f} {middle} {middle})"/>'
        )
    return Markup(
        f'<svg class="ring" viewBox="0 0 {size} {size}" role="img" aria-label="{Markup.escape(label)}">'
        f'<circle class="ring-track" cx="{middle}" cy="{middle}" r="{radius}"/>'
        f'<circle class="ring-value" cx="{middle}" cy="{middle}" r="{radius}" '
        f'stroke-dasharray="{filled:.2f} {around:.2f}" transform="rotate(-90 {middle} {middle})"/>{mark}</svg>'
    )


def bar(figure: Figure) -> Markup:
    """A bar of the share (of the target for counts), with a mark at the target; empty without either."""
    goal = figure.target.percent if figure.target else None
    length = figure.percent if figure.indicator.denominator is not None else figure.reached
    if length is None:
        return Markup("")
    mark = goal if figure.indicator.denominator is not None else (Decimal(100) if figure.target else None)
    width = float(max(Decimal(0), min(length, Decimal(100))))
    line = ""
    if mark is not None:
        at = min(float(mark), 100) * 2
        line = f'<rect class="bar-target" x="{max(at - 1, 0):.1f}" y="0" width="2" height="14"/>'
    return Markup(
        '<svg class="bar" viewBox="0 0 200 14" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" x="0" y="3" width="200" height="8" rx="4"/>'
        f'<rect class="bar-value" x="0" y="3" width="{width * 2:.1f}" height="8" rx="4"/>{line}</svg>'
    )


def sparkline(points: Sequence[Point]) -> Markup:
    """The trend as a line over its area; empty for fewer than two days."""
    known = [(point.day.toordinal(), float(point.value)) for point in points if point.value is not None]
    if len(known) < 2:
        return Markup("")
    width, height, edge = 120.0, 32.0, 3.0
    first, last = known[0][0], known[-1][0]
    low, high = min(y for _, y in known), max(y for _, y in known)
    rise = (high - low) or 1.0
    placed = [
        (
            edge + (day - first) / (last - first or 1) * (width - 2 * edge),
            height - edge - ((y - low) / rise if high > low else 0.5) * (height - 2 * edge),
        )
        for day, y in known
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    end_x, end_y = placed[-1]
    area = f"{placed[0][0]:.1f},{height} {line} {end_x:.1f},{height}"
    return Markup(
        f'<svg class="spark" viewBox="0 0 {width:.0f} {height:.0f}" aria-hidden="true" focusable="false">'
        f'<polygon class="spark-area" points="{area}"/><polyline class="spark-line" points="{line}"/>'
        f'<circle class="spark-end" cx="{end_x:.1f}" cy="{end_y:.1f}" r="2.6"/></svg>'
    )


def shades(figures: Sequence[Figure]) -> Callable[[Figure], int | None]:
    """How to shade figures of one indicator: shares by fixed steps, counts by their rank among the others."""
    counts = sorted(
        figure.value for figure in figures if figure.value is not None and figure.indicator.denominator is None
    )

    def shade(figure: Figure) -> int | None:
        if figure.value is None:
            return None
        if figure.indicator.denominator is not None:
            return sum(figure.value >= edge for edge in BREAKS)
        lower = sum(value < figure.value for value in counts)
        return min(SHADES - 1, lower * SHADES // max(len(counts), 1))

    return shade
