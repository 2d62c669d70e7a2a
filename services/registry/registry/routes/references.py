"""Routes that report every wrong field at once, references to unknown units and residents among them."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError

from chassis.errors import FieldError, InvalidBody
from chassis.security.scope import find_unit, unknown_unit
from chassis.storage.database import ReadSession
from chassis.web.problems import field_errors
from chassis.web.routing import TransactionalRoute
from registry.model.residents import Resident
from registry.names import clean

REPRESENTATIVE = "/representative/resident_id"


def reference_router(**options: Any) -> APIRouter:
    """A router whose routes check the references of a body even where its shape is wrong."""
    return APIRouter(route_class=_ReferenceRoute, **options)


class _ReferenceRoute(TransactionalRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def report_all(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if not isinstance(error.body, Mapping) or any(e["loc"][:1] != ("body",) for e in error.errors()):
                    raise
                wrong = field_errors(error.errors())
                async with request.app.state.runtime.database.reading() as session:
                    unknown = await unknown_references(session, error.body)
                named = {one.pointer for one in wrong}
                raise InvalidBody(errors=[*wrong, *(one for one in unknown if one.pointer not in named)]) from None

        return report_all


async def refuse_unknown_references(session: ReadSession, body: Mapping[str, Any]) -> None:
    """422 with every reference of a valid body that does not exist."""
    if unknown := await unknown_references(session, body):
        raise InvalidBody(errors=unknown)


async def unknown_references(session: ReadSession, body: Mapping[str, Any]) -> list[FieldError]:
    """The references of a body that do not exist: its `unit_code`, the representative of an organization."""
    wrong = []
    if (code := _text(body.get("unit_code"))) and await find_unit(session, code) is None:
        wrong.append(unknown_unit("/unit_code"))
    representative = body.get("representative")
    resident_id = _id(representative.get("resident_id")) if isinstance(representative, Mapping) else None
    if resident_id and await session.get(Resident, resident_id) is None:
        wrong.append(
            FieldError(REPRESENTATIVE, "unknown-resident", "Không có người dân này.", "There is no such resident.")
        )
    return wrong


def _text(value: Any) -> str | None:
    """The normalised value; None for what cannot be a code, which the schema reports."""
    written = clean(value) if isinstance(value, str) else ""
    return written if written.isprintable() else None


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
