"""The acts' log of campaigns: who changed or deleted what, and what was before."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE campaign_act (id UUID NOT NULL, at TIMESTAMP WITH TIME ZONE NOT NULL, actor TEXT NOT NULL,"
        " role TEXT NOT NULL, body TEXT, actor_unit_code TEXT, act TEXT NOT NULL, about TEXT NOT NULL,"
        " about_id TEXT NOT NULL, campaign_id UUID NOT NULL, unit_id UUID NOT NULL, reason TEXT, before JSONB NOT NULL,"
        " CONSTRAINT pk_campaign_act PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_campaign_act_unit ON campaign_act (unit_id, id)")
    op.execute("CREATE INDEX ix_campaign_act_campaign ON campaign_act (campaign_id, id)")
