"""A campaign can be cancelled, and active again."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE campaign ADD COLUMN status TEXT NOT NULL DEFAULT 'active'")
