"""Codes of portals and codes of the platform are unique apart: a portal that uses one of ours in advance blocks no submission."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("CREATE UNIQUE INDEX uq_dossier_code_here ON dossier (code) WHERE code IS NOT NULL AND origin = 'here'")
    op.execute("CREATE UNIQUE INDEX uq_dossier_code_portal ON dossier (code) WHERE origin = 'portal'")
    op.execute("DROP INDEX uq_dossier_code")
