"""Some consents end by themselves."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE known_consent ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE")
