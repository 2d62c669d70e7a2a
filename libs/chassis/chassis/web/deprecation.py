"""Operations that will end: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) on every answer, and who still uses them.

`@router.get("/v1/old", **deprecated(since=date(2027, 1, 1), use="/v1/new"))`. An operation ends twelve months after the
release that deprecates it, at the earliest.
"""

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from fastapi import Response

MONTHS_OF_NOTICE = 12
EXTENSION = "x-deprecation"


def deprecated(*, since: date, use: str, sunset: date | None = None) -> dict[str, Any]:
    """Options of a route that ends. `use`: the path to call instead; `sunset`: the last day, a year later by default.

    ValueError for less notice than twelve months.
    """
    last = sunset or since + timedelta(days=366)
    if last < since.replace(year=since.year + MONTHS_OF_NOTICE // 12):
        raise ValueError(f"{use}: an operation ends twelve months after its deprecation at the earliest")
    notice = {"since": since.isoformat(), "sunset": last.isoformat(), "use": use}
    return {"deprecated": True, "openapi_extra": {EXTENSION: notice}}


def deprecation_headers(notice: dict[str, str]) -> dict[str, str]:
    """The headers of every answer of an operation with this notice."""
    since, sunset = (
        datetime.combine(date.fromisoformat(notice[name]), datetime.min.time(), UTC) for name in ("since", "sunset")
    )
    return {
        "Deprecation": f"@{int(since.timestamp())}",
        "Sunset": format_datetime(sunset, usegmt=True),
        "Link": f'<{notice["use"]}>; rel="successor-version"',
    }


def announce_deprecation(response: Response, headers: dict[str, str]) -> Response:
    """The answer with these headers."""
    response.headers.update(headers)
    return response
