"""Once per Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): the same request again, the same answer.

The key is claimed in a transaction of its own, so that no connection waits while the route asks another service; the
answer is kept, sealed, in the transaction of the effect. A claim whose process died may be taken over after a minute.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from sqlalchemy import delete, text
from sqlmodel import col

from chassis.clock import now
from chassis.errors import FieldError, IdempotencyKeyReused, InvalidQuery, StillRunning
from chassis.security.encryption import CipherContext, decrypt, encrypt
from chassis.storage.database import Database, Session
from chassis.storage.tables import IdempotencyKey

KEPT_ANSWER = CipherContext("chassis", "idempotency_key", "body")
KEPT_HEADERS = ("location", "etag", "content-type")
CLAIM = timedelta(seconds=60)
RUNNING = 0
"""The status of a claim whose answer is not made yet."""

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class Asked:
    """What a key is claimed for: the same caller, path and key mean the same request."""

    caller: str
    path: str
    key: str
    body_hash: bytes

    @classmethod
    async def read(cls, request: Request, key: str) -> "Asked":
        key = key.strip().strip('"')
        if not 1 <= len(key) <= 255:
            raise InvalidQuery(
                errors=[FieldError("/Idempotency-Key", "length", "Dài từ 1 đến 255 ký tự.", "Has 1 to 255 characters.")]
            )
        caller = request.state.caller
        name = f"{caller.role} {caller.account}" if caller else "public"
        return cls(name, request.url.path, key, hashlib.sha256(await request.body()).digest())

    @property
    def place(self) -> dict[str, str]:
        return {"caller": self.caller, "path": self.path, "key": self.key}


async def run_once(request: Request, key: str, answer: Answer) -> Response:
    """The first answer to this request, now or again (7 days); 409 while it is made, 422 for another body."""
    database: Database = request.app.state.runtime.database
    asked = await Asked.read(request, key)
    async with database.transaction() as session:
        known = await _claim(session, asked)
    if known:
        return _same_answer(known, asked)
    try:
        async with database.transaction() as session:
            request.state.session = session
            response = await answer(request)
            await _keep(session, asked, response)
        return response
    except BaseException:
        with suppress(Exception):
            async with database.transaction() as session:
                await session.execute(_LET_GO, asked.place)
        raise


async def delete_old_answers(session: Session, before: datetime) -> None:
    """Deletes answers that were given before an instant."""
    await session.execute(delete(IdempotencyKey).where(col(IdempotencyKey.answered_at) < before))


async def _claim(session: Session, asked: Asked) -> IdempotencyKey | None:
    """None when the key is ours now; else what is known of it."""
    moment = now()
    claimed = await session.execute(
        _CLAIM, asked.place | {"body_hash": asked.body_hash, "now": moment, "stale": moment - CLAIM}
    )
    if claimed.first():
        return None
    known = await session.get(IdempotencyKey, (asked.caller, asked.path, asked.key))
    if known is None:
        raise StillRunning()  # it failed and let go between the two statements: the next try will claim it
    return known


def _same_answer(known: IdempotencyKey, asked: Asked) -> Response:
    if known.body_hash != asked.body_hash:
        raise IdempotencyKeyReused()
    if known.status == RUNNING:
        raise StillRunning()
    return Response(decrypt(KEPT_ANSWER, known.key, known.body), known.status, json.loads(known.headers))


async def _keep(session: Session, asked: Asked, response: Response) -> None:
    """Keeps a good answer; anything else may be tried again."""
    if response.status_code >= 300 or not hasattr(response, "body"):
        await session.execute(_LET_GO, asked.place)
        return
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = encrypt(KEPT_ANSWER, asked.key, bytes(response.body))
    kept = {"status": response.status_code, "headers": json.dumps(headers), "body": body, "now": now()}
    await session.execute(_KEEP, asked.place | kept)


_CLAIM = text(
    "INSERT INTO idempotency_key AS known (caller, path, key, body_hash, status, headers, body, answered_at)"
    f" VALUES (:caller, :path, :key, :body_hash, {RUNNING}, '{{}}', '', :now)"
    " ON CONFLICT (caller, path, key) DO UPDATE SET answered_at = :now, body_hash = :body_hash"
    f" WHERE known.status = {RUNNING} AND known.answered_at < :stale RETURNING true"
)
_LET_GO = text(
    f"DELETE FROM idempotency_key WHERE caller = :caller AND path = :path AND key = :key AND status = {RUNNING}"
)
_KEEP = text(
    "UPDATE idempotency_key SET status = :status, headers = :headers, body = :body, answered_at = :now"
    " WHERE caller = :caller AND path = :path AND key = :key"
)
