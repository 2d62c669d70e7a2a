"""A unit may stand twice under one path: the successor of its parent can bear the parent's code.

Only the registry keeps such places apart; it alone answers for the tree of an earlier day by parent.
"""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE known_lineage DROP CONSTRAINT pk_known_lineage")
    op.execute("CREATE INDEX ix_known_lineage_path ON known_lineage (path, unit_id, valid_from)")
