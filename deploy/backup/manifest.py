"""The manifest of a backup: which keys decrypt it, and how many rows were in it. No key and no personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chassis.security.encryption import Keys

KEY_FILES = ("pii_keys", "pii_index_keys")
COUNTED = {
    "registry": ("resident", "organization", "fact"),
    "onboarding": ("resident_step", "campaign"),
    "payments_qr": ("merchant", "payment", "bill"),
    "casework": ("dossier", "feedback", "document"),
    "notifications": ("subscription",),
    "gateway": ("partner", "delivery"),
}
"""Tables by database whose rows stay: a backup that was taken later has at least as many."""
FILE = "backup.json"


@dataclass(frozen=True)
class Manifest:
    """`keys`: by file, the fingerprint of each key by its id; `counts`: rows by `database.table` when it was begun."""

    begun_at: str
    ended_at: str
    keys: dict[str, dict[str, str]]
    counts: dict[str, int]

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        return cls(**json.loads((folder / FILE).read_text()))

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n")


def fingerprints(secrets: Path) -> dict[str, dict[str, str]]:
    """8 bytes of each key by a one-way derivation, by file and key id: enough to recognise a wrong key, of no other use."""
    return {name: _of_keys((secrets / name).read_text().strip()) for name in KEY_FILES if (secrets / name).exists()}


def missing_keys(wanted: Mapping[str, Mapping[str, str]], there: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Which keys of a backup are not at hand, or are others under the same id; a sentence for each."""
    findings = []
    for file, keys in wanted.items():
        for key_id, print_ in keys.items():
            found = there.get(file, {}).get(key_id)
            if found is None:
                findings.append(f"{file} lacks the key {key_id}")
            elif found != print_:
                findings.append(f"{file} has another key under the id {key_id}")
    return findings


def fewer(wanted: Mapping[str, int], there: Mapping[str, int]) -> list[str]:
    """Where rows are missing; a sentence for each table."""
    return [
        f"{table}: {there.get(table, 0)} rows, {count} were there when the backup was begun"
        for table, count in wanted.items()
        if there.get(table, 0) < count
    ]


def _of_keys(text: str) -> dict[str, str]:
    return {
        key_id: HKDF(SHA256(), 8, salt=None, info=b"fingerprint").derive(key).hex()
        for key_id, key in Keys.parse(text).by_id
    }
