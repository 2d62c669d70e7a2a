"""What payers wrote is kept sealed, and only while a payment waits."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("ALTER TABLE payment ADD COLUMN memo bytea")
    # Before, the whole memo stood in reference_key; only a found code's own key may stay there.
    op.execute(
        "UPDATE payment SET reference_key = (SELECT code.reference_key FROM qr_code AS code"
        " WHERE code.id = payment.qr_code_id) WHERE reference_key IS NOT NULL"
    )
