"""Second records of a person are found by indexed keys; all residents are compared once."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE TABLE duplicate_check (resident_id UUID NOT NULL CONSTRAINT pk_duplicate_check PRIMARY KEY)")
    op.execute(
        "CREATE TABLE duplicate_key (key BIGINT NOT NULL, resident_id UUID NOT NULL,"
        " CONSTRAINT pk_duplicate_key PRIMARY KEY (key, resident_id))"
    )
    op.execute("CREATE INDEX ix_duplicate_key_resident ON duplicate_key (resident_id)")
    op.execute(
        "CREATE TABLE duplicate_pair (one_id UUID NOT NULL, other_id UUID NOT NULL, score INTEGER NOT NULL,"
        " CONSTRAINT pk_duplicate_pair PRIMARY KEY (one_id, other_id))"
    )
    op.execute("CREATE INDEX ix_duplicate_pair_other ON duplicate_pair (other_id)")
    op.execute("CREATE INDEX ix_duplicate_pair_score ON duplicate_pair (score)")
    op.execute("INSERT INTO duplicate_check SELECT id FROM resident WHERE life = 'alive'")
