"""What other services counted, for a campaign's ranking."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE known_count (
            service TEXT NOT NULL,
            indicator TEXT NOT NULL,
            unit_code TEXT NOT NULL,
            count BIGINT NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_known_count PRIMARY KEY (service, indicator, unit_code)
        )
        """
    )
