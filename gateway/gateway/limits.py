"""How much one caller may ask for, and how much the door carries at once. In process, bounded in memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType

Clock = Callable[[], float]


@dataclass(frozen=True)
class Policy:
    """`quota` requests per `window` seconds; the whole quota may be spent at once."""

    name: str
    quota: int
    window: int

    @cached_property
    def header(self) -> bytes:
        return f'"{self.name}";q={self.quota};w={self.window}'.encode()


@dataclass(slots=True)
class Verdict:
    """Whether a request may pass, with what is left (requests) and when it is more (seconds)."""

    allowed: bool
    policy: Policy
    remaining: int
    reset_after: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The `RateLimit` fields (IETF draft-ietf-httpapi-ratelimit-headers), with `Retry-After` on a refusal."""
        state = b'"%b";r=%d;t=%d' % (self.policy.name.encode(), self.remaining, self.reset_after)
        fields = [(b"ratelimit-policy", self.policy.header), (b"ratelimit", state)]
        if not self.allowed:
            fields.append((b"retry-after", str(max(1, self.reset_after)).encode()))
        return fields


class TokenBuckets:
    """One bucket per key under one policy; the least recently used key is forgotten when there are too many."""

    def __init__(self, policy: Policy, *, keys: int = 50_000, clock: Clock = time.monotonic) -> None:
        self.policy = policy
        self._full = float(policy.quota)
        self._rate = policy.quota / policy.window
        self._keys = keys
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> Verdict:
        """Spend one token of `key`; a refusal spends nothing."""
        level, now = self._level(key)
        allowed = level >= 1
        if allowed:
            level -= 1
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)
        return self._verdict(allowed, level)

    def peek(self, key: Hashable) -> Verdict:
        """What `take` would say, spending nothing: for limits on failures, charged afterwards."""
        level, _ = self._level(key)
        return self._verdict(level >= 1, level)

    def __len__(self) -> int:
        return len(self._levels)

    def _level(self, key: Hashable) -> tuple[float, float]:
        now = self._clock()
        known = self._levels.get(key)
        if known is None:
            return self._full, now
        level, then = known
        return min(self._full, level + (now - then) * self._rate), now

    def _verdict(self, allowed: bool, level: float) -> Verdict:
        seconds = math.ceil((1 - level) / self._rate) if level < 1 else 0
        return Verdict(allowed, self.policy, int(level), seconds)


class LimitReached(Exception):
    """As many requests are in flight, at the gateway or at the service, as may be; nothing of this one was accepted."""


class InFlightLimit:
    """Counts the requests in flight and refuses before memory grows: requests are shed before they are accepted, never after."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.in_flight = 0

    def __enter__(self) -> None:
        if self.in_flight >= self.limit:
            raise LimitReached
        self.in_flight += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.in_flight -= 1
