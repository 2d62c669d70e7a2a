"""Release 2, expand: everything that release 1 does stays possible, and nothing is rewritten or locked for long."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE note ADD COLUMN priority int")
    # Outside the transaction: built while other processes write. One that broke off is invalid, and is made anew.
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_note_priority")
        op.execute("CREATE INDEX CONCURRENTLY ix_note_priority ON note (priority)")
