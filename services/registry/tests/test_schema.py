from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.storage.database import ChassisTable, Database
from registry.model import Table


async def test_the_migrations_make_exactly_the_tables_of_the_model(database: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, [Table.metadata, ChassisTable.metadata])

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
