"""Whom teams list."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE team_listing (account text NOT NULL, team_id uuid NOT NULL, listed_from date, listed_to date,"
        " is_listed boolean NOT NULL, CONSTRAINT pk_team_listing PRIMARY KEY (account, team_id))"
    )
    op.execute("CREATE INDEX ix_team_listing_team_id ON team_listing (team_id)")
