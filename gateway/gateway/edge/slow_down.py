"""An address that goes on after it was refused is answered one to two seconds later: refusing must not cost more than asking."""

import asyncio
from random import uniform

from chassis.errors import Problem
from gateway.edge.client_address import address_group
from gateway.edge.rate_limits import Policy, TokenBuckets

DELAY_SECONDS = 1.0
"""The least delay, and the least `Retry-After` of a refusal."""
AT_ONCE = Policy("refusals", 60, 60)
"""Refusals that an address gets without delay."""
HEALTH = Policy("health", 1200, 60)
"""Requests for the health pages, which no limit refuses, that an address gets without delay."""


def spread(seconds: float) -> float:
    """Up to twice as long: hundreds that were refused at once do not come back at once and stop all others for that moment."""
    return uniform(seconds, 2 * seconds)


class SlowDown:
    """Counts refusals and requests for health pages by address (of IPv6: by /64 network)."""

    def __init__(self, seconds: float = DELAY_SECONDS) -> None:
        self._seconds = seconds
        self._refusals = TokenBuckets(AT_ONCE)
        self._health = TokenBuckets(HEALTH)

    async def before_refusal(self, address: str, problem: Problem) -> None:
        """Waits before a 429 that follows many others."""
        if problem.status == 429:
            await self._wait(self._refusals, address)

    async def before_health(self, address: str) -> None:
        """Waits before a health page that one address asks for many times a second."""
        await self._wait(self._health, address)

    async def _wait(self, buckets: TokenBuckets, address: str) -> None:
        if not buckets.take(address_group(address)).allowed:
            await asyncio.sleep(spread(self._seconds))
