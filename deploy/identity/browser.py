"""A person's browser without a screen, for the tests of sign-in: follows redirects, keeps cookies, sends forms."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

import httpx


class Browser:
    """Follows redirects until one leads to the application; `visited` has every address, in order.

    Keycloak's cookies are for TLS only; a browser makes an exception for the loopback, the client library does not.
    """

    def __init__(self, application: str) -> None:
        """`application`: how the addresses begin that lead back to the application."""
        self._application = application
        self._cookies: dict[str, str] = {}
        self.visited: list[str] = []

    def open(self, address: str) -> httpx.Response:
        """The page at an address."""
        self.visited.append(address)
        return self._follow(httpx.get(address, headers=self._headers(), timeout=60))

    def send(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """The page's first form, sent with these fields."""
        action = re.search(r'action="([^"]+)"', page.text)
        if action is None:
            raise AssertionError(f"no form on {page.url}: {page.text[:2000]}")
        return self.post(urljoin(str(page.url), html.unescape(action[1])), fields)

    def post(self, address: str, fields: dict[str, str]) -> httpx.Response:
        """The answer to a form."""
        self.visited.append(address)
        return self._follow(httpx.post(address, data=fields, headers=self._headers(), timeout=60))

    def _follow(self, answer: httpx.Response) -> httpx.Response:
        for cookie in answer.headers.get_list("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        address = answer.headers.get("Location", "")
        if not answer.is_redirect or address.startswith(self._application):
            return answer
        return self.open(urljoin(str(answer.url), address))

    def _headers(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
