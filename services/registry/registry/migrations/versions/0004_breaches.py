"""The register of breaches of personal data."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE data_breach (id UUID NOT NULL, detected_at TIMESTAMP WITH TIME ZONE NOT NULL, kinds TEXT[] NOT NULL,"
        " residents INTEGER, account BYTEA NOT NULL, notify_by TIMESTAMP WITH TIME ZONE,"
        " notified_at TIMESTAMP WITH TIME ZONE, reference TEXT, recorded_by TEXT NOT NULL,"
        " recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT pk_data_breach PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_data_breach_open ON data_breach (notify_by) WHERE notified_at IS NULL")
