"""Answers that the door writes itself, straight to the server: problems and small JSON documents."""

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from chassis.errors import Problem
from chassis.http import language_of

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]


async def send_problem(scope: Scope, send: Send, problem: Problem, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    """Answer with the problem (RFC 9457) in the language the caller asks for."""
    wanted = b",".join(header_values(scope, b"accept-language")).decode("latin-1")
    language = language_of(wanted)
    own = [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send_json(
        send,
        problem.status,
        problem.render(language, scope["path"]),
        [(b"content-language", language.encode()), *own, *headers],
        media_type=b"application/problem+json",
    )


async def send_json(
    send: Send, status: int, document: Any, headers: RawHeaders, *, media_type: bytes = b"application/json"
) -> None:
    """Answer with a document; None sends no body."""
    body = b"" if document is None else json.dumps(document, ensure_ascii=False).encode()
    kind = [] if document is None else [(b"content-type", media_type)]
    length = [] if status == 204 else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*kind, *length, *headers]})
    await send({"type": "http.response.body", "body": body})


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """All values of a header, in their order."""
    return [value for key, value in scope["headers"] if key == name]
