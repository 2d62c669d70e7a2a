"""The JSON text of a request: nested at most 64 levels, every member once, read once.

A member that stands twice in one object has two readings: a proxy, a log or the client's author may see the first value,
Python the last. RFC 8259 calls such texts unpredictable, so they are refused.
"""

import json
import re
from collections import Counter
from contextlib import suppress
from typing import Any

from fastapi import Request

from chassis.errors import FieldError, InvalidBody

BRACKETS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|([\[{])|([\]}])', re.DOTALL)
"""Strings, which are passed over, and the brackets outside of them. The closing quote is optional, so that a string
without an end is read once and not again from each of its quotes."""
DEEPEST = 64
"""Levels of nesting in a body; the deepest document of the API has fewer than ten."""
TOO_DEEP = FieldError(
    "", "too-deep", f"JSON lồng quá {DEEPEST} cấp.", f"The JSON is nested deeper than {DEEPEST} levels."
)
REPEATED = "Chỉ ghi trường này một lần.", "Write this field once; it stands here more than once."
MOST_NAMED = 20
"""Repeated members that one answer names."""


class JsonRequest(Request):
    """A request whose JSON body was checked and read by `read`; FastAPI takes the value from here."""

    async def read(self) -> None:
        """422 for a body that is nested too deep or repeats a member; what is no JSON at all is left to the route."""
        body = await self.body()
        if is_too_deep(body):
            raise InvalidBody(errors=[TOO_DEEP])
        with suppress(ValueError):
            self._value, repeated = read_members(body)
            if repeated:
                raise InvalidBody(errors=repeated)

    async def json(self) -> Any:
        return self._value if hasattr(self, "_value") else await super().json()


async def with_json_read(request: Request) -> Request:
    """The request to go on with: its JSON body, if it has one, is checked and read."""
    if request.method in ("GET", "HEAD") or not _is_json(request.headers.get("content-type", "")):
        return request
    read = JsonRequest(request.scope, request.receive)
    await read.read()
    return read


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower().endswith("json")


def is_too_deep(body: bytes) -> bool:
    """Whether a JSON text has more than `DEEPEST` levels of lists and objects."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for token in BRACKETS.finditer(body):
        depth += (token[1] is not None) - (token[2] is not None)
        if depth > DEEPEST:
            return True
    return False


class _Repeating(dict[str, Any]):
    """An object of which some members stand more than once; only errors are made from it."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]


def read_members(text: str | bytes, **options: Any) -> tuple[Any, list[FieldError]]:
    """The value of a JSON text, and an error for each member that stands more than once in its object.

    `options`: those of `json.loads`. ValueError for what is no JSON.
    """
    repeating: list[_Repeating] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        repeating.append(_Repeating(pairs))
        return repeating[-1]

    value = json.loads(text, object_pairs_hook=members, **options)
    return value, _errors_in(value, "")[:MOST_NAMED] if repeating else []


def _errors_in(value: Any, pointer: str) -> list[FieldError]:
    errors = [_repeated(pointer, name) for name in value.repeated] if isinstance(value, _Repeating) else []
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        errors += _errors_in(part, _below(pointer, name))
    return errors


def _below(pointer: str, name: str | int) -> str:
    printable = str(name).encode("utf-8", "replace").decode()  # half a surrogate pair is JSON, and no text
    return f"{pointer}/{printable.replace('~', '~0').replace('/', '~1')}"


def _repeated(pointer: str, name: str) -> FieldError:
    return FieldError(_below(pointer, name), "repeated-field", *REPEATED)
