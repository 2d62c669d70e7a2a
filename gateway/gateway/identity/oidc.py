"""Access tokens of an OpenID provider: fixed issuer, audience and algorithms, and keys that are kept during its outages."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import aiohttp
import jwt

from chassis.clock import now
from chassis.errors import ExpiredToken, Unauthenticated
from chassis.observability.log import logger
from chassis.security.identity import ROLES, Caller

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Asymmetric only: a provider's public key must never pass for a shared secret."""
SECONDS_BETWEEN_FETCHES = 30.0
SECONDS_FRESH = 600.0
LEEWAY_SECONDS = 30
ROLES_OF_PEOPLE = frozenset(ROLES) - {"partner", "service", "unregistered"}


class KeySet:
    """A provider's keys by id. Kept while the provider is down; fetched again for an unknown id at most every 30 s."""

    def __init__(self, issuer: str, jwks_url: str | None, *, clock: Any = time.monotonic) -> None:
        self._issuer = issuer.rstrip("/")
        self._jwks_url = jwks_url
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._tried_at: float | None = None
        self._fetched_at: float | None = None
        self._lock = asyncio.Lock()

    async def key(self, key_id: str) -> jwt.PyJWK:
        """The key with this id; Unauthenticated when the provider does not have it."""
        if key_id not in self._keys or self._is_stale():
            await self._refresh(key_id)
        try:
            return self._keys[key_id]
        except KeyError as error:
            raise Unauthenticated from error

    def _is_stale(self) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > SECONDS_FRESH

    async def _refresh(self, key_id: str) -> None:
        async with self._lock:
            is_known = key_id in self._keys and not self._is_stale()
            is_early = self._tried_at is not None and self._clock() - self._tried_at < SECONDS_BETWEEN_FETCHES
            if is_known or is_early:
                return
            self._tried_at = self._clock()
            try:
                self._keys = await self._fetch()
                self._fetched_at = self._clock()
            except (aiohttp.ClientError, OSError, ValueError, KeyError, jwt.PyJWTError) as error:
                logger.warning("identity provider keys not fetched", error=type(error).__name__)

    async def _fetch(self) -> dict[str, jwt.PyJWK]:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            url = self._jwks_url or (await discover(session, self._issuer))["jwks_uri"]
            async with session.get(url, allow_redirects=False) as answer:
                answer.raise_for_status()
                document = await answer.json(content_type=None)
        keys = [key for key in document["keys"] if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
        return {key["kid"]: jwt.PyJWK(key) for key in keys if key.get("alg", "RS256") in ALGORITHMS and "kid" in key}


class IdentityProvider:
    """Reads a provider's access tokens into callers."""

    def __init__(self, issuer: str, audience: str, jwks_url: str | None = None) -> None:
        self.issuer = issuer.rstrip("/")
        self._audience = audience
        self.keys = KeySet(self.issuer, jwks_url)

    async def caller(self, token: str) -> tuple[Caller, float]:
        """The caller whom the token names by role, and its expiry (Unix seconds); raises Unauthenticated."""
        claims = await self.claims(token)
        try:
            return caller_of(claims), float(claims["exp"])
        except (ValueError, TypeError) as error:
            raise Unauthenticated from error

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of an access token that the provider signed for us; raises Unauthenticated."""
        try:
            header = jwt.get_unverified_header(token)
            key = await self.keys.key(str(header.get("kid")))
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS or algorithm != (key.algorithm_name or algorithm):
                raise Unauthenticated
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._audience,
                issuer=self.issuer,
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False},
            )
            check_times(claims)
            if claims.get("typ", "Bearer") not in ("Bearer", "at+jwt"):
                raise Unauthenticated  # an ID or refresh token is no access token
            return claims
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated from error


def check_times(claims: Mapping[str, Any]) -> None:
    """ExpiredToken for a token that ended, Unauthenticated for one that has not begun, by the platform's clock."""
    moment = now().timestamp()
    if float(claims["exp"]) <= moment:
        raise ExpiredToken
    if float(claims.get("nbf", claims["iat"])) > moment + LEEWAY_SECONDS:
        raise Unauthenticated


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The caller that a provider's claims describe: `bakhong_role` and what the role needs; ValueError otherwise."""
    role = claims.get("bakhong_role")
    if role not in ROLES_OF_PEOPLE:
        raise ValueError("no role of a person")
    needs = NEEDS[role]
    if any(not claims.get(name) for name in needs):
        raise ValueError("the role's claims are missing")
    return Caller(
        role=role,
        subject=str(claims["sub"]),
        unit_code=str(claims["unit_code"]) if "unit_code" in needs else None,
        body=str(claims["body"]) if role == "officer" and claims.get("body") else None,
        resident_id=UUID(str(claims["resident_id"])) if "resident_id" in needs else None,
        organization_id=UUID(str(claims["organization_id"])) if "organization_id" in needs else None,
    )


NEEDS: dict[str, tuple[str, ...]] = {
    "resident": ("resident_id",),
    "organization": ("organization_id",),
    "volunteer": ("unit_code",),
    "officer": ("unit_code",),
    "auditor": ("unit_code",),
    "operator": (),
    "partner": ("partner_id",),
}
"""The claims that each role needs."""


async def discover(session: aiohttp.ClientSession, issuer: str) -> dict[str, Any]:
    """The provider's discovery document (OpenID Connect Discovery 1.0); ValueError when it names another issuer."""
    async with session.get(f"{issuer}/.well-known/openid-configuration", allow_redirects=False) as answer:
        answer.raise_for_status()
        document: dict[str, Any] = await answer.json(content_type=None)
    if str(document["issuer"]).rstrip("/") != issuer:
        raise ValueError("the discovery document names another issuer")
    return document
