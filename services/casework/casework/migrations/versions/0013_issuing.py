"""Place, issuing body and signer of a document, encrypted: a signer is a person."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE document ADD COLUMN issuing BYTEA")
