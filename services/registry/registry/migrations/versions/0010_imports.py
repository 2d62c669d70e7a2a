"""Imports: who, warnings by row, turns, what each row changed, for undo."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE resident_import ADD COLUMN imported_role TEXT, ADD COLUMN imported_body TEXT,"
        " ADD COLUMN imported_unit_code TEXT, ADD COLUMN turns INTEGER NOT NULL DEFAULT 0,"
        " ADD COLUMN undo_started_at TIMESTAMP WITH TIME ZONE, ADD COLUMN undone_at TIMESTAMP WITH TIME ZONE,"
        " ADD COLUMN undone_by TEXT, ADD COLUMN undone_unit_code TEXT,"
        " ADD COLUMN undone INTEGER NOT NULL DEFAULT 0,"
        " ADD COLUMN kept INTEGER NOT NULL DEFAULT 0"
    )
    # A list whose import was undone may be imported again.
    op.execute("DROP INDEX uq_resident_import_file")
    op.execute(
        "CREATE UNIQUE INDEX uq_resident_import_file ON resident_import (unit_id, file_hash)"
        " WHERE status <> 'failed' AND undo_started_at IS NULL"
    )
    op.execute(
        'CREATE TABLE import_warning (import_id UUID NOT NULL, row INTEGER NOT NULL, "column" TEXT NOT NULL,'
        " code TEXT NOT NULL, vi TEXT NOT NULL, en TEXT NOT NULL,"
        ' CONSTRAINT pk_import_warning PRIMARY KEY (import_id, row, "column", code))'
    )
    op.execute(
        "CREATE TABLE imported_resident (import_id UUID NOT NULL, resident_id UUID NOT NULL, row INTEGER NOT NULL,"
        " kind TEXT NOT NULL, version INTEGER NOT NULL, before JSONB, outcome TEXT,"
        " CONSTRAINT pk_imported_resident PRIMARY KEY (import_id, resident_id))"
    )
    op.execute("CREATE INDEX ix_imported_resident_kept ON imported_resident (import_id, row) WHERE outcome IS NOT NULL")
    op.execute("CREATE INDEX ix_imported_resident_resident ON imported_resident (resident_id)")
