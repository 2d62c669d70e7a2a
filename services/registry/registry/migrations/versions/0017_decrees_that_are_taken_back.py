"""Decrees that are taken back: what each import changed in the tree, and which records followed it."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE unit_import ADD COLUMN is_recorded BOOLEAN NOT NULL DEFAULT FALSE,"
        " ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE, ADD COLUMN undone_by TEXT,"
        " ADD COLUMN undone INTEGER NOT NULL DEFAULT 0, ADD COLUMN kept INTEGER NOT NULL DEFAULT 0"
    )
    # A decree that was taken back may be imported again.
    op.execute("ALTER TABLE unit_import DROP CONSTRAINT uq_unit_import_file_hash")
    op.execute("CREATE UNIQUE INDEX uq_unit_import_file ON unit_import (file_hash) WHERE undone_at IS NULL")
    op.execute("ALTER TABLE unit_succession ADD COLUMN unit_import_id UUID")
    op.execute(
        "CREATE TABLE changed_unit (import_id UUID NOT NULL, unit_id UUID NOT NULL, before JSONB, after JSONB NOT NULL,"
        " CONSTRAINT pk_changed_unit PRIMARY KEY (import_id, unit_id))"
    )
    op.execute("CREATE INDEX ix_changed_unit_unit ON changed_unit (unit_id)")
    op.execute(
        "CREATE TABLE followed_record (import_id UUID NOT NULL, kind TEXT NOT NULL, record_id UUID NOT NULL,"
        " from_unit_id UUID NOT NULL, to_unit_id UUID NOT NULL, moved_on DATE NOT NULL, code TEXT,"
        " CONSTRAINT pk_followed_record PRIMARY KEY (import_id, kind, record_id))"
    )
