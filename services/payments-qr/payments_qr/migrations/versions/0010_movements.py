"""The ledger of movements, begun with what the payments that count have left."""

from alembic import op

revision = "0010"
down_revision = "0009"

STATEMENTS = (
    "CREATE TABLE movement (id uuid NOT NULL, kind text NOT NULL, amount bigint NOT NULL, merchant_id uuid NOT NULL,"
    " unit_id uuid NOT NULL, payment_id uuid, bill_id uuid, business_day date NOT NULL, at timestamptz NOT NULL,"
    " booked_at timestamptz NOT NULL, noted_by text, note text, CONSTRAINT pk_movement PRIMARY KEY (id),"
    " CONSTRAINT fk_movement_merchant_id FOREIGN KEY (merchant_id) REFERENCES merchant (id))",
    "INSERT INTO movement (id, kind, amount, merchant_id, unit_id, payment_id, bill_id, business_day, at, booked_at)"
    " SELECT gen_random_uuid(), 'settled', amount, merchant_id, unit_id, id, bill_id, business_day, settled_at, received_at"
    " FROM payment WHERE status = 'settled' AND merchant_id IS NOT NULL",
    "INSERT INTO movement (id, kind, amount, merchant_id, unit_id, payment_id, bill_id, business_day, at, booked_at)"
    " SELECT gen_random_uuid(), 'refunded', -refunded_amount, merchant_id, unit_id, id, bill_id, business_day, settled_at,"
    " received_at FROM payment WHERE status = 'settled' AND merchant_id IS NOT NULL AND refunded_amount > 0",
    "CREATE INDEX ix_movement_payment ON movement (payment_id) WHERE payment_id IS NOT NULL",
    "CREATE INDEX ix_movement_bill ON movement (bill_id) WHERE bill_id IS NOT NULL",
    "CREATE INDEX ix_movement_merchant ON movement (merchant_id, business_day)",
    "CREATE INDEX ix_movement_unit ON movement (unit_id, business_day)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
