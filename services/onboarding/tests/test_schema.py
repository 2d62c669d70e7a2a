"""The migrations make exactly the tables of the model."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from chassis.storage.database import ChassisTable, Database
from onboarding.model.schema import OnboardingTable


async def test_the_migrations_make_the_tables_of_the_model(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, [OnboardingTable.metadata, ChassisTable.metadata]))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
