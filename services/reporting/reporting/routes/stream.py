"""Server-sent events: the server says that a unit's figures have changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import StreamingResponse

from chassis.clock import today
from chassis.errors import Unavailable
from chassis.http import Routes
from reporting.queries.counts import get_live_version, last_change
from reporting.queries.reports import get_unit_on
from reporting.routes.reports import PROVINCE, Anybody, UnitCode

router = Routes(tags=["reports"])

LOOK_EVERY = 0.5
SAY_SOMETHING_EVERY = 15
MOST_STREAMS = 500
open_streams = 0


@router.get("/v1/reports/stream", response_class=StreamingResponse)
async def stream(request: Request, caller: Anybody, unit_code: UnitCode = PROVINCE) -> StreamingResponse:
    """`fresh` once at the beginning, then `changed` whenever something of the unit is counted anew."""
    if open_streams >= MOST_STREAMS:
        raise Unavailable()
    runtime = request.app.state.runtime
    async with runtime.database.reading() as session:
        await get_unit_on(session, unit_code, today())
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, unit_code), media_type="text/event-stream", headers=headers)


async def _events(request: Request, unit_code: str) -> AsyncIterator[str]:
    global open_streams
    open_streams += 1
    try:
        said = await _fresh_at(request.app.state.runtime, unit_code)
        yield f"retry: 3000\n{_event('fresh', unit_code, said)}"
        quiet = 0.0
        while not await request.is_disconnected():
            await asyncio.sleep(LOOK_EVERY)
            quiet += LOOK_EVERY
            found = await _fresh_at(request.app.state.runtime, unit_code)
            if found != said:
                said, quiet = found, 0.0
                yield _event("changed", unit_code, said)
            elif quiet >= SAY_SOMETHING_EVERY:
                quiet = 0.0
                yield ": still here\n\n"
    finally:
        open_streams -= 1


async def _fresh_at(runtime: Any, unit_code: str) -> datetime:
    async with runtime.database.reading() as session:
        unit = await get_unit_on(session, unit_code, today())
        return await last_change(session, await get_live_version(session), unit.id)


def _event(name: str, unit_code: str, fresh_at: datetime) -> str:
    body = json.dumps({"unit_code": unit_code, "fresh_at": fresh_at.isoformat()})
    return f"event: {name}\nid: {fresh_at.timestamp():.6f}\ndata: {body}\n\n"
