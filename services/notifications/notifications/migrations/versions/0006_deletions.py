"""The log of deletions."""

from chassis.storage.migrations import create_chassis_tables_3

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_chassis_tables_3()
