"""Contract, when no process of release 2 is left: the column goes."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE note ALTER COLUMN priority SET NOT NULL")  # proven by the constraint: no scan
    op.execute("ALTER TABLE note DROP CONSTRAINT note_has_priority")
    op.execute("ALTER TABLE note DROP COLUMN urgent")
