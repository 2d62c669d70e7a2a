"""A merge is known by its own version: later snapshots may arrive before it."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE known_resident ADD COLUMN merge_version INTEGER NOT NULL DEFAULT 0")
