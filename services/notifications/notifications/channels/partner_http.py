"""HTTP to the interfaces of channels, at the addresses of the settings: JSON in, JSON out, what came of it in one value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from notifications.channels.messages import Refused, TryLater
from notifications.sender.client import error_of, seconds_of

SECONDS = 15.0
LONGEST_ANSWER = 64 * 1024
TOO_MANY = 429


@dataclass(frozen=True)
class Answer:
    """A status with the JSON of the body; `error` instead where no answer came."""

    status: int = 0
    body: Any = None
    retry_after: float | None = None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def failure(self) -> Refused | TryLater:
        """What an answer without success means where the channel's own codes decide nothing else."""
        if self.error is not None:
            return TryLater(self.error)
        if self.status == TOO_MANY or self.status >= 500:
            return TryLater(f"http-{self.status}", self.retry_after)
        return Refused(f"http-{self.status}")


class ChannelHttp:
    """The HTTP client of one adapter: no redirects, cookies or proxies of the environment."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, headers: Mapping[str, str], **body: Any) -> Answer:
        """`json=` or `data=` as in aiohttp; never raises for what the network does."""
        try:
            async with self._opened().post(url, headers=headers, allow_redirects=False, **body) as response:
                read = await response.content.read(LONGEST_ANSWER)
                retry_after = seconds_of(response.headers.get("Retry-After"))
                return Answer(response.status, _json_of(read), retry_after)
        except Exception as failure:
            return Answer(error=error_of(failure))

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=SECONDS), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session


def _json_of(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
