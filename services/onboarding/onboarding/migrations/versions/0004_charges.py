"""What was charged for a free step may be any amount of VND."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE step_evidence ALTER COLUMN charged TYPE BIGINT")
