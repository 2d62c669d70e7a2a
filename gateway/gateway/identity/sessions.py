"""Signing in on the dashboard: OpenID code flow with PKCE, and an encrypted `__Host-` cookie that permits reading only."""

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode

import aiohttp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.clock import now
from chassis.errors import NotFound, Unauthenticated
from chassis.observability.log import logger
from chassis.security.identity import Caller, claims_of
from gateway.edge.request_head import RawHeaders
from gateway.edge.responses import Scope, Send, header_values
from gateway.identity.ended_sessions import EndedSessions
from gateway.identity.oidc import IdentityProvider, caller_of, discover
from gateway.settings import GatewaySettings

SIGN_IN, CALLBACK, SIGN_OUT = "/dashboard/sign-in", "/dashboard/callback", "/dashboard/sign-out"
PATHS = frozenset({SIGN_IN, CALLBACK, SIGN_OUT})
SESSION_COOKIE, STATE_COOKIE = "__Host-session", "__Host-sign-in"
SECONDS_TO_SIGN_IN = 600
LONGEST_SESSION = 8 * 3600
LONGEST_COOKIE = 4000


@dataclass(frozen=True, slots=True)
class DashboardSession:
    """The caller of a cookie, and when the session ends (Unix seconds)."""

    caller: Caller
    until: float


class DashboardSessions:
    """The dashboard's sign-in with one provider. State and session travel encrypted in cookies; sign-out is kept here."""

    def __init__(
        self, settings: GatewaySettings, provider: IdentityProvider, key: Callable[[], bytes], ended: EndedSessions
    ) -> None:
        self._ended = ended
        self._settings = settings
        self._provider = provider
        self._key = key

    async def answer(self, scope: Scope, send: Send, path: str) -> None:
        """Answer one of PATHS; raises a Problem."""
        if path == SIGN_IN and scope["method"] == "GET":
            await self._begin(scope, send)
        elif path == CALLBACK and scope["method"] == "GET":
            await self._finish(scope, send)
        elif path == SIGN_OUT and scope["method"] == "POST":
            await self._end(scope)
            await _redirect(send, "/dashboard", [_cookie(SESSION_COOKIE, "", 0)])
        else:
            raise NotFound

    async def session_of(self, scope: Scope) -> DashboardSession | None:
        """The session that the request's cookie carries; None when there is none, or it is not ours, or it ended."""
        content = self._decrypt(SESSION_COOKIE, _cookie_value(scope, SESSION_COOKIE))
        if content is None or content["until"] <= now().timestamp() or await self._ended.contains(_id_of(content)):
            return None
        return DashboardSession(caller_of(_as_provider_claims(content["claims"])), float(content["until"]))

    async def _end(self, scope: Scope) -> None:
        """Ends the session for every copy of its cookie."""
        content = self._decrypt(SESSION_COOKIE, _cookie_value(scope, SESSION_COOKIE))
        if content is None:
            return
        await self._ended.add(_id_of(content), datetime.fromtimestamp(content["until"], UTC))

    async def _begin(self, scope: Scope, send: Send) -> None:
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self._callback_address(scope),
            "scope": "openid",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        async with _http() as http:
            endpoint = (await self._discovered(http))["authorization_endpoint"]
        kept = {"state": state, "verifier": verifier, "next": _next_page(scope)}
        cookie = _cookie(STATE_COOKIE, self._encrypt(STATE_COOKIE, kept), SECONDS_TO_SIGN_IN)
        await _redirect(send, f"{endpoint}?{urlencode(query)}", [cookie])

    async def _finish(self, scope: Scope, send: Send) -> None:
        kept = self._decrypt(STATE_COOKIE, _cookie_value(scope, STATE_COOKIE))
        given = parse_qs(scope["query_string"].decode("latin-1"))
        # The state in the address must be the one in this browser's cookie: a foreign link must not sign anyone in.
        if kept is None or not secrets.compare_digest(given.get("state", [""])[0].encode(), kept["state"].encode()):
            raise Unauthenticated
        token = await self._exchange(scope, given.get("code", [""])[0], kept["verifier"])
        caller, expires = await self._provider.caller(token)
        until = min(expires, now().timestamp() + LONGEST_SESSION)
        content = {"claims": claims_of(caller), "until": until, "id": secrets.token_urlsafe(18)}
        seconds = max(0, int(until - now().timestamp()))
        session = _cookie(SESSION_COOKIE, self._encrypt(SESSION_COOKIE, content), seconds)
        await _redirect(send, kept["next"], [session, _cookie(STATE_COOKIE, "", 0)])

    async def _exchange(self, scope: Scope, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback_address(scope),
            "client_id": self._settings.oidc_client_id or "",
            "client_secret": self._settings.oidc_client_secret or "",
            "code_verifier": verifier,
        }
        async with _http() as http:
            endpoint = (await self._discovered(http))["token_endpoint"]
            try:
                async with http.post(endpoint, data=form, allow_redirects=False) as answer:
                    document = await answer.json(content_type=None)
                    return str(document["access_token"])
            except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
                logger.info("identity provider gave no token", error=type(error).__name__)
                raise Unauthenticated from error

    async def _discovered(self, http: aiohttp.ClientSession) -> dict[str, Any]:
        try:
            return await discover(http, self._provider.issuer)
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            raise Unauthenticated from error

    def _callback_address(self, scope: Scope) -> str:
        if self._settings.gateway_url:
            return self._settings.gateway_url.rstrip("/") + CALLBACK
        host = b"".join(header_values(scope, b"host")[:1]).decode("latin-1")
        return f"{scope.get('scheme', 'http')}://{host}{CALLBACK}"

    def _encrypt(self, name: str, content: dict[str, Any]) -> str:
        nonce = os.urandom(12)
        encrypted = AESGCM(self._key()).encrypt(nonce, json.dumps(content).encode(), name.encode())
        return base64.urlsafe_b64encode(nonce + encrypted).decode()

    def _decrypt(self, name: str, value: str) -> dict[str, Any] | None:
        if not value or len(value) > LONGEST_COOKIE:
            return None
        try:
            raw = base64.urlsafe_b64decode(value)
            content: dict[str, Any] = json.loads(AESGCM(self._key()).decrypt(raw[:12], raw[12:], name.encode()))
        except (ValueError, InvalidTag):
            return None
        return content


def _id_of(content: dict[str, Any]) -> str:
    # A session of the release before has no id: its own content stands for it.
    return str(content.get("id") or hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest())


def _as_provider_claims(claims: dict[str, Any]) -> dict[str, Any]:
    return claims | {"bakhong_role": claims["role"]}


def _next_page(scope: Scope) -> str:
    wanted = parse_qs(scope["query_string"].decode("latin-1")).get("next", ["/dashboard"])[0]
    # Only our own pages: an open redirect would help phishing.
    is_ours = (wanted == "/dashboard" or wanted.startswith("/dashboard/")) and wanted.isascii() and wanted.isprintable()
    return wanted if is_ours and "\\" not in wanted and "//" not in wanted else "/dashboard"


def _cookie_value(scope: Scope, name: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(b"; ".join(header_values(scope, b"cookie")).decode("latin-1"))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def _cookie(name: str, value: str, seconds: int) -> tuple[bytes, bytes]:
    text = f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"
    return b"set-cookie", text.encode()


def _http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5), cookie_jar=aiohttp.DummyCookieJar())


async def _redirect(send: Send, address: str, cookies: RawHeaders) -> None:
    headers = [(b"location", address.encode()), (b"content-length", b"0"), *cookies]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
