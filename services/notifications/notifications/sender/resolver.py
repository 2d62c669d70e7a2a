"""Resolves names of endpoints and refuses addresses that nothing may be sent to.

aiohttp connects to exactly the addresses that its resolver returned, so what is checked here is what is connected to: a name
whose address changes between two look-ups gains nothing.
"""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from notifications.model.addresses import may_connect, read_address

THREADS = 32


class AddressRefused(Exception):
    """A name leads to an address that nothing may be sent to."""


class CheckedResolver(AbstractResolver):
    """Looks names up in separate threads, one look-up at a time for a name, and checks every address.

    One address that is not allowed refuses the name: it is not left to chance which one is connected to.
    """

    def __init__(self, *, allows_loopback: bool) -> None:
        self._allows_loopback = allows_loopback
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="resolver")
        self._running: dict[tuple[str, int], asyncio.Future[list[Any]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name; raises AddressRefused, or OSError where it has none."""
        found = await self._look_up(host, port)
        results = [_result(host, port, one[0], one[4][0]) for one in found]
        if not results:
            raise OSError(None, "the name has no address")
        for result in results:
            address = read_address(result["host"])
            if address is None or not may_connect(address, allows_loopback=self._allows_loopback):
                raise AddressRefused
        return results

    async def close(self) -> None:
        """Ends without waiting for look-ups that still run."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int) -> list[Any]:
        running = self._running.get((host, port))
        if running is None:
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self._threads, _addresses_of, host, port)
            self._running[host, port] = running
            running.add_done_callback(lambda done: self._forget(host, port, done))
        return await asyncio.shield(running)

    def _forget(self, host: str, port: int, done: "asyncio.Future[list[Any]]") -> None:
        self._running.pop((host, port), None)
        if not done.cancelled():
            done.exception()  # read here too, for a look-up whose callers have all left


def _addresses_of(host: str, port: int) -> list[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def _result(hostname: str, port: int, family: int, host: str) -> ResolveResult:
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return {"hostname": hostname, "host": host, "port": port, "family": family, "proto": 0, "flags": flags}
