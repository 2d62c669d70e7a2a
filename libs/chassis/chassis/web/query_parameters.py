"""The query parameters of a route: unknown ones, repeated ones and dates in another form are refused with 400."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, get_args, get_origin

from fastapi import Request
from fastapi.routing import APIRoute

from chassis.clock import HO_CHI_MINH
from chassis.errors import FieldError, InvalidQuery

DAY_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class QueryParameters:
    """What the query string of a route may have."""

    known: frozenset[str]
    days: frozenset[str]
    """Dates and instants; pydantic would take `0` for 1970 too."""
    lists: frozenset[str]
    """Those that may stand more than once; of the others FastAPI would take the last."""

    @classmethod
    def of(cls, route: APIRoute) -> "QueryParameters":
        """The parameters that FastAPI found in the signature of a route."""
        found = dict(_named(route))
        return cls(
            known=frozenset(found),
            days=frozenset(name for name, annotation in found.items() if _is_temporal(annotation)),
            lists=frozenset(name for name, annotation in found.items() if is_list(annotation)),
        )

    def check(self, request: Request) -> None:
        """400 with one error for each parameter that is wrong."""
        if request.scope["query_string"] and (errors := list(self._errors(request))):
            raise InvalidQuery(errors=errors)

    def _errors(self, request: Request) -> Iterator[FieldError]:
        sent = request.query_params
        if {"from", "to"} <= set(sent) & self.known and _begins_after_it_ends(sent["from"], sent["to"]):
            yield FieldError("/from", "after-to", "Ngày đầu sau ngày cuối.", "The first day is after the last.")
        for name in sorted(set(sent)):
            if name not in self.known:
                yield FieldError(
                    f"/{name}", "unknown-parameter", "Không có tham số này.", "There is no such parameter."
                )
            elif name not in self.lists and len(sent.getlist(name)) > 1:
                yield FieldError(
                    f"/{name}", "repeated-parameter", "Chỉ ghi tham số này một lần.", "Write this parameter once."
                )
            elif name in self.days and not DAY_PATTERN.match(sent[name]):
                yield FieldError(
                    f"/{name}", "date-parsing", "Phải là ngày dạng YYYY-MM-DD.", "Must be a date as YYYY-MM-DD."
                )


def parts_of(dependant: Any) -> Iterator[Any]:
    """The dependencies of a route that FastAPI found in its signature (`route.dependant`), recursively."""
    yield dependant
    for part in dependant.dependencies:
        yield from parts_of(part)


def _named(route: APIRoute) -> Iterator[tuple[str, Any]]:
    """Name and type of every query parameter, those of a parameter model one by one."""
    for parameter in (parameter for part in parts_of(route.dependant) for parameter in part.query_params):
        fields = getattr(parameter.field_info.annotation, "model_fields", None)
        if fields is None:
            yield parameter.alias, parameter.field_info.annotation
        else:
            yield from ((field.alias or name, field.annotation) for name, field in fields.items())


def _begins_after_it_ends(first: str, last: str) -> bool:
    """Whether a period that both name, as days or as instants, is none; what is neither is left to the route."""
    try:
        return _instant(first, time.min) > _instant(last, time.max)
    except ValueError:
        return False


def _instant(text: str, of_day: time) -> datetime:
    moment = datetime.fromisoformat(text)
    if DAY_PATTERN.fullmatch(text):
        return datetime.combine(moment, of_day, HO_CHI_MINH)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _is_temporal(annotation: Any) -> bool:
    """Whether a type is a date or an instant, or one of several, or one with validators."""
    return annotation in (date, datetime) or any(map(_is_temporal, get_args(annotation)))


def is_list(annotation: Any) -> bool:
    """Whether a parameter of this type may stand more than once."""
    return get_origin(annotation) in (list, set, tuple) or any(map(is_list, get_args(annotation)))
