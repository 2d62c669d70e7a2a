"""Waits a moment for the replication of an id that another service has just accepted."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis.errors import NotYetKnown

Found = TypeVar("Found")

SECONDS = 1.0
RETRY_EVERY = 0.05


async def wait_until_replicated(find: Callable[[], Awaitable[Found | None]], *, waits: bool = True) -> Found:
    """What `find` returns, retried for a second; then NotYetKnown, a 404 with Retry-After.

    `find` also returns None for what is outside the caller's scope. Both answers are sent after the same time, so that the
    time does not reveal which it was.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + SECONDS
    while (found := await find()) is None:
        if waits:
            await asyncio.sleep(min(RETRY_EVERY, until - clock()))
        if not waits or clock() >= until:
            raise NotYetKnown()
    return found
