"""The progress of key rotation."""

from chassis.storage.migrations import create_chassis_tables_2

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_chassis_tables_2()
