"""Owners that are looked up by tax code, and how far a change of keys has come."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE merchant ADD COLUMN owner_asked_at timestamptz")
    op.execute(
        "CREATE INDEX ix_merchant_unlinked ON merchant (id)"
        " WHERE tax_code IS NOT NULL AND owner_resident_id IS NULL AND owner_organization_id IS NULL"
    )
    op.execute(
        "CREATE TABLE key_rotation (name text NOT NULL, keys text NOT NULL, after_id uuid, finished_at timestamptz,"
        " CONSTRAINT pk_key_rotation PRIMARY KEY (name, keys))"
    )
    op.execute("CREATE INDEX ix_payment_nowhere ON payment (settled_at, id) WHERE merchant_id IS NULL")
