"""One attempt: an HTTP POST to an endpoint, without redirects, proxies, cookies or credentials."""

import asyncio
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

import aiohttp

from chassis.clock import now
from notifications.model.addresses import UrlRefused, read_url
from notifications.model.deliveries import LONGEST_ANSWER
from notifications.sender.resolver import AddressRefused, CheckedResolver

SECONDS_FOR_ANSWER_BODY = 1.0
"""The status decides; the body is only shown to the owner, and nothing waits long for it."""
GONE = 410


@dataclass(frozen=True)
class AttemptResult:
    """What came of one attempt: a status, or an `error` code."""

    at: datetime
    milliseconds: int
    status_code: int | None = None
    error: str | None = None
    answer: bytes = b""
    retry_after: float | None = None
    """Seconds that the endpoint asked for."""

    @property
    def ended_at(self) -> datetime:
        """When the answer came, or when nothing more was waited for."""
        return self.at + timedelta(milliseconds=self.milliseconds)

    @property
    def is_success(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.status_code == GONE


class EndpointClient:
    """Posts to endpoints; opened once for a process."""

    def __init__(self, *, seconds: float, allows_loopback: bool) -> None:
        self._seconds, self._allows_loopback = seconds, allows_loopback
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(allows_loopback=self._allows_loopback),
            family=socket.AF_UNSPEC,
            use_dns_cache=False,
            limit=0,  # the places of each endpoint are the limit
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "BaKhong-Webhooks/1", "Content-Type": "application/json"},
            skip_auto_headers=["Accept-Encoding"],  # the beginning of an answer is shown as it came
            timeout=aiohttp.ClientTimeout(total=self._seconds),  # from resolving the name to the end of the answer
            trust_env=False,
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> AttemptResult:
        """Makes one attempt; never raises for what the endpoint or the network does."""
        clock = asyncio.get_running_loop().time
        at, began = now(), clock()
        status, answer, retry_after, error = None, b"", None, None
        try:
            status, answer, retry_after = await self._exchange(url, headers, body)
        except Exception as failure:
            error = error_of(failure)
        return AttemptResult(at, round((clock() - began) * 1000), status, error, answer, retry_after)

    async def _exchange(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes, float | None]:
        assert self._session is not None
        checked = read_url(url, allows_loopback=self._allows_loopback)
        async with self._session.post(checked, data=body, headers=headers, allow_redirects=False) as response:
            return response.status, await _beginning(response), seconds_of(response.headers.get("Retry-After"))


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    content, answer = response.content, b""
    try:
        answer = content.read_nowait()
        if not content.is_eof():  # most answers come in one piece
            async with asyncio.timeout(SECONDS_FOR_ANSWER_BODY):
                while len(answer) < LONGEST_ANSWER and (more := await content.readany()):
                    answer += more
    except (TimeoutError, aiohttp.ClientError):
        pass  # the status is there
    return answer[:LONGEST_ANSWER]


def seconds_of(retry_after: str | None) -> float | None:
    """The seconds of a `Retry-After`, as a number or as a date; None where it cannot be read or is past."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after) if len(retry_after) < 10 else None
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    if moment.tzinfo is None:
        return None
    return max((moment - now()).total_seconds(), 0.0)


ERRORS: tuple[tuple[type[BaseException], str], ...] = (
    (AddressRefused, "address-not-allowed"),
    (UrlRefused, "address-not-allowed"),
    (TimeoutError, "timeout"),
    (aiohttp.ClientConnectorDNSError, "name-not-resolved"),
    (aiohttp.ClientSSLError, "tls-failed"),
    (aiohttp.ClientConnectorCertificateError, "tls-failed"),
    (aiohttp.ClientConnectionError, "connection-failed"),
    (OSError, "connection-failed"),
    (aiohttp.ClientError, "invalid-response"),
)


def error_of(failure: BaseException) -> str:
    """The stable code of a failure."""
    return next((code for kind, code in ERRORS if isinstance(failure, kind)), "invalid-response")
