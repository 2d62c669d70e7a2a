"""An index for the deliveries that a sender is attempting."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_delivery_claimed ON delivery (subscription_id) WHERE claimed_until IS NOT NULL")
