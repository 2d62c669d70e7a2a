"""Alembic's environment: every module that defines tables is imported here."""

from chassis.storage.migrations import run_environment
from registry.model import (  # noqa: F401  # an import is all that their tables need
    Table,
    access,
    breaches,
    consents,
    duplicates,
    imports,
    linked,
    merges,
    organizations,
    provenance,
    residents,
    units,
    unmatched,
)

run_environment(Table.metadata)
