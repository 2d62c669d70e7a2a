"""Staff who act for an organization, beside representatives of residents."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE representation ALTER COLUMN resident_id DROP NOT NULL, ADD COLUMN organization_id UUID")
    op.execute(
        "CREATE INDEX ix_representation_organization ON representation (organization_id, id)"
        " WHERE organization_id IS NOT NULL"
    )
