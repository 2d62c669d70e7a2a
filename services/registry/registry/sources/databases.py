"""Queries to several linked databases at once, within one time budget."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import httpx
from pydantic import ValidationError

from chassis.web.circuit_breaker import CircuitBreaker
from registry.settings import get_registry_settings
from registry.sources.adapters import LINKED, Linked, SourceAnswer
from registry.sources.xroad import check_xroad_answer, xroad_headers

BY_OWNER: WeakKeyDictionary[object, "Databases"] = WeakKeyDictionary()
"""The databases of each running process of the service; a test puts its own here."""

FAILURES_TO_OPEN = 3
SECONDS_OPEN = 10.0

Failure = Literal["down", "slow", "wrong-schema", "resting"]


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The result of one query: an answer, or why there is none."""

    source: str
    answer: SourceAnswer | None = None
    failure: Failure | None = None


class Databases:
    """The linked databases of this process: addresses, connections and breakers."""

    def __init__(self, urls: Mapping[str, str], xroad_client: str | None = None) -> None:
        self.urls = dict(urls)
        self._xroad_client = xroad_client
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(max_connections=40), trust_env=False, follow_redirects=False
        )
        self._breakers = {name: CircuitBreaker(threshold=FAILURES_TO_OPEN, pause=SECONDS_OPEN) for name in urls}

    def suspects(self) -> frozenset[str]:
        """The databases whose last query failed."""
        return frozenset(name for name, breaker in self._breakers.items() if breaker.failures)

    async def query(self, sources: Iterable[str], personal_id: str, seconds: float) -> list[SourceResult]:
        """Query all of them at the same time; one that does not answer within `seconds` counts as slow."""
        wanted = [name for name in sources if name in self.urls]
        return list(await asyncio.gather(*(self._query_within(name, personal_id, seconds) for name in wanted)))

    async def _query_within(self, name: str, personal_id: str, seconds: float) -> SourceResult:
        breaker = self._breakers[name]
        if not breaker.allows():
            return SourceResult(name, failure="resting")
        result = SourceResult(name, failure="down")
        try:
            async with asyncio.timeout(seconds):
                result = SourceResult(name, answer=await self._query_one(LINKED[name], personal_id))
        except TimeoutError:
            result = SourceResult(name, failure="slow")
        except (ValidationError, ValueError):
            result = SourceResult(name, failure="wrong-schema")
        except httpx.HTTPError:
            result = SourceResult(name, failure="down")
        finally:
            # Also when the caller is cancelled: the breaker counts every query that it allowed.
            if result.failure:
                breaker.failed()
            else:
                breaker.succeeded()
        return result

    async def _query_one(self, linked: Linked, personal_id: str) -> SourceAnswer:
        """One query, repeated once when the connection failed: a query changes nothing there."""
        try:
            body = await self._post(linked.name, personal_id)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            body = await self._post(linked.name, personal_id)
        return linked.read(body)

    async def _post(self, name: str, personal_id: str) -> bytes:
        # In the body, so that the number is in no proxy's access log.
        body, url = {"personal_id": personal_id}, f"{self.urls[name]}/query"
        headers = xroad_headers(self._xroad_client) if self._xroad_client else {}
        response = await self._client.post(url, json=body, headers=headers)
        if headers:
            check_xroad_answer(headers, response)
        response.raise_for_status()
        return response.content

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def databases_of(owner: object) -> Databases:
    """The linked databases of a running process, by the addresses in its environment."""
    if owner not in BY_OWNER:
        settings = get_registry_settings()
        addresses = settings.model_dump()
        urls = {name: str(url).rstrip("/") for name in LINKED if (url := addresses.get(f"{name}_url"))}
        BY_OWNER[owner] = Databases(urls, settings.xroad_client)
    return BY_OWNER[owner]
