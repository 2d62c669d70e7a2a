"""The training accounts."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE training_account (login text NOT NULL, session_id uuid NOT NULL, role text NOT NULL,"
        " unit_code text NOT NULL, village_code text NOT NULL, resident_id uuid, secret_digest text NOT NULL,"
        " valid_until timestamptz NOT NULL, version integer NOT NULL,"
        " CONSTRAINT pk_training_account PRIMARY KEY (login))"
    )
    op.execute("CREATE INDEX ix_training_account_session_id ON training_account (session_id)")
