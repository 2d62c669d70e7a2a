"""The migrations make exactly the tables that the models declare."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from casework.model import Table
from chassis.storage.database import ChassisTable


async def test_migrations_and_models_agree(database):
    def differences(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, [Table.metadata, ChassisTable.metadata])

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
