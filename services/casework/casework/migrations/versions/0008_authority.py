"""The paper that was presented at the desk for another person; what an officer's action changed, so that it can be taken back."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE dossier ADD COLUMN desk_paper BYTEA")
    op.execute("ALTER TABLE dossier_step ADD COLUMN undo JSONB, ADD COLUMN undone_by UUID")
    op.execute("ALTER TABLE dossier_result ADD COLUMN revoked_at TIMESTAMP WITH TIME ZONE")
