"""Checks of the keys: those with which data were encrypted must be there and readable, before anything makes new ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from chassis.security.encryption import Keys
from contracts.services import EVERY_PROCESS
from deploy.backup.manifest import KEY_FILES
from deploy.preflight.finding import PreflightFinding

NEEDED_WITH_DATA = (*KEY_FILES, "postgres_password")
"""Without them the data that are there cannot be read any more."""


def check_keys(folder: Path, *, has_data: bool) -> list[PreflightFinding]:
    """`folder`: the secrets; `has_data`: whether a database is there already. What is missing without data is made later."""
    return [*_missing(folder, has_data=has_data), *_unreadable(folder), *_damaged(folder)]


def _missing(folder: Path, *, has_data: bool) -> Iterator[PreflightFinding]:
    for name in NEEDED_WITH_DATA if has_data else ():
        if not (folder / name).exists() or not (folder / name).read_text().strip():
            problem = f"deploy/secrets/{name} is missing, and there is a database that needs it."
            yield PreflightFinding("keys", problem, "Put it back from the safe; a new one would not open the data.")


def _unreadable(folder: Path) -> Iterator[PreflightFinding]:
    for name in KEY_FILES:
        text = (folder / name).read_text().strip() if (folder / name).exists() else ""
        if not text:
            continue
        try:
            Keys.parse(text)
        except ValueError:
            problem = f"deploy/secrets/{name} is not of the form id:base64,id:base64 with keys of 32 bytes."
            yield PreflightFinding("keys", problem, "Put it back from the safe.")


def _damaged(folder: Path) -> Iterator[PreflightFinding]:
    for name in EVERY_PROCESS:
        if not (folder / f"{name}.pem").exists():
            continue
        try:
            load_pem_private_key((folder / f"{name}.pem").read_bytes(), password=None)
        except (ValueError, TypeError):
            problem = f"deploy/secrets/{name}.pem, the signing key of {name}, is damaged."
            yield PreflightFinding(
                "keys", problem, "Remove it: a new one is made, and nothing that is stored needs the old one."
            )
