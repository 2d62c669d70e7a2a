"""From a caller's credential to one short-lived internal token, which is all that the services trust."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from chassis.clock import now
from chassis.errors import Unauthenticated
from chassis.security.identity import Caller, Signer, claims_of
from gateway.identity.oidc import IdentityProvider, check_times
from gateway.identity.sessions import DashboardSession
from gateway.identity.training_accounts import TrainingAccounts
from gateway.identity.volunteers import Volunteers
from gateway.webhooks.partner_cache import PartnerCache

DEV_SECONDS = 3600
PARTNER_SECONDS = 900
TRAINING_SECONDS = 3600
SECONDS_SHARED = 30.0
"""One internal token (valid for 60 s) serves all requests of a credential for this long."""
CACHED = 10_000
LONGEST_TOKEN = 8192
PARTNER_AUDIENCE = "bakhong-gateway"
TRAINING_ISSUER = "bakhong-training"


@dataclass(frozen=True, slots=True)
class Admission:
    """An authenticated caller, with the internal token."""

    caller: Caller
    bearer: bytes
    """The value of `Authorization` for the services."""
    until: float


class SignerFile:
    """The gateway's signing key, read again when its file changes: a new key needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed_at: float | None = None
        self.read()

    def read(self) -> None:
        changed_at = self._path.stat().st_mtime
        if changed_at != self._changed_at:
            self._signer = Signer.read(self._path)
            # Every gateway with the same signing key derives the same key for partners' tokens.
            self.partner_key = hashlib.sha256(b"partner tokens|" + self._path.read_bytes()).digest()
            self.session_key = hashlib.sha256(b"sessions|" + self._path.read_bytes()).digest()
            self._changed_at = changed_at

    def token(self, caller: Caller) -> str:
        self.read()
        return self._signer.token(caller)


class Credentials:
    """Issues development and partner tokens, and turns every accepted credential into an admission."""

    def __init__(
        self,
        signer: SignerFile,
        partner_cache: PartnerCache,
        volunteers: Volunteers,
        training: TrainingAccounts,
        provider: IdentityProvider | None,
        *,
        allows_development: bool,
    ) -> None:
        self._signer = signer
        self._partner_cache = partner_cache
        self._volunteers = volunteers
        self._training = training
        self._provider = provider
        # New at each start: development tokens end with the process, and none is valid in production.
        self._dev_key = secrets.token_bytes(32) if allows_development else None
        self._known: OrderedDict[bytes, Admission] = OrderedDict()

    async def admit(self, token: str) -> Admission:
        """The admission for a bearer token; raises Unauthenticated."""
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        if (known := self._cached(digest)) is not None:
            return known
        caller, expires = await self._read(token)
        caller = self._with_scopes(caller)
        caller = await self._volunteers.check(caller)
        await self._training.check(caller)
        until = min(now().timestamp() + SECONDS_SHARED, expires)
        admission = self._known[digest] = Admission(caller, self._bearer(caller), until)
        self._known.move_to_end(digest)
        if len(self._known) > CACHED:
            self._known.popitem(last=False)
        return admission

    def admit_session(self, session: DashboardSession) -> Admission:
        """The admission of a dashboard session."""
        return Admission(session.caller, self._bearer(session.caller), session.until)

    def find_admission(self, authorization: bytes) -> Admission | None:
        """The cached admission of an `Authorization` header; None when the token has to be read."""
        if authorization[:7].lower() != b"bearer ":
            return None
        return self._cached(hashlib.sha256(authorization[7:].strip()).digest())

    def _cached(self, digest: bytes) -> Admission | None:
        known = self._known.get(digest)
        if known is None or known.until <= now().timestamp():
            return None
        self._check_still_partner(known.caller)
        return known

    def _bearer(self, caller: Caller) -> bytes:
        return b"Bearer " + self._signer.token(caller).encode()

    def issue_development(self, caller: Caller) -> str:
        """A token for a fictitious caller; only where development is allowed."""
        if self._dev_key is None:
            raise Unauthenticated
        return _encode(claims_of(caller) | {"iss": "bakhong-dev"}, self._dev_key, DEV_SECONDS)

    async def issue_training(self, login: str, secret: str) -> tuple[str, int] | None:
        """An access token for a training account, and its lifetime in seconds; None for a wrong secret or an expired account."""
        found = await self._training.sign_in(login, secret)
        if found is None:
            return None
        caller, until = found
        seconds = min(TRAINING_SECONDS, int((until - now()).total_seconds()))
        return _encode(claims_of(caller) | {"iss": TRAINING_ISSUER}, self._signer.partner_key, seconds), seconds

    def issue_partner(self, partner_id: str) -> str:
        """An access token for a partner that proved its client secret (RFC 6749 section 4.4)."""
        claims = {"sub": f"partner:{partner_id}", "iss": PARTNER_AUDIENCE, "partner_id": partner_id}
        return _encode(claims, self._signer.partner_key, PARTNER_SECONDS)

    async def _read(self, token: str) -> tuple[Caller, float]:
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except jwt.PyJWTError as error:
            raise Unauthenticated from error
        if issuer == "bakhong-dev" and self._dev_key is not None:
            return _own_caller(_decode(token, self._dev_key, "bakhong-dev"))
        if issuer == TRAINING_ISSUER:
            return _own_caller(_decode(token, self._signer.partner_key, TRAINING_ISSUER))
        if issuer == PARTNER_AUDIENCE:
            return self._partner_caller(_decode(token, self._signer.partner_key, PARTNER_AUDIENCE))
        if self._provider is not None and issuer == self._provider.issuer:
            return await self._provider.caller(token)
        raise Unauthenticated

    def _partner_caller(self, claims: dict[str, Any]) -> tuple[Caller, float]:
        caller = Caller(role="partner", subject=str(claims["sub"]), partner_id=str(claims["partner_id"]))
        self._check_still_partner(caller)
        return caller, float(claims["exp"])

    def _with_scopes(self, caller: Caller) -> Caller:
        partner = self._partner_cache.find(caller.partner_id) if caller.partner_id else None
        return replace(caller, scopes=partner.scopes) if partner is not None else caller

    def _check_still_partner(self, caller: Caller) -> None:
        if caller.partner_id is None:
            return
        partner = self._partner_cache.find(caller.partner_id)
        if partner is None or not partner.is_active:
            raise Unauthenticated


def _encode(claims: dict[str, Any], key: bytes, seconds: int) -> str:
    moment = int(now().timestamp())
    return jwt.encode(
        claims | {"aud": PARTNER_AUDIENCE, "iat": moment, "exp": moment + seconds}, key, algorithm="HS256"
    )


def _decode(token: str, key: bytes, issuer: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=PARTNER_AUDIENCE,
            issuer=issuer,
            options={"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False},
        )
        check_times(claims)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Unauthenticated from error
    return claims


def _own_caller(claims: dict[str, Any]) -> tuple[Caller, float]:
    resident_id, organization_id = claims.get("resident_id"), claims.get("organization_id")
    caller = Caller(
        role=claims["role"],
        subject=str(claims["sub"]),
        unit_code=claims.get("unit_code"),
        body=claims.get("body"),
        partner_id=claims.get("partner_id"),
        resident_id=UUID(resident_id) if resident_id else None,
        organization_id=UUID(organization_id) if organization_id else None,
        training_units=tuple(claims.get("practice", ())),
    )
    return caller, float(claims["exp"])
