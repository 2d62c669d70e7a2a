"""Public events, who may see them, subscriptions, deliveries and attempts."""

from pathlib import Path

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1, create_chassis_tables_2

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables_1()
    create_chassis_tables_2()
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
