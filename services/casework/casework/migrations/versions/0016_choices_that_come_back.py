"""What a unit chose and handed on to its successors, so that it has it again when the decree is taken back."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE chosen_procedures ADD COLUMN handed_on TEXT[] NOT NULL DEFAULT '{}'")
