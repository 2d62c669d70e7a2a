"""Partners that may be providers; bills that are written off, and reminders."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    "CREATE TABLE known_partner (partner_id text NOT NULL, version int NOT NULL, is_active boolean NOT NULL,"
    " CONSTRAINT pk_known_partner PRIMARY KEY (partner_id))",
    # Partners that serve merchants already are known before their events are read.
    "INSERT INTO known_partner SELECT DISTINCT provider, 0, true FROM merchant",
    "INSERT INTO known_partner SELECT DISTINCT partner_id, 0, true FROM settlement ON CONFLICT DO NOTHING",
    "CREATE TABLE owner_candidate (organization_id uuid NOT NULL,"
    " CONSTRAINT pk_owner_candidate PRIMARY KEY (organization_id))",
    "ALTER TABLE bill ADD COLUMN written_off_amount bigint NOT NULL DEFAULT 0",
    "ALTER TABLE bill ADD COLUMN reminders_sent int NOT NULL DEFAULT 0",
    # Bills of before are not reminded of all at once.
    "UPDATE bill SET reminders_sent = 3 WHERE due_on < current_date",
    "CREATE INDEX ix_bill_unpaid ON bill (due_on, id) WHERE state = 'unpaid'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
