"""Indexes for the few who are not permanent residents, and the few who are not alive."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("CREATE INDEX ix_resident_not_permanent ON resident (unit_id, id) WHERE residence_status <> 'permanent'")
    op.execute("CREATE INDEX ix_resident_not_alive ON resident (unit_id, id) WHERE life <> 'alive'")
