"""Codes of a vocabulary in bodies and lists: the code or any name that people write for it is read, the code is stored.

In answers the document names the codes that a field may have.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Any, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from chassis.folding import squeeze
from contracts.vocabularies import VOCABULARIES

SUFFIXES = ("xa", "phuong", "thon")
"""Kinds of units that people write behind the name of a body: "Công an xã", "Hội Phụ nữ phường"."""


@lru_cache(maxsize=4096)
def code_of(vocabulary: str, text: str) -> str | None:
    """The code that a written name stands for; case, accents, spaces and the kind of unit behind it do not matter."""
    names, written = _names(vocabulary), squeeze(text)
    shorter = (written.removesuffix(suffix) for suffix in SUFFIXES)
    return next((names[name] for name in (written, *shorter) if name in names), None)


@dataclass(frozen=True)
class Coded:
    """The type of a body's field: `Annotated[str, Coded("bodies")]`. An unknown name is 422 `unknown-code`."""

    vocabulary: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": [term.code for term in VOCABULARIES[self.vocabulary]]}

    def _read(self, written: str) -> str:
        code = code_of(self.vocabulary, written)
        if code is None:
            served = f"GET /v1/vocabularies/{self.vocabulary}"
            context = {"vi": f"Không có trong danh mục ({served})."}
            raise PydanticCustomError("unknown-code", f"Not in the vocabulary ({served}).", context)
        return code


class OneOf:
    """What the document tells of a field in an answer: `Annotated[str, OneOf(Status)]`, `OneOf(Role, "platform")`.

    An enum, a `Literal`, or a code. Answers are not checked against it: a row of an older release is shown as it is.
    """

    def __init__(self, *kinds: Any) -> None:
        self.codes = [code for kind in kinds for code in _codes(kind)]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"enum": self.codes}


def one_of(vocabulary: str) -> OneOf:
    """The codes of a vocabulary, for a field in an answer."""
    return OneOf(*(term.code for term in VOCABULARIES[vocabulary]))


def _codes(kind: Any) -> list[str]:
    if isinstance(kind, str):
        return [kind]
    return [one.value for one in kind] if isinstance(kind, type) and issubclass(kind, Enum) else list(get_args(kind))


@cache
def _names(vocabulary: str) -> dict[str, str]:
    terms = VOCABULARIES[vocabulary]
    return {squeeze(name): term.code for term in terms for name in (term.code, term.title, term.title_en, *term.also)}
