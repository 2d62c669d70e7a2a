"""Server-sent events: one is sent when a unit's figures have changed."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from chassis.clock import today
from chassis.errors import Unavailable
from chassis.web.problems import rendered
from chassis.web.routing import transactional_router
from reporting.queries.counts import get_live_version, last_changes
from reporting.queries.reports import get_unit_on
from reporting.routes.reports import PROVINCE, OptionalCaller, UnitCode

router = transactional_router(tags=["reports"])

POLL_EVERY = 0.5
KEEPALIVE_EVERY = 15
MOST_STREAMS = 500
"""Of one process; the gateway limits them by address."""


class ChangeWatch:
    """When the followed units last changed: one query every half second for all open streams."""

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self._followed: Counter[UUID] = Counter()
        self._changed: dict[UUID, datetime] = {}
        self._asked_at = 0.0
        self._asking = asyncio.Lock()

    def follow(self, unit_id: UUID) -> None:
        self._followed[unit_id] += 1
        self._asked_at = 0.0

    def leave(self, unit_id: UUID) -> None:
        self._followed[unit_id] -= 1
        if not self._followed[unit_id]:
            del self._followed[unit_id]

    async def changed_at(self, unit_id: UUID) -> datetime:
        """Not older than half a second."""
        async with self._asking:
            if asyncio.get_running_loop().time() - self._asked_at >= POLL_EVERY:
                async with self._runtime.database.reading() as session:
                    live = await get_live_version(session)
                    self._changed = await last_changes(session, live, list(self._followed))
                self._asked_at = asyncio.get_running_loop().time()
            return self._changed[unit_id]


_watches: WeakKeyDictionary[Any, ChangeWatch] = WeakKeyDictionary()


class ChangeStream(StreamingResponse):
    """A stream that takes one of the places for streams while it is sent; 503 when all are taken."""

    media_type = "text/event-stream"
    open_streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if ChangeStream.open_streams >= MOST_STREAMS:
            await rendered(Unavailable(), Request(scope))(scope, receive, send)
            return
        ChangeStream.open_streams += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            ChangeStream.open_streams -= 1


@router.get("/v1/reports/stream", response_class=ChangeStream)
async def stream_changes(request: Request, caller: OptionalCaller, unit_code: UnitCode = PROVINCE) -> StreamingResponse:
    """`fresh` once at the beginning, then `changed` whenever something of the unit is counted anew."""
    runtime = request.app.state.runtime
    async with runtime.database.reading() as session:
        unit = await get_unit_on(session, unit_code, today())
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return ChangeStream(_events(request, unit_code, unit.id), headers=headers)


async def _events(request: Request, unit_code: str, unit_id: UUID) -> AsyncIterator[str]:
    runtime = request.app.state.runtime
    watch = _watches.setdefault(runtime, ChangeWatch(runtime))
    watch.follow(unit_id)
    try:
        received = await watch.changed_at(unit_id)
        yield f"retry: 3000\n{_event('fresh', unit_code, received)}"
        quiet = 0.0
        while not await request.is_disconnected():
            await asyncio.sleep(POLL_EVERY)
            quiet += POLL_EVERY
            found = await watch.changed_at(unit_id)
            if found != received:
                received, quiet = found, 0.0
                yield _event("changed", unit_code, received)
            elif quiet >= KEEPALIVE_EVERY:
                quiet = 0.0
                yield ": keepalive\n\n"
    finally:
        watch.leave(unit_id)


def _event(name: str, unit_code: str, fresh_at: datetime) -> str:
    body = json.dumps({"unit_code": unit_code, "fresh_at": fresh_at.isoformat()})
    return f"event: {name}\nid: {fresh_at.timestamp():.6f}\ndata: {body}\n\n"
