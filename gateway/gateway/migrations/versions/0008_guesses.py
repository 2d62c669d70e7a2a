"""Guesses of secrets, counted for all gateways together."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE guess (guesser bytea NOT NULL, remaining double precision NOT NULL, at timestamptz NOT NULL,"
        " CONSTRAINT pk_guess PRIMARY KEY (guesser)) WITH (fillfactor = 50)"
    )
