"""Confirmed owners, makers of the present details, fee merchants named by two officers, proven customer codes."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = (
    "ALTER TABLE merchant ADD COLUMN makers text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE merchant ADD COLUMN owner_confirmed_at timestamptz",
    "ALTER TABLE merchant ADD COLUMN inactive_since timestamptz",
    "ALTER TABLE merchant ADD COLUMN closed_by text",
    "UPDATE merchant SET makers = ARRAY[maker]",
    # Whatever was verified once had its owner confirmed; a checker remains after a later change of the account.
    "UPDATE merchant SET owner_confirmed_at = changed_at"
    " WHERE verification IN ('active', 'suspended') OR checker IS NOT NULL",
    "UPDATE merchant SET inactive_since = changed_at WHERE status <> 'active' AND owner_confirmed_at IS NOT NULL",
    "ALTER TABLE known_organization ADD COLUMN representative_confirmed boolean NOT NULL DEFAULT false",
    "ALTER TABLE qr_code ADD COLUMN payload_index bytea",
    "CREATE INDEX ix_qr_code_payload ON qr_code (payload_index) WHERE payload_index IS NOT NULL",
    "CREATE INDEX ix_qr_code_unindexed ON qr_code (id) WHERE payload_index IS NULL",
    # Customer codes that were linked before were never proven: they wait for a proof or for the point.
    "ALTER TABLE utility_account ADD COLUMN confirmed_at timestamptz",
    "ALTER TABLE utility_account ADD COLUMN confirmed_by text",
    "ALTER TABLE utility_account ADD COLUMN wrong_proofs int NOT NULL DEFAULT 0",
    "ALTER TABLE utility_account ADD COLUMN last_proof_at timestamptz",
    "CREATE TABLE fee_merchant (id uuid NOT NULL, unit_id uuid NOT NULL, merchant_id uuid NOT NULL, named_by text NOT NULL,"
    " named_at timestamptz NOT NULL, confirmed_by text, confirmed_at timestamptz, ended_by text, ended_at timestamptz,"
    " reason text, CONSTRAINT pk_fee_merchant PRIMARY KEY (id),"
    " CONSTRAINT fk_fee_merchant_merchant_id FOREIGN KEY (merchant_id) REFERENCES merchant (id))",
    "CREATE UNIQUE INDEX uq_fee_merchant_pending ON fee_merchant (unit_id)"
    " WHERE confirmed_at IS NULL AND ended_at IS NULL",
    "CREATE UNIQUE INDEX uq_fee_merchant_confirmed ON fee_merchant (unit_id)"
    " WHERE confirmed_at IS NOT NULL AND ended_at IS NULL",
    "CREATE INDEX ix_fee_merchant_merchant ON fee_merchant (merchant_id) WHERE ended_at IS NULL",
    "CREATE INDEX ix_payment_inactive ON payment (merchant_id) WHERE outcome = 'merchant_not_active'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
