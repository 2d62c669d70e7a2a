"""When a fee that was settled at the counter was paid online as well."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier ADD COLUMN fee_paid_twice_at timestamptz")
