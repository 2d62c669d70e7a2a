"""Requests to move residents between communes."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE move_request (id UUID NOT NULL, resident_id UUID, person BYTEA NOT NULL, reason BYTEA NOT NULL,"
        " to_unit_id UUID NOT NULL, moved_on DATE NOT NULL, status TEXT NOT NULL, requested_by TEXT NOT NULL,"
        " requested_body TEXT, requested_unit_code TEXT, requested_at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " decide_by DATE NOT NULL, from_unit_id UUID, from_household_id UUID, decided_by TEXT, decided_body TEXT,"
        " decided_unit_code TEXT, decided_at TIMESTAMP WITH TIME ZONE, decision_reason BYTEA,"
        " CONSTRAINT pk_move_request PRIMARY KEY (id))"
    )
    op.execute("CREATE INDEX ix_move_request_to_unit ON move_request (to_unit_id, id)")
    op.execute("CREATE INDEX ix_move_request_resident ON move_request (resident_id)")
    op.execute(
        "CREATE INDEX ix_move_request_from_unit ON move_request (from_unit_id, id) WHERE from_unit_id IS NOT NULL"
    )
