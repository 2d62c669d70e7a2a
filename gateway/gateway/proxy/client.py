"""The HTTP client of the gateway: one request to a service, one response from it, on aiohttp.

aiohttp decides how a message is framed and when a connection may be used again. What is written here is which request may
share a connection with others, and what is known when one fails (docs/decisions/0016-the-gateway-calls-services-with-aiohttp.md).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
from yarl import URL

from gateway.edge.request_head import RawHeaders

CONNECT_SECONDS = 2.0
KEEPALIVE_SECONDS = 3.0
"""Shorter than the five seconds after which the services' server closes an idle connection."""
MOST_HEADER_BYTES = 65_536
"""Of one header field of a response; aiohttp allows 128 fields."""
WRITTEN_BY_THE_CLIENT = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that aiohttp would add; they go out only if the client sent them."""


class ServiceUnreachable(Exception):
    """No connection: the request certainly had no effect."""


class BrokenResponse(Exception):
    """The connection failed after the request went out, or what came back is no response: the effect is not known."""


@dataclass(slots=True)
class Call:
    """One request to a service.

    `address` is scheme, host and port; `target` path and query, still encoded; `headers` go out as they are, without those
    that frame the body. `body` whole, or in pieces of which `length` is the sum in bytes if it is known.
    """

    method: str
    address: str
    target: str
    headers: RawHeaders
    body: bytes | AsyncIterator[bytes] | None = None
    length: int | None = None
    may_repeat: bool = False
    """Whether a second attempt has no other effect than one."""


class ProxyClient:
    """Sends calls; raises ServiceUnreachable or BrokenResponse, and may be cancelled at any await. Made in a running loop.

    A service may close a kept connection at the moment a request is written to it, and it is then unknown whether the
    request was read. So only repeatable requests use kept connections; every other request has its own connection.
    """

    def __init__(self) -> None:
        self._shared = _session(aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS))
        self._single = _session(aiohttp.TCPConnector(limit=0, force_close=True))

    async def open(self, call: Call) -> aiohttp.ClientResponse:
        """The response as soon as its head is there; to be closed by the caller."""
        if call.may_repeat:
            try:
                return _checked(call, await _send(self._shared, call))
            except BrokenResponse:
                pass
        return await _send(self._single, call)

    async def fetch(self, address: str, target: str) -> tuple[int, bytes]:
        """Status and body of a plain GET."""
        response = await self.open(Call("GET", address.rstrip("/"), target, [], may_repeat=True))
        try:
            return response.status, await response.read()
        except aiohttp.ClientError as error:
            raise BrokenResponse from error
        finally:
            response.close()

    async def close(self) -> None:
        """Close every connection; calls under way fail."""
        await self._shared.close()
        await self._single.close()


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    # `limit=0`: the adaptive limit of each service refuses before a request would have to wait for a connection.
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
        skip_auto_headers=WRITTEN_BY_THE_CLIENT,
        max_field_size=MOST_HEADER_BYTES,
        middlewares=[_once],
    )


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """One attempt: without this, aiohttp repeats requests by itself, also to a service that fails on each of them."""
    try:
        return await send(request)
    except (
        aiohttp.ClientConnectorError,
        aiohttp.ClientConnectorCertificateError,
        aiohttp.ConnectionTimeoutError,
    ) as error:
        raise ServiceUnreachable from error
    except (aiohttp.ClientError, OSError) as error:
        raise BrokenResponse from error


async def _send(session: aiohttp.ClientSession, call: Call) -> aiohttp.ClientResponse:
    headers = [(name.decode(), value.decode()) for name, value in call.headers]
    if call.length is not None:
        headers.append(("Content-Length", str(call.length)))
    url = URL(call.address + call.target, encoded=True)
    response = await session.request(call.method, url, headers=headers, data=call.body, allow_redirects=False)
    if response.status < 200:  # a change of protocol, which the gateway never requests
        response.close()
        raise BrokenResponse
    return response


def _checked(call: Call, response: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """The response, unless it names another request than the call's.

    aiohttp gives what a service sends unasked on a kept connection to the next request (aio-libs/aiohttp#13656).
    """
    returned = response.headers.get("X-Request-Id")
    if returned is not None:
        sent = next((value for name, value in call.headers if name == b"x-request-id"), None)
        if sent is not None and sent != returned.encode():
            response.close()
            raise BrokenResponse
    return response
