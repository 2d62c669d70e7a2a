"""Who made each read, for auditors; who decided a correction."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE access_actor (access_id UUID NOT NULL, actor TEXT NOT NULL, body TEXT,"
        " at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_access_actor PRIMARY KEY (access_id))"
    )
    op.execute("CREATE INDEX ix_access_actor_actor ON access_actor (actor, at)")
    op.execute("ALTER TABLE correction ADD COLUMN decided_body TEXT, ADD COLUMN decided_unit_code TEXT")
