"""The progress of key rotation. The table `key_rotation` stays for the release before this one."""

from chassis.storage.migrations import create_chassis_tables_2

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_chassis_tables_2()
