"""JSON as partners may send it: one reading only, so that what was signed is what is understood."""

import json
from typing import Any


class BodyRefused(ValueError):
    """The body is not the JSON object it should be; the text says why and never quotes the body."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; raises BodyRefused for everything two parsers could read differently.

    Refused: other encodings than UTF-8, a byte order mark, repeated keys, NaN and infinities, NUL characters,
    lone surrogates, integers beyond 64 bits, nesting deeper than the parser carries.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_small_integer
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise BodyRefused("not a JSON document with one reading") from error
    if not isinstance(value, dict):
        raise BodyRefused("not a JSON object")
    if b"\\u0000" in body:
        raise BodyRefused("NUL characters are not text")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("repeated key")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _small_integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("integer beyond 64 bits")
    return int(digits)
