"""Whether each service works, asked past the gateway: so their state is known when the gateway is down."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx

from gateway.status.document import State

SECONDS_TO_RESPOND = 5.0


def check_services(addresses: Mapping[str, str]) -> dict[str, State]:
    """The state of each service by its `/readyz`, all at the same time."""
    with ThreadPoolExecutor(len(addresses) or 1) as pool:
        return dict(zip(addresses, pool.map(_check, addresses.items()), strict=True))


def _check(named: tuple[str, str]) -> State:
    name, url = named
    # The gateway's /readyz describes the whole platform; its own liveness is checked here.
    path = "/healthz" if name == "gateway" else "/readyz"
    try:
        answer = httpx.get(f"{url.rstrip('/')}{path}", timeout=SECONDS_TO_RESPOND)
    except httpx.HTTPError:
        return "down"
    if answer.status_code != 200:
        return "down"
    return "impaired" if '"degraded"' in answer.text else "works"
