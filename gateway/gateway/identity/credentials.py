"""From a caller's credential to one short-lived internal token, which is all that the services trust."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jwt

from chassis.clock import now
from chassis.errors import Unauthenticated
from chassis.security.identity import Caller, Level, TokenSigner, claims_of
from chassis.security.played import ACR_VALUES, subject_of
from gateway.identity.oidc import IdentityProvider, check_times
from gateway.identity.played import played_provider
from gateway.identity.residents import Residents
from gateway.identity.sessions import DashboardSession
from gateway.identity.training_accounts import TrainingAccounts
from gateway.identity.trusted import TrustedProvider
from gateway.identity.volunteers import Volunteers
from gateway.webhooks.partner_cache import PartnerCache

DEV_SECONDS = 3600
PARTNER_SECONDS = 900
TRAINING_SECONDS = 3600
SECONDS_SHARED = 30.0
"""One internal token (valid for 60 s) serves all requests of a credential for this long."""
SECONDS_UNREGISTERED = 5.0
"""The same for a person whom the registry does not know: they may be registered at any moment."""
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
            self._signer = TokenSigner.read(self._path)
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
        residents: Residents | None = None,
        trusted: Mapping[str, TrustedProvider] = MappingProxyType({}),
        *,
        allows_development: bool,
        played_issuer: str = "bakhong-dev",
    ) -> None:
        self._signer = signer
        self._partner_cache = partner_cache
        self._volunteers = volunteers
        self._training = training
        self._provider = provider
        self._residents = residents
        self._trusted = trusted
        self._played = played_provider(played_issuer)
        self._verifiers = {
            issuer: provider
            if provider is not None and provider.issuer == issuer
            else IdentityProvider(issuer, entry.audience, entry.jwks_url)
            for issuer, entry in trusted.items()
        }
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
        seconds = SECONDS_UNREGISTERED if caller.role == "unregistered" else SECONDS_SHARED
        until = min(now().timestamp() + seconds, expires)
        admission = self._known[digest] = Admission(caller, self._bearer(caller), until)
        self._known.move_to_end(digest)
        if len(self._known) > CACHED:
            self._known.popitem(last=False)
        return admission

    def admit_session(self, session: DashboardSession) -> Admission:
        """The admission of a dashboard session."""
        return Admission(session.caller, self._bearer(session.caller), session.until)

    async def act_for(self, admission: Admission, principal_id: UUID) -> Admission:
        """The admission of a caller who acts for another; looked up every time, so that an end counts at once."""
        assert self._residents is not None
        caller = await self._residents.act_for(admission.caller, principal_id)
        return admission if caller is admission.caller else Admission(caller, self._bearer(caller), 0.0)

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

    def issue_played(
        self, *, personal_id: str, full_name: str, date_of_birth: str, level: Level, subject: str | None
    ) -> str:
        """A token as the played provider gives it to a synthetic person; only where development is allowed."""
        if self._dev_key is None:
            raise Unauthenticated
        names = self._played.claims
        claims = {
            "iss": "bakhong-dev", "sub": subject or subject_of(personal_id), names.personal_id: personal_id,
            names.full_name: full_name, names.date_of_birth: date_of_birth, names.level: ACR_VALUES[level][0],
            "auth_time": int(now().timestamp()),
        }  # fmt: skip
        return _encode(claims, self._dev_key, DEV_SECONDS)

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
            claims = _decode(token, self._dev_key, "bakhong-dev")
            return _own_caller(claims) if "role" in claims else await self._resident(claims, self._played)
        if issuer == TRAINING_ISSUER:
            return _own_caller(_decode(token, self._signer.partner_key, TRAINING_ISSUER))
        if issuer == PARTNER_AUDIENCE:
            return self._partner_caller(_decode(token, self._signer.partner_key, PARTNER_AUDIENCE))
        issuer = str(issuer).rstrip("/")
        if self._provider is not None and issuer == self._provider.issuer and issuer not in self._trusted:
            return await self._provider.caller(token)
        if issuer in self._trusted:
            return await self._of_trusted(token, issuer)
        raise Unauthenticated

    async def _of_trusted(self, token: str, issuer: str) -> tuple[Caller, float]:
        """A resident by the personal number; only `OIDC_ISSUER` names callers by role too."""
        claims = await self._verifiers[issuer].claims(token)
        if self._verifiers[issuer] is self._provider and claims.get("bakhong_role"):
            return await self._provider.caller(token)
        return await self._resident(claims, self._trusted[issuer])

    async def _resident(self, claims: dict[str, Any], provider: TrustedProvider) -> tuple[Caller, float]:
        if self._residents is None:
            raise Unauthenticated
        level = provider.level_of(claims)
        signed_in_at = provider.signed_in_at(claims)
        person, step_up = provider.person_of(claims), provider.step_up_of(level)
        return await self._residents.caller(person, level, signed_in_at, step_up), float(claims["exp"])

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
        level=claims.get("level"),
        step_up=" ".join(ACR_VALUES[2]) if claims.get("level") == 1 else None,
    )
    return caller, float(claims["exp"])
