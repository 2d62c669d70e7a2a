"""What cannot be derived from the table of attributes: each test names the place that is missing."""

from typing import Any

import pytest
from sqlalchemy import text

from chassis.storage.database import Database
from contracts.registry import ResidentSnapshot
from registry.lists.rows import _CELLS
from registry.model.attributes import ATTRIBUTES, IMPORTED, TABLE, Attribute
from registry.model.residents import Resident
from registry.names import squeeze
from registry.schemas.residents import TYPES, ResidentCreate, ResidentPatch, ResidentView
from registry.sources import LINKED

from .conftest import a_resident

BESIDE_ATTRIBUTES = {"resident_id", "version", "unit_id", "unit_code", "at", "life"}
"""Members of the snapshot that are no attributes."""
SENSITIVE = {"ethnic_group", "nationality", "permanent_address", "address_line", "full_name", "personal_id", "phone"}
IN_THE_CLEAR = {
    "full_name", "date_of_birth", "birth_precision", "sex", "unit_code", "household_code", "id_document", "residence_status",
    "phone_owner_verified", "has_smartphone", "has_bank_account", "social_protection",
}  # fmt: skip
"""Stored without encryption: what duplicates and lists are found by, and what says yes or no (ARCHITECTURE, "Personal data")."""
PUBLISHED_BY_VALUE = {"birth_month", "sex", "residence_status", "household_id"}
"""Members of the snapshot that say more than whether a condition holds."""
STORED_ATTRIBUTES = [attribute for attribute in TABLE if attribute.stored]


def named(attribute: Attribute) -> str:
    return attribute.name


@pytest.mark.parametrize("attribute", STORED_ATTRIBUTES, ids=named)
def test_every_stored_attribute_has_a_column_in_the_model(attribute: Attribute) -> None:
    columns = Resident.__table__.columns.keys()  # type: ignore[attr-defined]  # SQLModel hides it

    assert attribute.column_name in columns, (
        f"add the column {attribute.column_name} to class Resident in registry/model/residents.py"
    )
    assert attribute.index_column is None or attribute.index_column in columns, (
        f"add the index column {attribute.index_column} to class Resident in registry/model/residents.py"
    )


@pytest.mark.parametrize("attribute", STORED_ATTRIBUTES, ids=named)
async def test_every_stored_attribute_has_a_column_in_the_database(attribute: Attribute, database: Database) -> None:
    async with database.reading() as session:
        found = await session.execute(
            text(
                "SELECT data_type FROM information_schema.columns WHERE table_name = 'resident' AND column_name = :name"
            ),
            {"name": attribute.column_name},
        )
    type_ = found.scalar()

    assert type_ is not None, f"add a migration in registry/migrations/versions for resident.{attribute.column_name}"
    assert (type_ == "bytea") == attribute.encrypted, (
        f"resident.{attribute.column_name} must be BYTEA exactly when the table declares it encrypted"
    )


@pytest.mark.parametrize("attribute", [each for each in TABLE if each.published], ids=named)
def test_every_published_attribute_has_its_members_in_the_snapshot_event(attribute: Attribute) -> None:
    missing = attribute.published.keys() - ResidentSnapshot.model_fields.keys()

    assert not missing, f"add {sorted(missing)} to class ResidentSnapshot in libs/contracts/contracts/registry.py"


def test_the_snapshot_event_has_no_member_that_the_table_does_not_publish() -> None:
    published = {member for attribute in TABLE for member in attribute.published}

    unknown = ResidentSnapshot.model_fields.keys() - published - BESIDE_ATTRIBUTES

    assert not unknown, (
        f"ResidentSnapshot has {sorted(unknown)}: publish them by a line of registry/model/attributes.py"
    )


def test_a_new_attribute_is_encrypted_unless_it_is_listed_here_with_the_others() -> None:
    assert {attribute.name for attribute in STORED_ATTRIBUTES if not attribute.encrypted} == IN_THE_CLEAR


def test_what_a_resident_tells_travels_on_the_bus_as_a_condition_only() -> None:
    members = {member for attribute in TABLE for member in attribute.published}
    by_value = {member for member in members if ResidentSnapshot.model_fields[member].annotation is not bool}

    assert by_value == PUBLISHED_BY_VALUE, (
        "publish whether it is stated (`lambda row: row.x is not None`), never the value"
    )


def test_language_ethnicity_address_and_numbers_never_travel_on_the_bus() -> None:
    published = {attribute.name for attribute in TABLE if attribute.published}

    assert published & SENSITIVE == set()


@pytest.mark.parametrize("attribute", STORED_ATTRIBUTES, ids=named)
def test_every_stored_attribute_is_in_requests_and_views(attribute: Attribute) -> None:
    assert attribute.kind in TYPES, f"add the kind {attribute.kind} to TYPES in registry/schemas/residents.py"
    for model in (ResidentCreate, ResidentPatch, ResidentView):
        assert attribute.name in model.model_fields


@pytest.mark.parametrize("name", IMPORTED)
def test_every_imported_attribute_has_a_reader_of_cells(name: str) -> None:
    read_by_name = {"personal_id", "id_document", "person_name", "birth_date", "sex", "unit"}

    kind = ATTRIBUTES[name].kind

    assert kind in _CELLS or kind in read_by_name, f"add the kind {kind} to _CELLS in registry/lists/rows.py"


def test_no_title_of_a_column_means_two_attributes() -> None:
    titles = [
        {squeeze(title) for title in (attribute.title, attribute.import_column, *attribute.headers.split())}
        for attribute in TABLE
        if attribute.title
    ]

    assert sum(map(len, titles)) == len(set().union(*titles))


def test_every_linked_attribute_names_a_database_that_exists() -> None:
    for attribute in TABLE:
        assert attribute.linked is None or attribute.linked in LINKED
        assert attribute.stored or attribute.linked, f"{attribute.name} is neither stored nor of a linked database"


async def test_a_registration_answers_every_attribute_that_was_stated(calling: Any) -> None:
    body = a_resident(address_line="Số 5", household_code="H1", social_protection=True, residence_status="temporary")
    masked = {"personal_id", "social_insurance_no", "phone"}

    made = await calling("officer", unit_code="15724").post("/v1/residents", json=body)

    shown = made.json()
    assert {name: shown[name] for name in body.keys() - masked} == {
        name: value for name, value in body.items() if name not in masked
    }
    assert shown["phone"] == "+84900000001"
