"""Free texts of incidents and of document statuses are encrypted: they may hold personal data."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE document ADD COLUMN status_note BYTEA")
    op.execute("ALTER TABLE incident ADD COLUMN texts BYTEA")
    op.execute("CREATE INDEX ix_incident_unencrypted ON incident (id) WHERE texts IS NULL")
