"""Personal data at rest: AES-256-GCM bound to its place, and blind indexes to find it by.

Keys come from `PII_KEYS` and `PII_INDEX_KEYS` (`id:base64,...`, newest first). Each place (service, table, column) has its
own subkey by HKDF-SHA256; the row's id is authenticated too, so a ciphertext moved to another row does not open.
"""

import base64
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.settings import PUBLISHED_KEY, get_settings

NONCE_BYTES = 12
DEVELOPMENT_KEYS = f"dev:{PUBLISHED_KEY}"


class DecryptionFailed(Exception):
    """The value was sealed for another place or row, under an unknown key, or was changed."""


@dataclass(frozen=True, eq=False)
class Keys:
    """Key material by key id; the first is the newest and seals. One object for one text: compared by identity."""

    by_id: tuple[tuple[str, bytes], ...]

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Reads `id:base64,...`. A key has 32 bytes; an id has 1 to 32 characters."""
        pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
        keys = tuple((key_id, base64.b64decode(value, validate=True)) for key_id, _, value in pairs)
        if not keys or any(len(key) != 32 or not 0 < len(key_id.encode()) <= 32 for key_id, key in keys):
            raise ValueError("keys are written as id:base64 of 32 bytes, separated by commas, newest first")
        return cls(keys)

    @property
    def newest(self) -> str:
        return self.by_id[0][0]


class CipherContext(NamedTuple):
    """Where sealed values live: service, table and column. Values of one place do not open in another."""

    service: str
    table: str
    column: str

    def __str__(self) -> str:
        return f"{self.service}|{self.table}|{self.column}"


def encrypt(place: CipherContext, row: str, plain: str | bytes) -> bytes:
    """Encrypts a value for one row of a place: length of key id, key id, nonce, ciphertext with tag."""
    head, bound_to, cipher = _sealer(_data_keys(), place)
    nonce = os.urandom(NONCE_BYTES)
    data = plain.encode() if isinstance(plain, str) else plain
    return head + nonce + cipher.encrypt(nonce, data, bound_to + row.encode())


def decrypt(place: CipherContext, row: str, sealed: bytes) -> bytes:
    """Decrypts what `encrypt` made for the same place and row; raises DecryptionFailed."""
    try:
        key_id, rest = _split(sealed)
        cipher = _cipher(_data_keys(), key_id, str(place))
        return cipher.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], f"{place}|{row}".encode())
    except (InvalidTag, KeyError, ValueError, IndexError) as error:
        raise DecryptionFailed(f"{place} does not open in this row") from error


def decrypt_text(place: CipherContext, row: str, sealed: bytes) -> str:
    """`decrypt`, as text."""
    return decrypt(place, row, sealed).decode()


def is_encrypted_with_newest_key(sealed: bytes) -> bool:
    """Whether a rotation has nothing left to do for this value."""
    return _split(sealed)[0] == _data_keys().newest


def blind_index(domain: str, normalised: str, *, key_id: str | None = None) -> bytes:
    """32 bytes that are equal for equal values and reveal nothing else: HMAC-SHA-256 under the index key, newest by default.

    `domain` separates kinds of values ("personal_id", "phone"): equal digits of two kinds have different indexes.
    """
    keys = _index_keys()
    return _index_of(keys, key_id or keys.newest, domain, normalised.encode())


def blind_indexes(domain: str, normalised: str) -> list[bytes]:
    """The index under every key still in use, newest first: a look-up during rotation asks for any of them."""
    keys, value = _index_keys(), normalised.encode()
    return [_index_of(keys, key_id, domain, value) for key_id, _ in keys.by_id]


def data_key_ids() -> list[str]:
    """The ids of the data keys; the first encrypts new values."""
    return [key_id for key_id, _ in _data_keys().by_id]


def index_key_ids() -> list[str]:
    """The ids of the index keys, newest first."""
    return [key_id for key_id, _ in _index_keys().by_id]


def _split(sealed: bytes) -> tuple[str, bytes]:
    length = sealed[0]
    return sealed[1 : 1 + length].decode(), sealed[1 + length :]


def _data_keys() -> Keys:
    return _parsed(get_settings().pii_keys or DEVELOPMENT_KEYS)


def _index_keys() -> Keys:
    return _parsed(get_settings().pii_index_keys or DEVELOPMENT_KEYS)


@lru_cache(maxsize=8)
def _parsed(text: str) -> Keys:
    return Keys.parse(text)


@lru_cache(maxsize=1024)
def _sealer(keys: Keys, place: CipherContext) -> tuple[bytes, bytes, AESGCM]:
    """What stands before every value that is sealed in a place, what its row is bound to, its cipher under the newest key."""
    key_id = keys.newest.encode()
    return bytes([len(key_id)]) + key_id, f"{place}|".encode(), _cipher(keys, keys.newest, str(place))


@lru_cache(maxsize=1024)
def _cipher(keys: Keys, key_id: str, info: str) -> AESGCM:
    return AESGCM(_subkey(keys, key_id, f"data|{info}"))


def _index_of(keys: Keys, key_id: str, domain: str, value: bytes) -> bytes:
    index = _keyed(keys, key_id, domain).copy()
    index.update(value)
    return index.digest()


@lru_cache(maxsize=1024)
def _keyed(keys: Keys, key_id: str, domain: str) -> hmac.HMAC:
    """HMAC-SHA-256 with its key taken in, to be copied: half of what it costs is the key."""
    return hmac.new(_subkey(keys, key_id, f"index|{domain}"), digestmod="sha256")


@lru_cache(maxsize=1024)
def _subkey(keys: Keys, key_id: str, info: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=info.encode()).derive(dict(keys.by_id)[key_id])
