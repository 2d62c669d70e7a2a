"""Every encrypted value follows the newest key, so that an old key can be removed without loss."""

import importlib

import pytest

from chassis.runtime import Service
from chassis.security.key_check import encrypted_columns
from contracts.services import EVERY_PROCESS, package_of

UNTIL_READ = "its rows end when the list is read, and `check-keys` names the old key until then"
ENDS_ITSELF = {
    "idempotency_key.body": "ends after 7 days, and `check-keys` names the old key until then",
    "registry import_chunk.content": UNTIL_READ,
    "onboarding import_row.personal_id": UNTIL_READ,
}
"""Encrypted columns that no rotation rewrites, and why nothing of them is lost."""


@pytest.fixture(params=EVERY_PROCESS)
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = importlib.import_module(f"{package_of(request.param)}.app").service
    return found


def test_every_encrypted_column_is_rotated_or_ends_itself(service: Service) -> None:
    encrypted = {f"{table}.{column}" for table, column in encrypted_columns(service.metadata)}
    rotated = {f"{each.model.__tablename__}.{column}" for each in service.rotations for column in each.encrypted}
    ends_itself = {name.removeprefix(f"{service.name} ") for name in ENDS_ITSELF}

    lost = sorted(encrypted - rotated - ends_itself)
    assert lost == [], (
        f"{service.name}: {', '.join(lost)} would be unreadable once the old key is removed: add a `reencrypting(…)` of"
        " the table to ROTATIONS, or the column to ENDS_ITSELF with the reason. A column of bytes that is not encrypted"
        " is named for what it is (`_hash`, `_digest`, `_index`, `_mark`)"
    )
    assert rotated <= encrypted, f"{service.name} rotates what is no encrypted column: {sorted(rotated - encrypted)}"


def test_no_exception_is_out_of_date() -> None:
    services = [importlib.import_module(f"{package_of(name)}.app").service for name in EVERY_PROCESS]
    known = {
        f"{name}{table}.{column}"
        for each in services
        for table, column in encrypted_columns(each.metadata)
        for name in ("", f"{each.name} ")
    }
    assert set(ENDS_ITSELF) <= known, f"no such column any more: {sorted(set(ENDS_ITSELF) - known)}"
