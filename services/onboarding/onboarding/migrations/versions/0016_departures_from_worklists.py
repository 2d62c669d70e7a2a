"""Who left the worklist of a unit and who came to it, for `?since=`."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE known_resident ADD COLUMN placed_at TIMESTAMP WITH TIME ZONE")
    op.execute(
        "CREATE TABLE worklist_departure (unit_id UUID NOT NULL, resident_id UUID NOT NULL,"
        " left_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_worklist_departure PRIMARY KEY (unit_id, resident_id))"
    )
    op.execute("CREATE INDEX ix_worklist_departure_left_at ON worklist_departure (unit_id, left_at)")
