"""The one HTTP client of the door, behind the few verbs the proxy needs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from yarl import URL

CONNECT_SECONDS = 2.0
# Shorter than the five seconds after which the services' server closes an idle connection, so a request is
# never written to a connection that the other side is closing.
KEEPALIVE_SECONDS = 3.0


class NotReached(Exception):
    """No connection: the request certainly had no effect."""


class BrokenAnswer(Exception):
    """The connection broke after the request went out: its effect is not known."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a service: absolute `url` with path and query still encoded, headers as they go out."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes | AsyncIterator[bytes] | None


class Answer(Protocol):
    """The head of an answer and its body, not yet read."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[bytes, bytes]]: ...
    def chunks(self) -> AsyncIterator[bytes]: ...
    def close(self) -> None: ...


class Client(Protocol):
    """Sends calls; raises NotReached or BrokenAnswer, and is safely cancelled at any await."""

    async def open(self, call: Call) -> Answer: ...


class AiohttpAnswer:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self._headers = [(name.lower(), value) for name, value in response.raw_headers]

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return self._headers

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise BrokenAnswer from error

    def close(self) -> None:
        # A body read to its end went back to the pool already; anything else must not be reused.
        self._response.close()


class AiohttpClient:
    """Client on aiohttp: nothing added, nothing decoded, no cookies kept, no redirects followed."""

    def __init__(self, *, connections_per_service: int = 256) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, limit_per_host=connections_per_service, keepalive_timeout=KEEPALIVE_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS * 2, sock_connect=CONNECT_SECONDS),
            max_line_size=16_384,
            max_field_size=16_384,
        )

    async def open(self, call: Call) -> AiohttpAnswer:
        try:
            response = await self._session.request(
                call.method,
                URL(call.url, encoded=True),
                headers=call.headers,
                data=call.body,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached from error
        except (aiohttp.ClientError, OSError) as error:
            raise BrokenAnswer from error
        return AiohttpAnswer(response)

    async def close(self) -> None:
        await self._session.close()
        await asyncio.sleep(0)  # lets the transports see their close
