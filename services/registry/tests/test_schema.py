"""The migrations make exactly the tables of the models."""

from chassis.storage.database import Database
from chassis.testing import schema_differences
from registry.model import Table


async def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    assert await schema_differences(database, Table.metadata, left=["key_rotation", "ix_known_lineage_path"]) == []
