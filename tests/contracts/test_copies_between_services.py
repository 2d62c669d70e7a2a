"""What stands in two packages because neither may import the other: the copies are equal, and each copied column is filled."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from casework.procedures.version import RESIDENT_ATTRIBUTES
from contracts.registry import ResidentSnapshot
from contracts.services import GATEWAY, SERVICES, package_of
from contracts.vocabularies import INDICATORS
from registry.model.attributes import TABLE
from replicas.model import ResidentReplica
from reporting.indicators import catalogue

NOT_IN_THE_SNAPSHOT = {
    "casework": {"survivor_id"},
    "notifications": {"survivor_id"},
    "onboarding": {"merged_into", "observed", "journey_version", "placed_at"},
    "payments-qr": {"merged_into"},
}
"""Columns of each `KnownResident` that the service fills itself."""


def test_procedures_may_ask_for_exactly_the_attributes_that_the_registry_has() -> None:
    assert {attribute.name for attribute in TABLE} == RESIDENT_ATTRIBUTES, (
        "write the attribute into RESIDENT_ATTRIBUTES of casework/procedures/version.py too"
    )


def test_targets_of_campaigns_may_name_exactly_the_indicators_of_the_reports() -> None:
    assert {term.code for term in INDICATORS} == set(catalogue().indicators), (
        "write the indicator into INDICATORS of libs/contracts/contracts/vocabularies.py too"
    )


def known_resident(service: str) -> Any:
    return importlib.import_module(f"{package_of(service)}.model.people").KnownResident


@pytest.mark.parametrize("service", NOT_IN_THE_SNAPSHOT)
def test_every_column_of_a_copy_is_filled_by_the_snapshot_or_by_the_service(service: str) -> None:
    copied = ResidentReplica.model_fields.keys() | ResidentSnapshot.model_fields.keys()

    own = known_resident(service).model_fields.keys() - copied

    assert own == NOT_IN_THE_SNAPSHOT[service], "name the column like the member of ResidentSnapshot, or list it here"


def test_every_copy_of_residents_is_compared() -> None:
    copies = {
        service.name
        for service in SERVICES
        if list(Path(f"services/{service.name}").glob("*/model/people.py"))
        and hasattr(_people(service.name), "KnownResident")
    }

    assert copies == NOT_IN_THE_SNAPSHOT.keys()


def _people(service: str) -> Any:
    return importlib.import_module(f"{package_of(service)}.model.people")


ADDED = re.compile(r"ADD COLUMN (?:IF NOT EXISTS )?(\w+)((?:[^,\"';]|'[^']*')*)", re.IGNORECASE)


@pytest.mark.parametrize("name", [*(service.name for service in SERVICES), GATEWAY])
def test_a_new_column_that_must_not_be_empty_has_a_default(name: str) -> None:
    """The release before, which runs on the same schema during an upgrade, inserts rows without the column."""
    package = Path(str(importlib.import_module(f"{package_of(name)}.app").__file__)).parent
    scripts = list((package / "migrations/versions").glob("*.py"))
    wrong = [
        f"{script.name}: {column}"
        for script in scripts
        for column, definition in ADDED.findall(script.read_text())
        if "NOT NULL" in definition.upper() and "DEFAULT" not in definition.upper()
    ]

    assert scripts
    assert not wrong, f"give a DEFAULT to {wrong}"
