from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from chassis.storage.database import ChassisTable, Database
from gateway.model import metadata


async def test_the_migrations_make_the_tables_of_the_model(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        both = MetaData()
        for table in (*metadata.tables.values(), *ChassisTable.metadata.tables.values()):
            table.to_metadata(both)
        return compare_metadata(MigrationContext.configure(connection), both)

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
