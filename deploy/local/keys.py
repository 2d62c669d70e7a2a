"""Keys for personal data where none were given: made once, kept in `DATA_DIR`/keys, never printed."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def personal_data_keys(directory: Path) -> dict[str, str]:
    """`PII_KEYS` and `PII_INDEX_KEYS` (`id:base64` of 32 bytes), made at the first start."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {name: _read_or_make(directory / name.lower(), _new_key) for name in ("PII_KEYS", "PII_INDEX_KEYS")}


def _new_key() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


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
