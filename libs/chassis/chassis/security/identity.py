"""Who is calling: a short-lived internal token (EdDSA JWT) that the gateway makes and every service verifies for itself."""

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.clock import now
from chassis.errors import Unauthenticated

Role = Literal[
    "resident", "organization", "volunteer", "officer", "auditor", "operator", "partner", "service", "unregistered"
]
"""`unregistered`: signed in at a trusted provider, but no resident of the registry has the person's number."""
Scope = Literal["dossiers", "payments", "onboarding", "documents"]
"""What a representative may do for another person."""
SCOPES: tuple[str, ...] = get_args(Scope)
Level = Literal[1, 2]
"""How sure the provider is of the person: 2 as with VNeID level 2, checked against card and face."""
ROLES: tuple[str, ...] = get_args(Role)
AUDIENCE = "bakhong"
LIFETIME_SECONDS = 60


@dataclass(frozen=True)
class Caller:
    """The caller. `subject` is an opaque account; `token` is the received token, forwarded in calls to other services.

    `training_units` are the units of a training account, which names no others (see `chassis.security.training_guard`).

    Who acts for another person has the other's `resident_id` or `organization_id`: what is the other's counts as the
    caller's own, within `acting_scopes`. `subject` remains the account of the person who acts, and `acting_for` states that
    it is so (see `chassis.security.levels`).
    """

    role: Role
    subject: str
    unit_code: str | None = None
    body: str | None = None
    resident_id: UUID | None = None
    organization_id: UUID | None = None
    partner_id: str | None = None
    scopes: tuple[str, ...] = ()
    """What a partner may do beyond its own affairs, such as `prefill`."""
    training_units: tuple[str, ...] = ()
    level: Level | None = None
    """Of a resident or organization; None where the sign-in has no levels (training, requests between services)."""
    signed_in_at: int | None = None
    """When the person signed in at the provider, in Unix seconds; None where it is not known."""
    step_up: str | None = None
    """The `acr` values by which the caller's provider is asked for level 2; only while the level is lower."""
    acting_for: UUID | None = None
    """The resident or organization for whom the caller acts."""
    representative_id: UUID | None = None
    """The resident who acts, while acting for another."""
    acting_scopes: tuple[Scope, ...] = ()
    representation: UUID | None = None
    """The act by which the caller may act for the other; an owner's is the organization itself."""
    sealed_claims: str | None = None
    """The claims of an unregistered person, encrypted for the registry (base64)."""
    token: str | None = None

    @property
    def account(self) -> str:
        """The opaque account that acts and access rows name (maker, checker, reader)."""
        return self.subject

    def is_resident(self, resident_id: UUID) -> bool:
        """Whether the caller is this very person."""
        return self.role == "resident" and self.resident_id == resident_id


def claims_of(caller: Caller) -> dict[str, Any]:
    """The claims that name the caller."""
    return {
        CLAIM_NAMES.get(name, name): str(value) if isinstance(value, UUID) else value
        for name, value in asdict(caller).items()
        if value not in (None, ()) and name != "token"
    }


CLAIM_NAMES = {"subject": "sub", "training_units": "practice"}
"""Where a claim's name is not the field's: `sub` is registered (RFC 7519); `practice` is what releases in service read."""


class TokenSigner:
    """Makes internal tokens: the gateway for its callers, a service for itself."""

    def __init__(self, key_id: str, key: Ed25519PrivateKey, *, lifetime_seconds: int = LIFETIME_SECONDS) -> None:
        self.key_id = key_id
        self._key = key
        self._lifetime = lifetime_seconds

    @classmethod
    def read(cls, path: Path) -> "TokenSigner":
        """From a PEM file; the file's name without suffix is the key id."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{path.name} is not an Ed25519 key")
        return cls(path.stem, key)

    def token(self, caller: Caller) -> str:
        """A token for this caller, good for a minute."""
        moment = int(now().timestamp())
        claims = claims_of(caller) | {
            "aud": AUDIENCE,
            "iss": self.key_id,
            "iat": moment,
            "exp": moment + self._lifetime,
        }
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.key_id})


class Verifier:
    """Checks internal tokens against the public keys of a file, which is read again when it changes."""

    CACHED = 4096

    def __init__(self, keys_file: Path) -> None:
        self._file = keys_file
        self._read_at: float | None = None
        self._keys: Mapping[str, Ed25519PublicKey] = {}
        self._known: OrderedDict[bytes, tuple[float, Caller]] = OrderedDict()

    def caller(self, token: str) -> Caller:
        """The caller of a token; raises Unauthenticated."""
        self._read_keys_when_changed()
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        known = self._known.get(digest)
        if known and known[0] > now().timestamp():
            return known[1]
        expires, caller = self._verify(token)
        self._known[digest] = (expires, caller)
        if len(self._known) > self.CACHED:
            self._known.popitem(last=False)
        return caller

    def _verify(self, token: str) -> tuple[float, Caller]:
        try:
            key_id = str(jwt.get_unverified_header(token).get("kid"))
            claims = jwt.decode(
                token,
                self._keys[key_id],
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                issuer=key_id,
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False},
            )
            expires = float(claims["exp"])
            if expires <= now().timestamp():
                raise Unauthenticated()
            return expires, _caller_of(claims, key_id, token)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated() from error

    def _read_keys_when_changed(self) -> None:
        changed = self._file.stat().st_mtime
        if changed != self._read_at:
            self._keys = read_public_keys(self._file)
            self._read_at = changed
            self._known.clear()


def _caller_of(claims: Mapping[str, Any], key_id: str, token: str) -> Caller:
    role = claims["role"]
    if role not in ROLES:
        raise ValueError("unknown role")
    if key_id.partition("-")[0] != "gateway" and role != "service":
        # A service signs for itself only; on behalf of a caller it forwards the caller's token.
        raise ValueError("only the gateway signs for callers")
    return Caller(
        role=role,
        subject=str(claims["sub"]),
        unit_code=claims.get("unit_code"),
        body=claims.get("body"),
        resident_id=_id(claims, "resident_id"),
        organization_id=_id(claims, "organization_id"),
        partner_id=claims.get("partner_id"),
        scopes=tuple(claims.get("scopes", ())),
        training_units=tuple(claims.get("practice", ())),
        level=claims.get("level"),
        signed_in_at=claims.get("signed_in_at"),
        step_up=claims.get("step_up"),
        acting_for=_id(claims, "acting_for"),
        representative_id=_id(claims, "representative_id"),
        acting_scopes=tuple(claims.get("acting_scopes", ())),
        representation=_id(claims, "representation"),
        sealed_claims=claims.get("sealed_claims"),
        token=token,
    )


def _id(claims: Mapping[str, Any], name: str) -> UUID | None:
    return UUID(claims[name]) if name in claims else None


def read_public_keys(path: Path) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a JSON Web Key Set (RFC 8037), by key id."""
    keys = json.loads(path.read_text())["keys"]
    return {
        key["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
        for key in keys
        if key.get("crv") == "Ed25519"
    }


def write_keys(folder: Path, names: list[str]) -> Path:
    """Makes a private key `<name>.pem` for each name that has none, and `public.json` with all public keys."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in names:
        path = folder / f"{name}.pem"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(
                Ed25519PrivateKey.generate().private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
    public = folder / "public.json"
    public.write_text(json.dumps({"keys": [_jwk(folder / f"{name}.pem") for name in names]}, indent=2))
    return public


def _jwk(path: Path) -> dict[str, str]:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "kid": path.stem, "use": "sig", "alg": "EdDSA",
            "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}  # fmt: skip
