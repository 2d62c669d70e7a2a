"""Merges are ordered by their own version, so that a later snapshot does not clear the link."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE known_resident ADD COLUMN merge_version INTEGER DEFAULT 0")
