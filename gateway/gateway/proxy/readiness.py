"""Readiness of the platform: that of every service, and the demo while it is loaded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.proxy.client import BrokenResponse, ProxyClient, ServiceUnreachable
from gateway.settings import GatewaySettings

SECONDS_TO_RESPOND = 3.0
SECONDS_CACHED = 1.0


class ReadinessCache:
    """The readiness of the platform, fetched at most once a second however many ask."""

    def __init__(self, fetch: Callable[[], Awaitable[tuple[int, dict[str, Any]]]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._known: tuple[int, dict[str, Any]] | None = None
        self._fetched_at = 0.0

    async def get(self) -> tuple[int, dict[str, Any]]:
        async with self._lock:
            if self._known is None or time.monotonic() - self._fetched_at >= SECONDS_CACHED:
                self._known = await self._fetch()
                self._fetched_at = time.monotonic()
            return self._known


async def platform_readiness(
    client: ProxyClient, settings: GatewaySettings, own: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    """Status and document of /readyz: 200 when everything needed is up; `degraded` counts as up."""
    addresses = settings.service_urls()
    answers = await asyncio.gather(*(_fetch(client, address) for address in addresses.values()))
    services = dict(zip(addresses, answers, strict=True))
    dependencies = {**own, **services}
    if settings.demo_loaded_file is not None:
        dependencies["demo"] = "loaded" if settings.demo_loaded_file.exists() else "loading"
    status = _summary(dependencies)
    return (503 if status == "unavailable" else 200), {"status": status, "dependencies": dependencies}


def _summary(dependencies: dict[str, str]) -> str:
    needed = {state for name, state in dependencies.items() if name != "bus"}
    if not needed <= {"up", "newer", "missing", "ready", "degraded", "loaded"}:  # as a service judges its own database
        return "unavailable"
    return "ready" if set(dependencies.values()) <= {"up", "off", "ready", "loaded"} else "degraded"


async def _fetch(client: ProxyClient, address: str) -> str:
    try:
        async with asyncio.timeout(SECONDS_TO_RESPOND):
            status, body = await client.fetch(address, "/readyz")
    except (ServiceUnreachable, BrokenResponse, TimeoutError):
        return "down"
    if status != 200:
        return "unavailable"
    return "degraded" if b'"degraded"' in body else "ready"
