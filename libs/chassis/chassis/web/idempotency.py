"""Once per Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): the same request again, the same answer.

The key is claimed in its own transaction, so that no connection waits while the route calls another service; the
answer is stored in the transaction of the effect. A claim whose process died may be taken over after a minute.

A repeated request is authorised like a first one. Where the answer has no personal data, the operation runs again in a
transaction that is rolled back: a refusal (role, scope, consent, purpose) is the answer, otherwise the stored one is. An
answer with personal data (`@personal_answer`) is not stored: a repeat reads the resource as the caller may read it
today, or, where the operation only reads, runs the operation again.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fastapi import Request, Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.clock import now
from chassis.errors import FieldError, IdempotencyKeyReused, InvalidQuery, Problem, StillRunning
from chassis.security.encryption import CipherContext, decrypt, encrypt
from chassis.storage.database import Database, Session
from chassis.storage.tables import IdempotencyKey

STORED_ANSWER = CipherContext("chassis", "idempotency_key", "body")
STORED_HEADERS = ("location", "etag", "content-type")
CLAIM = timedelta(seconds=30)
"""After which a repeat takes over a request that is still running: its process or its machine may have died. Should it be alive
all the same, it finds its claim gone in the end and rolls back."""
RUNNING = 0
"""The status of a claim whose answer is not there yet."""
REFUSALS = frozenset({400, 401, 403, 404, 428})
DEFAULT_PURPOSE = b"support"
"""The purpose of a repeated creation's read, which needed no purpose the first time."""

