"""The unit of a team: a team elsewhere decides nothing about a volunteer."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE team_listing ADD COLUMN unit_id uuid")
