"""The status of dossiers, so that an event without a change of status makes no notification of one."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE known_dossier (id UUID NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL,"
        " CONSTRAINT pk_known_dossier PRIMARY KEY (id))"
    )