Answer = Callable[[Request], Coroutine[Any, Any, Response]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def personal_answer(resource: str | None = None) -> Callable[[Endpoint], Endpoint]:
    """Declares that the answer of a POST has personal data, so that it is not stored for a repeat.

    `resource`: the path template of the resource that a repeat reads instead, with the route's own parameters (such as
    `/v1/dossiers/{dossier_id}`); left out: the `Location` of the answer, or, without one, the operation runs again.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        endpoint.personal_answer = resource or ""  # type: ignore[attr-defined]  # read below
        return endpoint

    return declare


@dataclass(frozen=True)
class KeyedRequest:
    """What a key is claimed for: the same caller, path and key mean the same request."""

    caller: str
    path: str
    key: str
    body_hash: bytes

    @classmethod
    async def read(cls, request: Request, key: str) -> "KeyedRequest":
        key = key.strip().strip('"')
        if not 1 <= len(key) <= 255:
            raise InvalidQuery(
                errors=[FieldError("/Idempotency-Key", "length", "Dài từ 1 đến 255 ký tự.", "Has 1 to 255 characters.")]
            )
        caller = request.state.caller
        name = f"{caller.role} {caller.account}" if caller else "public"
        if caller and caller.acting_for:
            name += f" for {caller.acting_for}"
        return cls(name, request.url.path, key, hashlib.sha256(await request.body()).digest())

    @property
    def primary_key(self) -> dict[str, str]:
        return {"caller": self.caller, "path": self.path, "key": self.key}


async def run_once(request: Request, key: str, answer: Answer) -> Response:
    """The first answer to this request, now or again (7 days); 409 while it is running, 422 for another body."""
    database: Database = request.app.state.runtime.database
    keyed = await KeyedRequest.read(request, key)
    moment = now()
    async with database.transaction() as session:
        known = await _claim(session, keyed, moment)
    if known:
        return await _repeat(request, database, known, keyed, answer)
    try:
        async with database.transaction() as session:
            request.state.session = session
            response = await answer(request)
            await _store(session, keyed, moment, response, _resource_of(request))
        return response
    except BaseException:
        with suppress(Exception):
            async with database.transaction() as session:
                await session.execute(_RELEASE, keyed.primary_key | {"claimed": moment})
        raise


def _resource_of(request: Request) -> str | None:
    """None for an answer without personal data; else the path of the resource that a repeat reads, empty if unknown yet."""
    template: str | None = getattr(request.scope["route"].endpoint, "personal_answer", None)
    return template.format_map(request.path_params) if template else template


async def _repeat(
    request: Request, database: Database, known: IdempotencyKey, keyed: KeyedRequest, answer: Answer
) -> Response:
    if known.body_hash != keyed.body_hash:
        raise IdempotencyKeyReused()
    if known.status == RUNNING:
        raise StillRunning()
    resource = _resource_of(request)
    headers = json.loads(known.headers)
    if resource is None:
        await _check_again(request, database, answer)
        return Response(decrypt(STORED_ANSWER, known.key, known.body), known.status, headers)
    if path := resource or headers.get("location"):
        return await _read_again(request, path, known.status, headers)
    async with database.transaction() as session:
        request.state.session = session
        return await answer(request)


class _RolledBack(Exception):
    """Ends the transaction of a check without its effects."""


async def _check_again(request: Request, database: Database, answer: Answer) -> None:
    """Raises the refusal that this request would meet today; that the effect is there already is none."""
    with suppress(_RolledBack, IntegrityError):
        async with database.transaction() as session:
            request.state.session = session
            try:
                await answer(request)
            except Problem as problem:
                if problem.status in REFUSALS:
                    raise
            raise _RolledBack


async def _read_again(request: Request, path: str, status: int, headers: dict[str, str]) -> Response:
    """The resource as this caller may read it now, with the first answer's status and headers."""
    sent = [(name, value) for name, value in request.headers.raw if name not in NOT_OF_A_READ]
    if not request.headers.get("x-purpose"):
        sent.append((b"x-purpose", DEFAULT_PURPOSE))
    same = {name: request.scope.get(name) for name in ("type", "asgi", "http_version", "scheme", "client", "server")}
    scope = same | {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""}
    begun: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        else:
            body.extend(message.get("body", b""))

    await request.app(scope | {"headers": sent}, receive, send)
    if begun["status"] == 200:
        return Response(bytes(body), status, headers)
    kept = {name.decode(): value.decode() for name, value in begun["headers"] if name != b"content-length"}
    return Response(bytes(body), begun["status"], kept)


NOT_OF_A_READ = frozenset({b"content-length", b"content-type", b"transfer-encoding", b"idempotency-key", b"if-match"})


async def _claim(session: Session, keyed: KeyedRequest, moment: datetime) -> IdempotencyKey | None:
    """None when the key is claimed for this request; else the row of the earlier one."""
    claimed = await session.execute(
        _CLAIM, keyed.primary_key | {"body_hash": keyed.body_hash, "now": moment, "stale": moment - CLAIM}
    )
    if claimed.first():
        return None
    known = await session.get(IdempotencyKey, (keyed.caller, keyed.path, keyed.key))
    if known is None:
        raise StillRunning()  # it failed and released the key between the two statements: the next try will claim it
    return known


async def _store(
    session: Session, keyed: KeyedRequest, moment: datetime, response: Response, resource: str | None
) -> None:
    """Stores a success, without its body where that has personal data; anything else may be tried again.

    StillRunning when a repeat has taken over the claim of `moment`: then this request must have no effect.
    """
    own = keyed.primary_key | {"claimed": moment}
    if response.status_code >= 300 or not hasattr(response, "body"):
        await session.execute(_RELEASE, own)
        return
    headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
    body = encrypt(STORED_ANSWER, keyed.key, bytes(response.body)) if resource is None else b""
    stored = {"status": response.status_code, "headers": json.dumps(headers), "body": body, "now": now()}
    if not (await session.execute(_STORE, own | stored)).first():
        raise StillRunning()


_CLAIM = text(
    "INSERT INTO idempotency_key AS known (caller, path, key, body_hash, status, headers, body, answered_at)"
    f" VALUES (:caller, :path, :key, :body_hash, {RUNNING}, '{{}}', '', :now)"
    " ON CONFLICT (caller, path, key) DO UPDATE SET answered_at = :now, body_hash = :body_hash"
    f" WHERE known.status = {RUNNING} AND known.answered_at < :stale RETURNING true"
)
_RELEASE = text(
    f"DELETE FROM idempotency_key WHERE caller = :caller AND path = :path AND key = :key AND status = {RUNNING}"
    " AND answered_at = :claimed"
)
_STORE = text(
    "UPDATE idempotency_key SET status = :status, headers = :headers, body = :body, answered_at = :now"
    f" WHERE caller = :caller AND path = :path AND key = :key AND status = {RUNNING} AND answered_at = :claimed RETURNING true"
)
