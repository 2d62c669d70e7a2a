"""How long things may take: one timer watches over everything that is under way, instead of one timer for each.

A timer of its own for every part of a request cost a tenth of the request; a look around twenty times a second costs nothing.
So a deadline is kept to a twentieth of a second, which is enough for limits of seconds.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from types import TracebackType

SECONDS_BETWEEN_LOOKS = 0.05


class Deadlines:
    """All that is under way in one event loop and must end."""

    def __init__(self) -> None:
        self._under_way: set[Deadline | Later] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def within(self, seconds: float) -> "Deadline":
        """`with deadlines.within(5):` raises TimeoutError inside when it takes longer, as `asyncio.timeout` does."""
        return Deadline(self, seconds)

    def later(self, seconds: float, act: Callable[[], None]) -> "Later":
        """Call `act` in a while, unless it is forgotten before."""
        return Later(self, seconds, act)

    def add(self, one: "Deadline | Later") -> None:
        self._under_way.add(one)
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.call_later(SECONDS_BETWEEN_LOOKS, self._look)

    def discard(self, one: "Deadline | Later") -> None:
        self._under_way.discard(one)

    def _look(self) -> None:
        assert self._loop is not None
        moment = monotonic()
        for one in [one for one in self._under_way if one.at <= moment]:
            self._under_way.discard(one)
            one.come()
        if self._under_way:
            self._loop.call_later(SECONDS_BETWEEN_LOOKS, self._look)
        else:
            self._loop = None


class Deadline:
    """The time until which the `with` block may run; `extend` pushes it out."""

    __slots__ = ("_cancelled_by_others", "_deadlines", "_has_come", "_task", "at")

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._has_come = False
        self._task = asyncio.current_task()
        self._cancelled_by_others = self._task.cancelling() if self._task is not None else 0
        self.at = monotonic() + seconds

    def extend(self, seconds: float) -> None:
        """From now on so many seconds."""
        self.at = monotonic() + seconds

    def come(self) -> None:
        self._has_come = True
        if self._task is not None:
            self._task.cancel()

    def __enter__(self) -> "Deadline":
        self._deadlines.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.discard(self)
        if not self._has_come or self._task is None:
            return
        # Others may have cancelled the task too: then the cancellation is theirs and goes on.
        if self._task.uncancel() <= self._cancelled_by_others and kind is asyncio.CancelledError:
            raise TimeoutError from error


class Later:
    """Something to be done in a while."""

    __slots__ = ("_act", "_deadlines", "at")

    def __init__(self, deadlines: Deadlines, seconds: float, act: Callable[[], None]) -> None:
        self._deadlines = deadlines
        self._act = act
        self.at = monotonic() + seconds
        deadlines.add(self)

    def come(self) -> None:
        self._act()

    def forget(self) -> None:
        self._deadlines.discard(self)
