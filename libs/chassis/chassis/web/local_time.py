"""Times in answers have one form: RFC 3339 with the offset of Viet Nam, `2026-11-30T08:30:00+07:00`."""

import re
from datetime import datetime

from fastapi import Response

from chassis.clock import HO_CHI_MINH

UTC_TIME = re.compile(rb'"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(?:Z|\+00:00)"')
"""A whole JSON string that is an instant in UTC. The quotes of a string inside a string are escaped, so it is never one."""


def with_local_times(response: Response) -> Response:
    """The answer, with every instant of its JSON body at +07:00; the instants are the same."""
    if response.headers.get("content-type", "").startswith("application/json") and isinstance(
        getattr(response, "body", None), bytes
    ):
        body = in_local_time(bytes(response.body))
        if body != response.body:
            response.body = body
            response.headers["content-length"] = str(len(body))
    return response


def in_local_time(body: bytes) -> bytes:
    """A JSON text with its instants at +07:00."""
    return UTC_TIME.sub(_local, body) if b'Z"' in body or b'+00:00"' in body else body


def _local(found: re.Match[bytes]) -> bytes:
    try:
        instant = datetime.fromisoformat(found[1].decode() + "+00:00").astimezone(HO_CHI_MINH)
    except (ValueError, OverflowError):  # a thirteenth month, written by a person
        return found[0]
    return f'"{instant.isoformat()}"'.encode()
