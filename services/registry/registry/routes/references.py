"""Doors that name every wrong field at once, those that name a unit or a person who is not there among them."""

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


def BodyRoutes(**options: Any) -> APIRouter:
    """A router whose doors look up what a body names even where its shape is wrong: nobody should have to ask twice."""
    return APIRouter(route_class=_BodyDoor, **options)


class _BodyDoor(TransactionalRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        door = super().get_route_handler()

        async def tell_all(request: Request) -> Response:
            try:
                return await door(request)
            except RequestValidationError as error:
                if not isinstance(error.body, Mapping) or any(e["loc"][:1] != ("body",) for e in error.errors()):
                    raise
                wrong = field_errors(error.errors())
                async with request.app.state.runtime.database.reading() as session:
                    unknown = await unknown_references(session, error.body)
                named = {one.pointer for one in wrong}
                raise InvalidBody(errors=[*wrong, *(one for one in unknown if one.pointer not in named)]) from None

        return tell_all


async def refuse_unknown_references(session: ReadSession, body: Mapping[str, Any]) -> None:
    """422 with everything that a body of the right shape names and that is not there."""
    if unknown := await unknown_references(session, body):
        raise InvalidBody(errors=unknown)


async def unknown_references(session: ReadSession, body: Mapping[str, Any]) -> list[FieldError]:
    """What a body names and is not there: its `unit_code`, the resident who stands for an organization."""
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
    """What the door would take the value for; None for what is no name of anything, which the shape says."""
    written = clean(value) if isinstance(value, str) else ""
    return written if written.isprintable() else None


def _id(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
