"""Good practices with a text, head counts of sessions, reminders to units."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE communication ADD COLUMN summary TEXT")
    op.execute("ALTER TABLE campaign_session ADD COLUMN guests INTEGER NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE campaign_session ADD COLUMN pupils INTEGER NOT NULL DEFAULT 0")
    op.execute(
        "CREATE INDEX ix_communication_good_practice ON communication (published_on, id) WHERE kind = 'good_practice'"
    )
    op.execute(
        """
        CREATE TABLE campaign_reminder (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            document_id UUID NOT NULL,
            behind TEXT[] NOT NULL,
            sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
            sent_by TEXT NOT NULL,
            CONSTRAINT pk_campaign_reminder PRIMARY KEY (id)
        )
        """
    )
    op.execute("CREATE INDEX ix_campaign_reminder_campaign_id ON campaign_reminder (campaign_id)")
