"""The bare proxy: an aiohttp client under the same server, headers and body as they come, nothing checked."""

import os
from typing import Any

import aiohttp
from yarl import URL

DROPPED = {b"connection", b"keep-alive", b"transfer-encoding", b"host"}
_sessions: list[aiohttp.ClientSession] = []


def _session() -> aiohttp.ClientSession:
    if not _sessions:
        connector = aiohttp.TCPConnector(limit=0)
        _sessions.append(
            aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
        )
    return _sessions[0]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Forward the request, stream the answer back."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    url = URL(os.environ["UPSTREAM"] + scope["raw_path"].decode(), encoded=True)
    headers = [(name.decode(), value.decode()) for name, value in scope["headers"] if name not in DROPPED]
    async with _session().request(scope["method"], url, headers=headers, allow_redirects=False) as answer:
        kept = [(name.lower(), value) for name, value in answer.raw_headers if name.lower() not in DROPPED]
        await send({"type": "http.response.start", "status": answer.status, "headers": kept})
        async for chunk in answer.content.iter_any():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _live(receive: Any, send: Any) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    for session in _sessions:
        await session.close()
    await send({"type": "lifespan.shutdown.complete"})
