"""The normal form of a path: the routing table looks up exactly what the service will match."""

import re
from urllib.parse import unquote_to_bytes

MAXIMUM_TARGET_BYTES = 8192
_PLAIN = re.compile(rb"(?:/[\w~-][\w.~:,-]*)+/?")
"""What nearly every path is: segments without escapes, none of them beginning with a dot."""
_RAW = re.compile(rb"/(?:[!-$&-\[\]-~]|%[0-9A-Fa-f]{2})*")  # visible ASCII, whole escapes, no backslash
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")


class PathRefused(ValueError):
    """A path that two ends could read differently."""


def decode_path(raw_path: bytes) -> str:
    """The path as every service decodes it once; raises PathRefused where readings could part.

    Refused: broken escapes, non-UTF-8, control characters, backslashes, empty, `.` and `..` segments (also
    escaped). `%2F` stays legal: the raw form is forwarded, and the services decode it to the same slash.
    """
    if _PLAIN.fullmatch(raw_path):
        return raw_path.decode("ascii")
    if not _RAW.fullmatch(raw_path):
        raise PathRefused("malformed path")
    try:
        path = unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise PathRefused("the path is not UTF-8") from error
    segments = path.split("/")[1:]
    if _FORBIDDEN.search(path) or "" in segments[:-1] or {".", ".."} & set(segments):
        raise PathRefused("ambiguous path")
    return path
