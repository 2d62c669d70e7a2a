"""Imports: who made them, remarks beside rejections, the rows that an undo takes back; remarks on settlement files."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = (
    'ALTER TABLE "import" ADD COLUMN unit_code text',
    'ALTER TABLE "import" ADD COLUMN created_by_role text',
    'ALTER TABLE "import" ADD COLUMN created_by_body text',
    'ALTER TABLE "import" ADD COLUMN created_by_unit text',
    'ALTER TABLE "import" ADD COLUMN warnings int NOT NULL DEFAULT 0',
    'ALTER TABLE "import" ADD COLUMN undone_at timestamptz',
    'ALTER TABLE "import" ADD COLUMN undone_by text',
    'ALTER TABLE "import" ADD COLUMN undone int NOT NULL DEFAULT 0',
    'ALTER TABLE "import" ADD COLUMN kept int NOT NULL DEFAULT 0',
    'UPDATE "import" SET unit_code = (SELECT code FROM known_unit WHERE known_unit.id = "import".unit_id LIMIT 1)',
    "ALTER TABLE import_rejection ADD COLUMN is_warning boolean NOT NULL DEFAULT false",
    "CREATE TABLE import_row (id uuid NOT NULL, import_id uuid NOT NULL, row int NOT NULL, entity_id uuid NOT NULL,"
    " version int NOT NULL, before jsonb, kept_because text, CONSTRAINT pk_import_row PRIMARY KEY (id),"
    ' CONSTRAINT fk_import_row_import_id FOREIGN KEY (import_id) REFERENCES "import" (id))',
    "CREATE INDEX ix_import_row_import_id ON import_row (import_id)",
    "ALTER TABLE settlement ADD COLUMN warnings jsonb NOT NULL DEFAULT '[]'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
