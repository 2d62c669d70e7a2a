"""Whether the approval of a dossier reported a death to the registry; second claims for one person are found by an index."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier ADD COLUMN registered_death BOOLEAN NOT NULL DEFAULT FALSE")
    op.execute("CREATE INDEX ix_dossier_subject ON dossier (subject_id) WHERE subject_id IS NOT NULL")
