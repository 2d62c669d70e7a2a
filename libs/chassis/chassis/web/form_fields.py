"""The fields of a form with a file: unknown and repeated ones are refused, as they are in a JSON body."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from fastapi import Request
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.datastructures import FormData

from chassis.errors import FieldError, InvalidBody
from chassis.web.bodies import UNKNOWN
from chassis.web.json_body import REPEATED
from chassis.web.query_parameters import is_list, parts_of


@dataclass(frozen=True)
class FormFields:
    """What the form of a route may have."""

    known: frozenset[str]
    lists: frozenset[str]
    """Those that may stand more than once; of the others FastAPI would take the last."""

    @classmethod
    def of(cls, route: APIRoute) -> Self | None:
        """The fields that FastAPI found in the signature of a route; None for a route without a form."""
        parameters = [parameter for part in parts_of(route.dependant) for parameter in part.body_params]
        fields = {each.alias: each.field_info.annotation for each in parameters if isinstance(each.field_info, Form)}
        lists = frozenset(name for name, annotation in fields.items() if is_list(annotation))
        return cls(frozenset(fields), lists) if fields else None

    async def check(self, request: Request) -> None:
        """422 with one error for each field that is wrong. An option that was meant for the query has no silent effect."""
        form = await request.form()
        if errors := list(self._errors(form)):
            await form.close()
            raise InvalidBody(errors=errors)

    def _errors(self, form: FormData) -> Iterator[FieldError]:
        for name in sorted(form.keys()):
            if name not in self.known:
                yield FieldError(f"/{name}", "unknown-field", *UNKNOWN)
            elif name not in self.lists and len(form.getlist(name)) > 1:
                yield FieldError(f"/{name}", "repeated-field", *REPEATED)
