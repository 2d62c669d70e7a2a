"""Partners with their secrets, agreements and licences; deliveries with their outcomes; administrative acts."""

from pathlib import Path

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables_1()
    for statement in Path(__file__).with_suffix(".sql").read_text("utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
