"""Keys of an installation that was given none: made once, kept in `DATA_DIR`/keys, never printed."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def personal_data_keys(directory: Path) -> dict[str, str]:
    """`PII_KEYS` and `PII_INDEX_KEYS` (`id:base64` of 32 bytes), made at the first start."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: _read_or_make(directory / name.lower(), _new_key) for name in ("PII_KEYS", "PII_INDEX_KEYS")}


def signing_keys(directory: Path, signers: Iterable[str]) -> Path:
    """One Ed25519 key `<signer>.pem` for each signer, and `internal.jwks` with all public halves; answers the latter."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    public = [_public_half(signer, directory / f"{signer}.pem") for signer in signers]
    key_set = directory / "internal.jwks"
    _write(key_set, json.dumps({"keys": public}))
    return key_set


def _new_key() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _new_pem() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_half(signer: str, path: Path) -> dict[str, str]:
    key = load_pem_private_key(_read_or_make(path, _new_pem).encode(), password=None)
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": signer, "x": x}


def _read_or_make(path: Path, make: Callable[[], str]) -> str:
    if not path.exists():
        _write(path, make())
    return path.read_text()


def _write(path: Path, text: str) -> None:
    """All or nothing: a start that is killed here must not leave half a key."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
