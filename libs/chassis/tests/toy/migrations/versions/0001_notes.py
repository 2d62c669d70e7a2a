"""Notes and received events."""

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1, create_chassis_tables_2, create_chassis_tables_3

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables_1()
    create_chassis_tables_2()
    create_chassis_tables_3()
    op.execute(
        "CREATE TABLE note (id uuid PRIMARY KEY, unit_id uuid NOT NULL, text text NOT NULL, version int NOT NULL)"
    )
    op.execute("CREATE TABLE received (number serial PRIMARY KEY, key text NOT NULL, value text NOT NULL)")
