"""Accounts of residents at identity providers, and who may act for whom."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE identity_link (id uuid NOT NULL, resident_id uuid NOT NULL, issuer text NOT NULL,"
        " subject_index bytea NOT NULL, claims_index bytea, linked_at timestamptz NOT NULL, is_active boolean NOT NULL,"
        " CONSTRAINT pk_identity_link PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_identity_link_account ON identity_link (subject_index, issuer)")
    op.execute("CREATE INDEX ix_identity_link_resident ON identity_link (resident_id)")
    op.execute(
        "CREATE TABLE representation (id uuid NOT NULL, resident_id uuid, organization_id uuid,"
        " representative_id uuid NOT NULL, scope text[] NOT NULL, until date, is_active boolean NOT NULL,"
        " CONSTRAINT pk_representation PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_representation_representative ON representation (representative_id)")
