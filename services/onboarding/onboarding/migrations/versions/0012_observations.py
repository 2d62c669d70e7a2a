"""Observations from the village are stored by their id, so that the same one sent again changes nothing."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE observation (id TEXT NOT NULL, resident_id UUID NOT NULL, name TEXT NOT NULL,"
        " occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, recorded_by TEXT NOT NULL,"
        " recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_observation PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_observation_resident_id ON observation (resident_id)")
    op.execute("ALTER TABLE resident_step ADD COLUMN stored_at TIMESTAMP WITH TIME ZONE DEFAULT now()")
