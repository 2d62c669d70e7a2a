"""Representatives of residents, and proposals of people who are signed in and unknown."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE representation (id UUID NOT NULL, resident_id UUID NOT NULL, representative_id UUID NOT NULL,"
        " scope TEXT[] NOT NULL, until DATE NOT NULL, basis TEXT NOT NULL, paper BYTEA, created_by TEXT NOT NULL,"
        " created_at TIMESTAMP WITH TIME ZONE NOT NULL, ended_at TIMESTAMP WITH TIME ZONE, ended_by TEXT,"
        " end_reason BYTEA, CONSTRAINT pk_representation PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_representation_resident ON representation (resident_id, id)")
    op.execute("CREATE INDEX ix_representation_representative ON representation (representative_id, id)")
    op.execute(
        "CREATE TABLE registration (id UUID NOT NULL, account TEXT NOT NULL, unit_id UUID NOT NULL,"
        " details BYTEA NOT NULL, status TEXT NOT NULL, proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " decided_at TIMESTAMP WITH TIME ZONE, decided_by TEXT, note BYTEA,"
        " CONSTRAINT pk_registration PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_registration_unit ON registration (unit_id, status, id)")
    op.execute("CREATE UNIQUE INDEX uq_registration_open ON registration (account) WHERE status = 'proposed'")
    op.execute("CREATE INDEX ix_registration_account ON registration (account)")
