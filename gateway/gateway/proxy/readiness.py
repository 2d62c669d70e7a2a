"""Readiness of the platform: that of every service, and the demo while it is loaded."""

import asyncio
from typing import Any

from gateway.proxy.client import BrokenResponse, ProxyClient, ServiceUnreachable
from gateway.settings import GatewaySettings

SECONDS_TO_RESPOND = 3.0


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
    if not needed <= {"up", "ready", "degraded", "loaded"}:
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
