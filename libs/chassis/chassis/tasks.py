"""The end of background tasks."""

import asyncio
from collections.abc import Iterable

SECONDS_TO_CLEAN_UP = 12.0
"""Longer than what a task does at its end: a member of a Kafka group may take 10 s to leave it."""


async def cancel_until_ended(tasks: Iterable[asyncio.Task[None]], *, seconds: float = SECONDS_TO_CLEAN_UP) -> None:
    """Cancels tasks and waits for their end, whatever it is.

    A cancellation can be lost: a driver answers it with its own error, and the task's loop takes that for a fault and
    begins again. So it is repeated, after `seconds` for the clean-up, until the task has ended.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=seconds)
