"""The log of deletions."""

from chassis.storage.migrations import create_chassis_tables_3

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_chassis_tables_3()
