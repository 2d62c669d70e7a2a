"""Managers of markets, named by two officers."""

from alembic import op

revision = "0011"
down_revision = "0010"

STATEMENTS = (
    "CREATE TABLE market_manager (id uuid NOT NULL, unit_id uuid NOT NULL, unit_code text NOT NULL, market text NOT NULL,"
    " resident_id uuid NOT NULL, named_by text NOT NULL, named_at timestamptz NOT NULL, confirmed_by text,"
    " confirmed_at timestamptz, ended_by text, ended_at timestamptz, CONSTRAINT pk_market_manager PRIMARY KEY (id))",
    "CREATE INDEX ix_market_manager_resident ON market_manager (resident_id) WHERE ended_at IS NULL",
    "CREATE INDEX ix_market_manager_unit ON market_manager (unit_id, id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
