"""Pairs of records that an officer decided to be two persons."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE duplicate_pair ADD COLUMN id UUID")
    op.execute("CREATE INDEX ix_duplicate_pair_id ON duplicate_pair (id)")
    op.execute(
        "CREATE TABLE duplicate_dismissal (id UUID NOT NULL, one_id UUID NOT NULL, other_id UUID NOT NULL,"
        " dismissed_by TEXT NOT NULL, dismissed_at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " CONSTRAINT pk_duplicate_dismissal PRIMARY KEY (id))"
    )
    # Compared again, the pairs that are known get their ids.
    op.execute("INSERT INTO duplicate_check SELECT DISTINCT one_id FROM duplicate_pair ON CONFLICT DO NOTHING")
