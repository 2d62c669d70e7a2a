"""The body of each listed volunteer; dashboard sessions that ended by sign-out."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE team_listing ADD COLUMN body text")
    op.execute(
        "CREATE TABLE ended_session (id text NOT NULL, until timestamptz NOT NULL,"
        " CONSTRAINT pk_ended_session PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_ended_session_until ON ended_session (until)")
