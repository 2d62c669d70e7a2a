"""Notifications to people: notifications, what is planned, sends, preferences, quiet hours, devices; copies of people.

The topics of residents, organizations, units and campaigns are read from their beginning again: earlier releases skipped
events in them. Public events that are kept are not recorded twice (`public_event.once`).
"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)
