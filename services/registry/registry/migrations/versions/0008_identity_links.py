"""Accounts of residents at identity providers."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE identity_link (id UUID NOT NULL, issuer TEXT NOT NULL, subject BYTEA NOT NULL,"
        " subject_index BYTEA NOT NULL, claims_index BYTEA, resident_id UUID NOT NULL,"
        " linked_at TIMESTAMP WITH TIME ZONE NOT NULL, ended_at TIMESTAMP WITH TIME ZONE, ended_by TEXT,"
        " end_reason BYTEA, CONSTRAINT pk_identity_link PRIMARY KEY (id))"
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_identity_link_account ON identity_link (issuer, subject_index) WHERE ended_at IS NULL"
    )
    op.execute("CREATE INDEX ix_identity_link_subject ON identity_link (issuer, subject_index)")
    op.execute("CREATE INDEX ix_identity_link_resident ON identity_link (resident_id)")
