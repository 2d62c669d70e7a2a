"""Receipts of channels, and what the people of a unit were sent on a day over channels that cost money."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE channel_receipt (channel TEXT NOT NULL, id TEXT NOT NULL, reference TEXT NOT NULL,"
        " status TEXT NOT NULL, error TEXT, at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " received_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_channel_receipt PRIMARY KEY (channel, id))"
    )
    op.execute("CREATE INDEX ix_channel_receipt_reference ON channel_receipt (reference)")
    op.execute("CREATE INDEX ix_channel_receipt_received_at ON channel_receipt (received_at)")
    op.execute(
        "CREATE TABLE channel_use (unit_code TEXT NOT NULL, channel TEXT NOT NULL, day DATE NOT NULL,"
        " used INTEGER NOT NULL, CONSTRAINT pk_channel_use PRIMARY KEY (unit_code, channel, day))"
    )
