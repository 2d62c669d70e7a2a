"""Recipients as they are called on the day of a report: bodies that ended are dated data."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from province import get_pack

__all__ = ["recipients_on"]


@dataclass(frozen=True, slots=True)
class EndedBody:
    """A body that existed until a day, by the words of its name; its successor, where one took over."""

    pattern: re.Pattern[str]
    until: date
    successor: str | None


def recipients_on(day: date, recipients: Iterable[str]) -> list[str]:
    """The recipients of a plan as they are on a day, each once: under their successors' names, without those that ended."""
    named = (_on(day, recipient) for recipient in recipients)
    return list(dict.fromkeys(each for each in named if each))


def _on(day: date, recipient: str) -> str | None:
    for body in _ended_bodies():
        if day > body.until and body.pattern.search(recipient):
            if body.successor is None:
                return None
            recipient = body.pattern.sub(body.successor, recipient)
    return recipient


@cache
def _ended_bodies() -> tuple[EndedBody, ...]:
    table = tomllib.loads(files(__package__).joinpath("bodies.toml").read_text("utf-8"))
    return tuple(
        EndedBody(re.compile(rf"\b{re.escape(each['name'])}\b", re.IGNORECASE), each["until"], each.get("successor"))
        for each in table["bodies"]
        if each.get("only_in", get_pack().kind) == get_pack().kind
    )
