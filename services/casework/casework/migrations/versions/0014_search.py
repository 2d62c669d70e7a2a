"""Dossiers, feedback and documents are found by blind indexes of their words; rows of earlier releases are marked in the
background."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for table in ("dossier", "feedback", "document"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN search_marks BYTEA[]")
        op.execute(f"CREATE INDEX ix_{table}_search ON {table} USING gin (search_marks)")
        op.execute(f"CREATE INDEX ix_{table}_unmarked ON {table} (id) WHERE search_marks IS NULL")
