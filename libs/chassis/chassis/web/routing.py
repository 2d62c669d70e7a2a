"""REST routes: one transaction per request, who may call, and the conventions of the REST contract.

A route is declared on `transactional_router()`; its signature names who may call it (`Annotated[Caller, allow("officer")]`)
and takes its session as `Transaction`. The transaction is committed before the response is sent. A route for residents or
organizations names the least level of their sign-in too, and the scope in which a representative may call it.
"""

import base64
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from chassis.errors import (
    FieldError,
    Forbidden,
    InvalidQuery,
    Language,
    StaleVersion,
    Unauthenticated,
)
from chassis.security.access_log import PURPOSES, record_access
from chassis.security.identity import Caller, Level, Role
from chassis.security.levels import LEVELLED, Acting, require_level, require_scope
from chassis.security.training_guard import guard_training
from chassis.storage.database import ReadSession, Session
from chassis.web.deprecation import EXTENSION, announce_deprecation, deprecation_headers
from chassis.web.form_fields import FormFields
from chassis.web.idempotency import run_once
from chassis.web.json_body import with_json_read
from chassis.web.local_time import with_local_times
from chassis.web.query_parameters import QueryParameters, parts_of

T = TypeVar("T")

PUBLIC = frozenset({"public"})
MAX_PAGE = 200


def transactional_router(**options: Any) -> APIRouter:
    """A router of `TransactionalRoute`s; tags name the domain noun."""
    return APIRouter(route_class=TransactionalRoute, **options)


@dataclass(frozen=True)
class Declaration:
    """Who may call a route. `level`, `max_age` (seconds) and `acting` are about residents and organizations."""

    audience: frozenset[str]
    level: Level | None = None
    max_age: int | None = None
    acting: Acting | None = None

    @property
    def lacks_level(self) -> bool:
        """Whether residents or organizations may call it, and no level of sign-in is declared."""
        return self.level is None and not self.audience.isdisjoint(LEVELLED)

    def in_document(self) -> dict[str, Any]:
        """The members of the operation in the API document."""
        members: dict[str, Any] = {"x-audience": sorted(self.audience)}
        if self.audience != PUBLIC:
            members["x-level"] = self.level or 1
        named = {"x-max-age": self.max_age, "x-acting-for": self.acting}
        return members | {name: value for name, value in named.items() if value is not None}


def allow(*roles: Role, level: Level | None = None, max_age: int | None = None, acting: Acting | None = None) -> Any:
    """Declares who may call a route; the parameter is the caller. Others get 401 or 403 before the body is read.

    `level`: the least level of a resident's or organization's sign-in, 2 where it is left out (a test wants it written);
    `max_age`: how many seconds ago they may have signed in at most; `acting`: the scope in which a representative may call
    it for another person, `any` for each of them. Without a scope representatives are refused.
    """
    return Depends(_declared(Declaration(frozenset(roles), level, max_age, acting)))


def public() -> Any:
    """Declares that a route needs no credential; the parameter is the caller who sent one all the same, or None."""
    return Depends(_declared(Declaration(PUBLIC)))


def _declared(declaration: Declaration) -> Callable[[Request], Coroutine[Any, Any, Caller | None]]:
    # A coroutine, because FastAPI would send a plain function to a thread, on every request.
    async def caller(request: Request) -> Caller | None:
        found: Caller | None = request.state.caller
        return found

    caller.declaration = declaration  # type: ignore[attr-defined]  # read by TransactionalRoute when the route is made
    return caller


async def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


Transaction = Annotated[Session, Depends(_session)]
"""The request's one session: changes and events commit together, before the response is sent."""


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    async with request.app.state.runtime.database.reading() as session:
        yield session


Reading = Annotated[ReadSession, Depends(_reading, scope="function")]
"""A read-only session."""

PurposeHeader = Annotated[
    str | None,
    Header(
        alias="X-Purpose",
        description="Why another person's data are read (mục đích); it is kept in that person's access log",
        json_schema_extra={"enum": list(PURPOSES)},
    ),
]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The `ETag` that was read; 412 when there is a newer version")
]
DeletionReason = Annotated[
    str | None,
    Query(
        alias="reason",
        min_length=3,
        max_length=300,
        description="Why it is taken back (lý do), for the log of acts; without names and numbers of people",
    ),
]
"""Why something is deleted: in the query, because clients and proxies may drop the body of a DELETE."""
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A value of the client's own (a UUID): the same request with the same key has one effect and gets the "
    "same answer for 7 days",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
