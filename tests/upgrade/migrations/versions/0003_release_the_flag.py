"""Release 2, when no process of release 1 is left: the flag need not be given any more, so that release 3 may leave it out."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE note ALTER COLUMN urgent DROP NOT NULL")
    # NOT VALID takes the lock for a moment only; VALIDATE reads the table without blocking writes.
    op.execute("ALTER TABLE note ADD CONSTRAINT note_has_priority CHECK (priority IS NOT NULL) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE note VALIDATE CONSTRAINT note_has_priority")
