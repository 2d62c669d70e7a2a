"""Whether a dossier was received under the longer limit of its procedure, because something had to be verified."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier ADD COLUMN with_verification boolean NOT NULL DEFAULT false")
