"""Claims to represent an organization; encrypted addresses, reasons and evidence beside the columns of the release before.

The old plain columns stay for the release before; `commands.encryption` empties them.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE organization ADD COLUMN representative_status TEXT, ADD COLUMN recorded_by TEXT")
    op.execute(
        "CREATE TABLE representative_claim (id UUID NOT NULL, organization_id UUID NOT NULL, resident_id UUID NOT NULL,"
        " unit_id UUID NOT NULL, status TEXT NOT NULL, claimed_at TIMESTAMP WITH TIME ZONE NOT NULL, decided_by TEXT,"
        " decided_at TIMESTAMP WITH TIME ZONE, reason BYTEA, CONSTRAINT pk_representative_claim PRIMARY KEY (id))"
    )
    op.execute(
        "CREATE UNIQUE INDEX uq_representative_claim_resident ON representative_claim (organization_id, resident_id)"
    )
    op.execute("CREATE INDEX ix_representative_claim_resident ON representative_claim (resident_id, status)")
    op.execute("ALTER TABLE resident ADD COLUMN address BYTEA")
    op.execute("ALTER TABLE correction ADD COLUMN reason_encrypted BYTEA, ADD COLUMN decision_note_encrypted BYTEA")
    op.execute("ALTER TABLE consent ADD COLUMN evidence_encrypted BYTEA")
    op.execute(
        "CREATE TABLE access_reason (id UUID NOT NULL, reason BYTEA NOT NULL, CONSTRAINT pk_access_reason PRIMARY KEY (id))"
    )
