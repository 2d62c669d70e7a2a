"""Incidents have a deadline, and name who reported them."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE incident ADD COLUMN due_at TIMESTAMP WITH TIME ZONE, ADD COLUMN on_time BOOLEAN,"
        " ADD COLUMN escalation INTEGER NOT NULL DEFAULT 0, ADD COLUMN reporter_id UUID"
    )
    op.execute("ALTER TABLE incident ALTER COLUMN escalation DROP DEFAULT")
    op.execute("CREATE INDEX ix_incident_waiting ON incident (due_at) WHERE status <> 'resolved' AND escalation = 0")
