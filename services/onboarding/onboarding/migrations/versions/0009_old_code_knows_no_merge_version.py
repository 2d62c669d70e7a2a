"""Code of the release before writes whole rows without this column: it may be null, which counts as 0."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE known_resident ALTER COLUMN merge_version DROP NOT NULL")