ETAG_HEADER = {"ETag": {"description": "The version of the resource, for `If-Match`", "schema": {"type": "string"}}}


class TransactionalRoute(APIRoute):
    """A route that authorises the declared roles, runs in one transaction, and once per Idempotency-Key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        declaration = _declaration_of(self)
        if declaration is None:
            raise TypeError(f"{path} does not declare who may call it: use allow(...) or public()")
        self.declaration = declaration
        self.audience: frozenset[str] = declaration.audience
        described = declaration.in_document()
        if "POST" in (self.methods or ()) and _changes(self):
            described["parameters"] = [*described.get("parameters", []), IDEMPOTENCY_KEY]
        if _answers_with_etag(endpoint):
            described["responses"] = {str(self.status_code or 200): {"headers": ETAG_HEADER}}
        self.openapi_extra = (self.openapi_extra or {}) | described

    def _answer(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler; before it the check of a form, whose body is read within the transaction."""
        answer, form = super().get_route_handler(), FormFields.of(self)
        if form is None:
            return answer

        async def check_and_answer(request: Request) -> Response:
            await form.check(request)
            return await answer(request)

        return check_and_answer

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = self._answer()
        declaration = _declaration_of(self) or Declaration(frozenset())
        parameters = QueryParameters.of(self)
        changes = _changes(self)
        notice = (self.openapi_extra or {}).get(EXTENSION)
        ends = deprecation_headers(notice) if notice else {}

        async def handle(request: Request) -> Response:
            request.state.ends = ends  # for the problems, which answer elsewhere
            return announce_deprecation(with_local_times(await handle_in_transaction(request)), ends)

        async def handle_in_transaction(request: Request) -> Response:
            caller = request.state.caller = _authorize(request, declaration)
            parameters.check(request)
            request = await with_json_read(request)
            if caller and caller.training_units:
                await guard_training(request, caller)
            if not changes:
                response = await answer(request)
                if caller and caller.acting_for:
                    async with request.app.state.runtime.database.transaction() as session:
                        _record_acting(session, request, caller)
                return response
            key = request.headers.get("idempotency-key") if request.method == "POST" else None
            if key is None:
                async with request.app.state.runtime.database.transaction() as session:
                    request.state.session = session
                    return await answer_and_record(request)
            return await run_once(request, key, answer_and_record)

        async def answer_and_record(request: Request) -> Response:
            response = await answer(request)
            if (caller := request.state.caller) and caller.acting_for:
                _record_acting(request.state.session, request, caller)
            return response

        return handle


def _answers_with_etag(endpoint: Callable[..., Any]) -> bool:
    """Whether the function of a route calls `etag(…)`, or `created(…, version=…)`."""
    code = endpoint.__code__
    is_versioned = any(isinstance(names, tuple) and "version" in names for names in code.co_consts)
    return "etag" in code.co_names or ("created" in code.co_names and is_versioned)


def _changes(route: APIRoute) -> bool:
    """Whether a route takes the session of the request's transaction."""
    return any(part.call is _session for part in parts_of(route.dependant))


def _record_acting(session: Session, request: Request, caller: Caller) -> None:
    """Record what a representative does for a resident: that one sees who acted, by which right, in which operation."""
    if caller.acting_for is None or caller.resident_id != caller.acting_for:
        return
    record_access(
        session,
        request.app.state.runtime.service.name,
        caller,
        caller.acting_for,
        action="acting",
        purpose=None,
        fields=[request.scope["route"].endpoint.__name__],
        legal_basis=f"representation:{caller.representation}",
    )


def _declaration_of(route: APIRoute) -> Declaration | None:
    return next(
        (part.call.declaration for part in parts_of(route.dependant) if hasattr(part.call, "declaration")), None
    )


def _authorize(request: Request, declaration: Declaration) -> Caller | None:
    audience = declaration.audience
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not token and audience == PUBLIC:
        return None
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated()
    caller: Caller = request.app.state.runtime.verifier.caller(token)
    if audience != PUBLIC:
        if caller.role not in audience:
            raise Forbidden()
        require_scope(caller, declaration.acting)
        require_level(caller, declaration.level or 2, declaration.max_age)
    return caller


