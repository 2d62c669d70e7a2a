"""How many requests one caller may make in a time. In process, bounded in memory."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

from gateway.errors import TooManyRequests

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
    """Whether a request may pass, how many requests are left, and after how many seconds there are more."""

    allowed: bool
    policy: Policy
    remaining: int
    reset_after: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The `RateLimit` fields (IETF draft-ietf-httpapi-ratelimit-headers), with `Retry-After` when refused."""
        state = b'"%b";r=%d;t=%d' % (self.policy.name.encode(), self.remaining, self.reset_after)
        fields = [(b"ratelimit-policy", self.policy.header), (b"ratelimit", state)]
        if not self.allowed:
            fields.append((b"retry-after", str(max(1, self.reset_after)).encode()))
        return fields


class TokenBuckets:
    """One bucket per key under one policy; the least recently used key is dropped when there are too many."""

    def __init__(self, policy: Policy, *, keys: int = 50_000, clock: Clock = time.monotonic) -> None:
        self.policy = policy
        self._full = float(policy.quota)
        self._rate = policy.quota / policy.window
        self._keys = keys
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> Verdict:
        """Spend one token of `key`; a refused request spends nothing."""
        level, now = self._level(key)
        allowed = level >= 1
        if allowed:
            level -= 1
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._keys:
            self._levels.popitem(last=False)
        return self._verdict(allowed, level)

    def give_back(self, key: Hashable) -> None:
        """Return a token that was taken: for limits on failures, which are charged before the result is known."""
        level, now = self._level(key)
        self._levels[key] = (min(self._full, level + 1), now)

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


def check_quota(verdict: Verdict) -> Verdict:
    """The verdict; TooManyRequests with its fields when the quota is used up."""
    if not verdict.allowed:
        raise TooManyRequests(headers={name.decode(): value.decode() for name, value in verdict.headers()})
    return verdict
