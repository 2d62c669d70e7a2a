"""Residents of whom another service holds something: an undone import keeps their records."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("CREATE TABLE resident_use (resident_id UUID NOT NULL CONSTRAINT pk_resident_use PRIMARY KEY)")
