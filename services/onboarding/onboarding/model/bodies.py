"""Agencies, unions and enterprises as dated data: who was called what, when; read once from `bodies.yaml`."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class DatedName(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    valid_from: date | None = Field(None, alias="from")
    valid_to: date | None = Field(None, alias="to")

    def is_valid(self, on: date) -> bool:
        return (self.valid_from is None or on >= self.valid_from) and (self.valid_to is None or on <= self.valid_to)


class Body(BaseModel):
    """One kind of agency at one level, for instance the police of a district."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    body: str
    level: str
    names: tuple[DatedName, ...]
    en: str

    def name_on(self, on: date) -> str | None:
        return next((each.name for each in self.names if each.is_valid(on)), None)


@cache
def bodies() -> tuple[Body, ...]:
    text = resources.files(__package__).joinpath("bodies.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Body, ...]).validate_python(yaml.safe_load(text))


def find_body(name: str, on: date) -> Body | None:
    """The body that bore this name on a day; a place may follow ("UBND xã Đồng Thắng"), the longest name wins."""
    return _longest(name, (each for each in _named() if each[1].is_valid(on)))


def find_body_code(name: str) -> str | None:
    """The code of a body that is named by its code, or by a name of any day."""
    if name in body_codes():
        return name
    body = _longest(name, _named())
    return body.body if body else None


def find_former_name(name: str) -> DatedName | None:
    """The name as valid on any day: distinguishes a name that is not valid now from an unknown name."""
    body = _longest(name, _named())
    return next((each for each in body.names if _bears(name, each)), None) if body else None


def body_codes() -> frozenset[str]:
    return frozenset(each.body for each in bodies())


def body_name(code: str, on: date, level: str | None = None) -> str:
    """What a body is called on a day, in Vietnamese: at a level where it exists there, else at any other.

    Its last name, where no body of that kind exists on that day; its code where there is none of that kind.
    """
    fitting = [each for each in reversed(bodies()) if each.body == code]
    fitting.sort(key=lambda each: each.level != level)
    names = (each.name_on(on) for each in fitting)
    return next((name for name in names if name), fitting[0].names[-1].name if fitting else code)


def folded(text: str) -> str:
    """Composed accents, lower case, single spaces, plain dashes: how two spellings of a name are compared."""
    plain = unicodedata.normalize("NFC", text).replace("–", "-").casefold()
    return " ".join(plain.split())


def _named() -> Iterable[tuple[Body, DatedName]]:
    return ((body, name) for body in bodies() for name in body.names)


def _longest(name: str, known: Iterable[tuple[Body, DatedName]]) -> Body | None:
    fitting = [(len(each.name), body) for body, each in known if _bears(name, each)]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _bears(name: str, dated: DatedName) -> bool:
    mine, theirs = folded(name), folded(dated.name)
    return mine == theirs or mine.startswith(theirs + " ")
