"""Requests to move a person whom the registry does not know yet are looked for again and again."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_move_request_unknown ON move_request (id) WHERE resident_id IS NULL AND status = 'requested'"
    )
