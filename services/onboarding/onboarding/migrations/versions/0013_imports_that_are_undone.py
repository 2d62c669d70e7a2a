"""Imports by number: warnings, who sent them, what each row became, and undoing; the last day of a signature."""

from alembic import op

revision = "0013"
down_revision = "0012"

_COLUMNS = (
    "warnings INTEGER NOT NULL DEFAULT 0",
    "created_role TEXT",
    "created_body TEXT",
    "created_unit TEXT",
    "worked_at TIMESTAMP WITH TIME ZONE",
    "undone_at TIMESTAMP WITH TIME ZONE",
    "undone_by TEXT",
    "undone INTEGER NOT NULL DEFAULT 0",
    "kept INTEGER NOT NULL DEFAULT 0",
)


def upgrade() -> None:
    for column in _COLUMNS:
        op.execute(f"ALTER TABLE number_import ADD COLUMN {column}")
    op.execute("ALTER TABLE import_row ADD COLUMN valid_until DATE")
    op.execute(
        """
        CREATE TABLE import_warning (
            import_id UUID NOT NULL,
            row INTEGER NOT NULL,
            "column" TEXT NOT NULL,
            code TEXT NOT NULL,
            vi TEXT NOT NULL,
            en TEXT NOT NULL,
            CONSTRAINT pk_import_warning PRIMARY KEY (import_id, row, "column", code)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE imported_evidence (
            import_id UUID NOT NULL,
            row INTEGER NOT NULL,
            subject_id UUID NOT NULL,
            evidence_id TEXT NOT NULL,
            is_added BOOLEAN NOT NULL,
            outcome TEXT,
            reason TEXT,
            CONSTRAINT pk_imported_evidence PRIMARY KEY (import_id, row)
        )
        """
    )
    op.execute("CREATE INDEX ix_imported_evidence_evidence ON imported_evidence (evidence_id)")
