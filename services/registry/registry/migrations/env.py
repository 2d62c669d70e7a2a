"""Alembic's environment: every module that defines tables is imported here."""

from chassis.migrations import run_environment
from registry.model import (
    Table,
    access,
    attestations,
    breaches,
    consents,
    duplicates,
    facts,
    imports,
    linked,
    merges,
    organizations,
    residents,
    rotation,
    units,
)

MODULES = (
    access,
    attestations,
    breaches,
    consents,
    duplicates,
    facts,
    imports,
    linked,
    merges,
    organizations,
    residents,
    rotation,
    units,
)

run_environment(Table.metadata)
