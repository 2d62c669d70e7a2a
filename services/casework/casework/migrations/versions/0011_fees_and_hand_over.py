"""A result that was handed over on paper; a fee that was paid at the counter, or waived."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier ADD COLUMN hand_over TEXT, ADD COLUMN fee_settled_by TEXT")
