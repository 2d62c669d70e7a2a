"""The migrations make exactly the tables that the model describes."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from chassis.storage.database import ChassisTable, Database
from payments_qr.model import Table

LEFT_FOR_THE_RELEASE_BEFORE = {"key_rotation"}
"""Tables that only the release before this one uses; the next release drops them."""


async def test_the_migrated_schema_equals_the_model(database: Database) -> None:
    async with database.engine.connect() as connection:
        differences = await connection.run_sync(_differences)

    assert differences == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
    return list(compare_metadata(context, [Table.metadata, ChassisTable.metadata]))  # type: ignore[arg-type]


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name not in LEFT_FOR_THE_RELEASE_BEFORE
