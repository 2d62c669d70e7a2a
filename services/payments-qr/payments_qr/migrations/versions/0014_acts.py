"""The acts' log: what was taken back or decided, by whom, why, and what was before."""

from alembic import op

revision = "0014"
down_revision = "0013"

STATEMENTS = (
    "CREATE TABLE act (id uuid NOT NULL, at timestamptz NOT NULL, actor text NOT NULL, role text NOT NULL, act text NOT NULL,"
    " about text NOT NULL, about_id uuid NOT NULL, merchant_id uuid, unit_id uuid, reason text, before jsonb NOT NULL,"
    " CONSTRAINT pk_act PRIMARY KEY (id))",
    "CREATE INDEX ix_act_unit ON act (unit_id, id)",
    "CREATE INDEX ix_act_about ON act (about_id, id)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
