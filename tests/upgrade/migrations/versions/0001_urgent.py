"""Release 1."""

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1, create_chassis_tables_2, create_chassis_tables_3

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables_1()
    create_chassis_tables_2()
    create_chassis_tables_3()
    op.execute("CREATE TABLE note (id uuid PRIMARY KEY, urgent boolean NOT NULL)")
    op.execute("CREATE TABLE handled (number bigserial PRIMARY KEY, note_id uuid NOT NULL)")
