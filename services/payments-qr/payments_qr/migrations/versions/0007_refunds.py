"""Refunds in parts: what was given back of a payment and of a bill, as sums of the reported reversals."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE payment ADD COLUMN refunded_amount bigint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE bill ADD COLUMN refunded_amount bigint NOT NULL DEFAULT 0")
    op.execute("UPDATE payment SET refunded_amount = amount WHERE reversed_at IS NOT NULL")
