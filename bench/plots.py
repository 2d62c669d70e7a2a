"""Line plots as SVG, small enough to read in a diff."""

from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 260, 60, 40, 34
COLOURS = ("#0b6e4f", "#c1440e", "#1f4e9c")
Series = tuple[str, Sequence[tuple[float, float]]]


def line_plot(path: Path, title: str, x_title: str, y_title: str, series: Sequence[Series]) -> None:
    """Write one plot; both axes begin at 0."""
    path.parent.mkdir(parents=True, exist_ok=True)
    most_x = max((x for _, points in series for x, _ in points), default=1) or 1
    most_y = max((y for _, points in series for _, y in points), default=1) * 1.1 or 1
    parts = [_text(LEFT, 16, title, weight="bold"), *_axes(most_x, most_y, x_title, y_title)]
    for number, (name, points) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        line = " ".join(f"{_x(x, most_x):.1f},{_y(y, most_y):.1f}" for x, y in points)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.8" points="{line}"/>')
        parts.append(_text(WIDTH - 10, TOP + 14 * number, name, anchor="end", colour=colour))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    style = 'font-family="sans-serif" font-size="11"'
    body = "\n".join(parts)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} role="img" aria-label="{title}">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _axes(most_x: float, most_y: float, x_title: str, y_title: str) -> list[str]:
    parts = []
    for step in range(5):
        y, x = most_y * step / 4, most_x * step / 4
        height = _y(y, most_y)
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{height:.1f}" y2="{height:.1f}" stroke="#dddddd"/>')
        parts.append(_text(LEFT - 6, height + 4, _short(y), anchor="end"))
        parts.append(_text(_x(x, most_x), HEIGHT - BOTTOM + 14, _short(x), anchor="middle"))
    parts.append(_text(WIDTH / 2, HEIGHT - 8, x_title, anchor="middle"))
    parts.append(_text(4, TOP - 6, y_title))
    return parts


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - 20) * value / most


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:.3g} M"
    return f"{value / 1000:.3g} k" if value >= 1000 else f"{value:.3g}"


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = "#222222", weight: str = "normal"
) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">{text}</text>'
