"""Public answers are computed once for all who ask: anonymous callers cannot make the service work more than it changes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from chassis.clock import today
from chassis.storage.database import ReadSession
from reporting.projections.tree import tree_of
from reporting.queries.counts import get_live_version, state_of_all

__all__ = ["public_answer"]

SECONDS_BETWEEN = 1.0
"""An answer is computed at most once in this time; after a change, a request waits for the rest of it."""

AT_ONCE = 4
"""So many public answers are computed beside one another in one process; the others wait."""

MOST_ANSWERS = 512


@dataclass(slots=True)
class _Answer:
    stamp: Hashable
    """What the answer depends on: it holds until this changes."""
    computed_at: float
    task: asyncio.Task[Any]


class _Answers:
    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def get(self, key: Hashable, stamp: Hashable, compute: Callable[[], Awaitable[Any]]) -> Any:
        kept = self._answers.get(key)
        if kept is None or kept.stamp != stamp or kept.task.cancelled() or (kept.task.done() and kept.task.exception()):
            kept = self._answers[key] = self._start(kept, stamp, compute)
            while len(self._answers) > MOST_ANSWERS:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        # The first caller may leave before the answer is there: the others still get it.
        return await asyncio.shield(kept.task)

    def _start(self, before: _Answer | None, stamp: Hashable, compute: Callable[[], Awaitable[Any]]) -> _Answer:
        now = asyncio.get_running_loop().time()
        due = max(now, before.computed_at + SECONDS_BETWEEN) if before else now
        return _Answer(stamp, due, asyncio.create_task(self._compute(due - now, compute)))

    async def _compute(self, wait: float, compute: Callable[[], Awaitable[Any]]) -> Any:
        await asyncio.sleep(wait)
        async with self._places:
            return await compute()


_kept: WeakKeyDictionary[Any, _Answers] = WeakKeyDictionary()


async def public_answer(
    runtime: Any, session: ReadSession, key: Hashable, compute: Callable[[ReadSession], Awaitable[Any]]
) -> Any:
    """What `compute` gives for a public request; `key` is all that it depends on besides the counts and the day."""

    async def with_own_session() -> Any:
        async with runtime.database.reading() as own:
            return await compute(own)

    live = await get_live_version(session)
    stamp = (today(), live.version, (await tree_of(session)).version, await state_of_all(session, live))
    await session.close()  # its connection goes back to the pool: many wait here for the one that computes
    return await _kept.setdefault(runtime, _Answers()).get(key, stamp, with_own_session)
