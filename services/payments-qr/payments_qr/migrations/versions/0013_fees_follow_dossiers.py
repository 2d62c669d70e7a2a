"""The bill of a dossier's fee follows the dossier; an older event about it changes nothing."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE known_dossier ADD COLUMN fee_version integer NOT NULL DEFAULT 0")
