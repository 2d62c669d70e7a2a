"""Progress of computing stored steps anew by changed rules."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE rule_progress (digest TEXT NOT NULL, after_id UUID, finished_at TIMESTAMP WITH TIME ZONE,"
        " CONSTRAINT pk_rule_progress PRIMARY KEY (digest))"
    )
    op.execute("ALTER TABLE task ADD COLUMN about TEXT")
