"""A client that knows the addresses of both hosts, as a browser does when the domain has two."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

import httpx

CANNOT_CONNECT = (httpx.ConnectError, httpx.ConnectTimeout)


class EitherDoor(httpx.BaseTransport):
    """Sends to one door until it does not answer, then to the other; a request that may have arrived is not sent again."""

    def __init__(self, addresses: Sequence[str], domain: str, certificate: Path) -> None:
        self._addresses = list(addresses)
        self._domain = domain
        context = ssl.create_default_context(cafile=certificate)
        self._transport = httpx.HTTPTransport(verify=context)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": self._domain}
        for _ in self._addresses[1:]:
            try:
                return self._send(request)
            except CANNOT_CONNECT:
                self._turn()
            except httpx.TransportError:
                self._turn()
                raise
        return self._send(request)

    def close(self) -> None:
        self._transport.close()

    def _send(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host=self._addresses[0])  # the header `Host` stays the domain
        return self._transport.handle_request(request)

    def _turn(self) -> None:
        self._addresses = [*self._addresses[1:], self._addresses[0]]
