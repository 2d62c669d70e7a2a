"""Strict JSON for partners' messages: one interpretation only, so that the signed text is the text that is read."""

import json
from codecs import BOM_UTF8
from collections.abc import Sequence
from typing import Any

from chassis.errors import FieldError
from chassis.web.json_body import TOO_DEEP, is_too_deep, read_members


class BodyRefused(ValueError):
    """The body is not the expected JSON object; the text gives the reason without quoting the body, `errors` the place."""

    def __init__(self, why: str, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(why)
        self.errors = errors or (
            FieldError("", "malformed", "Nội dung không đúng dạng.", f"The body is malformed: {why}."),
        )


NOT_JSON = FieldError(
    "",
    "json",
    "Nội dung không phải JSON chỉ có một cách đọc (UTF-8, không khóa trùng, không NaN, số nguyên trong 64 bit).",
    "The body is not JSON with one reading (UTF-8, no repeated keys, no NaN, integers within 64 bits).",
)
NOT_AN_OBJECT = FieldError(
    "", "not-an-object", "Nội dung phải là một đối tượng JSON.", "The body must be a JSON object."
)
NOT_TEXT = FieldError("", "nul", "Văn bản không được chứa ký tự NUL.", "A text must not contain NUL characters.")


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`; raises BodyRefused for everything two parsers could read differently.

    A UTF-8 byte order mark in front is passed over, as .NET clients send it. Refused: other encodings than UTF-8,
    repeated keys, NaN and infinities, NUL characters, lone surrogates, integers beyond 64 bits, nesting deeper than any
    body may be.
    """
    if is_too_deep(body):
        raise BodyRefused("nested too deep", [TOO_DEEP])
    try:
        text = body.removeprefix(BOM_UTF8).decode("utf-8")
        value, repeated = read_members(text, parse_constant=_no_constant, parse_int=_small_integer)
        if b"\\u" in body:  # only an escape can write half a surrogate pair
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except ValueError as error:
        raise BodyRefused("not a JSON document with one reading", [NOT_JSON]) from error
    if repeated:
        raise BodyRefused("repeated keys", repeated)
    if not isinstance(value, dict):
        raise BodyRefused("not a JSON object", [NOT_AN_OBJECT])
    if b"\\u0000" in body:
        raise BodyRefused("NUL characters are not text", [NOT_TEXT])
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _small_integer(digits: str) -> int:
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("integer beyond 64 bits")
    return int(digits)
