"""The progress of key rotation."""

from chassis.storage.migrations import create_chassis_tables_2

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_chassis_tables_2()
