"""A step of a dossier names the unit that has it afterwards."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier_step ADD COLUMN unit_code TEXT")
