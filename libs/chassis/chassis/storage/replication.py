"""Waiting a moment for what another service has announced and this one has not heard of yet."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from chassis.errors import NotYetKnown

Found = TypeVar("Found")

SECONDS = 1.0
LOOK_EVERY = 0.05


async def wait_until_replicated(find: Callable[[], Awaitable[Found | None]], *, is_patient: bool = True) -> Found:
    """What `find` finds, asked again for a second; then NotYetKnown, a 404 with Retry-After.

    `find` gives None for what the caller may not know of too: the answer comes at the same moment then, not when the last look
    is over, so that the time does not tell the one from the other.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + SECONDS
    while (found := await find()) is None:
        if is_patient:
            await asyncio.sleep(min(LOOK_EVERY, until - clock()))
        if not is_patient or clock() >= until:
            raise NotYetKnown()
    return found