class Listed(BaseModel, Generic[T]):
    """A page of a list; `next_cursor` requests the next one, null on the last."""

    items: list[T]
    next_cursor: str | None = None


class Page(BaseModel):
    """The requested part of a list."""

    model_config = ConfigDict(frozen=True)

    limit: int
    cursor: str | None

    def after(self) -> list[str] | None:
        """The parts of the sort key after which this page starts, one at least; 400 for a cursor that is not ours."""
        return None if self.cursor is None else _read_cursor(self.cursor)

    def after_key(self, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """`after`, each part read as its kind (`UUID`, `int`, `datetime.fromisoformat`, `str`); 400 for another list's cursor."""
        start = self.after()
        try:
            return None if start is None else tuple(read(part) for read, part in zip(kinds, start, strict=True))
        except ValueError as error:
            raise _not_a_cursor() from error

    def after_id(self) -> UUID | None:
        """The id after which this page starts, for lists sorted by id."""
        start = self.after()
        try:
            return None if start is None else UUID(start[0])
        except ValueError as error:
            raise _not_a_cursor() from error


async def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="At most so many items")] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before")] = None,
) -> Page:
    return Page(limit=limit, cursor=cursor)


PageQuery = Annotated[Page, Depends(_page)]


async def page_by_id(session: ReadSession, query: Any, id_column: Any, page: Page) -> tuple[list[Any], str | None]:
    """One page of a query sorted by a UUIDv7 column (oldest first), and the cursor of the next."""
    after = page.after_id()
    if after is not None:
        query = query.where(id_column > after)
    rows = list(await session.exec(query.order_by(id_column).limit(page.limit + 1)))
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, cursor_at(getattr(kept[-1], id_column.key))


def cursor_at(*key: Any) -> str:
    """The cursor of a page that starts after this sort key."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).rstrip(b"=").decode()


def _read_cursor(cursor: str) -> list[str]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except (ValueError, RecursionError) as error:
        raise _not_a_cursor() from error
    # Printable: no column holds NUL or half a surrogate pair, and `cursor_at` writes neither.
    if not isinstance(key, list) or not key or not all(isinstance(part, str) and part.isprintable() for part in key):
        raise _not_a_cursor()
    return key


def _not_a_cursor() -> InvalidQuery:
    return InvalidQuery(
        errors=[FieldError("/cursor", "not-a-cursor", "Con trỏ trang không hợp lệ.", "This is not a cursor of ours.")]
    )


def etag(version: int) -> str:
    """The ETag of a version of a resource."""
    return f'"{version}"'


def require_match(if_match: str | None, version: int) -> None:
    """412 when If-Match was sent and names another version."""
    if if_match is not None and if_match.strip() not in ("*", etag(version)):
        raise StaleVersion()


def created(body: BaseModel, location: str, *, version: int | None = None) -> JSONResponse:
    """201 with Location (and ETag)."""
    headers = {"Location": location} | ({"ETag": etag(version)} if version is not None else {})
    return JSONResponse(body.model_dump(mode="json"), 201, headers)


def language_of(accept_language: str | None) -> Language:
    """Vietnamese unless English has a higher weight."""
    weights: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        name, _, parameter = part.strip().partition(";q=")
        try:
            weight = float(parameter) if parameter else 1.0
        except ValueError:
            continue
        weights.setdefault(name.split("-")[0].lower(), weight)
    return "en" if weights.get("en", 0) > weights.get("vi", 0) else "vi"


def without_level(routes: Sequence[Any]) -> list[str]:
    """The operations for residents or organizations that do not name the least level of their sign-in, for tests."""
    found = [route for route in routes if isinstance(route, TransactionalRoute) and route.declaration.lacks_level]
    return sorted(f"{method} {route.path}" for route in found for method in route.methods or ())


def audiences(routes: Sequence[Any]) -> dict[str, frozenset[str]]:
    """Who may call what, for tests and the API document."""
    found = [route for route in routes if isinstance(route, TransactionalRoute)]
    return {f"{method} {route.path}": route.audience for route in found for method in route.methods or ()}
