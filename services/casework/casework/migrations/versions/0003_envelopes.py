"""Documents that agencies exchange in edXML envelopes: whose they are, what is asked back, their further files."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE document ADD COLUMN edxml_id TEXT, ADD COLUMN sender_organ_id TEXT, ADD COLUMN recipient_organ_id TEXT,"
        " ADD COLUMN due_on DATE, ADD COLUMN recall INTEGER"
    )
    op.execute("CREATE INDEX ix_document_edxml ON document (edxml_id) WHERE edxml_id IS NOT NULL")
    op.execute(
        "CREATE TABLE document_file (id UUID NOT NULL, document_id UUID NOT NULL, media_type TEXT NOT NULL,"
        " size INTEGER NOT NULL, sha256 BYTEA NOT NULL, content BYTEA NOT NULL, signatures JSONB,"
        " CONSTRAINT pk_document_file PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_document_file_document ON document_file (document_id, id)")
