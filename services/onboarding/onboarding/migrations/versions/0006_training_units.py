"""A campaign trains in its own commune, with one village of made-up people."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE training_unit (
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            village_id UUID NOT NULL,
            village_code TEXT NOT NULL,
            CONSTRAINT pk_training_unit PRIMARY KEY (campaign_id)
        )
        """
    )
    op.execute("ALTER TABLE training_account ADD COLUMN resident_id UUID")
