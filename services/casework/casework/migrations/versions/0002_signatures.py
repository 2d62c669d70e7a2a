"""What the signatures inside papers, results and documents are worth."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table in ("attachment", "dossier_result", "document"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN signatures JSONB")
    op.execute("ALTER TABLE dossier ADD COLUMN signature_verdict TEXT")
