"""Imports by personal number, signature lists, days that were counted."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE counted_day (
            day DATE NOT NULL,
            counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_counted_day PRIMARY KEY (day)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE import_rejection (
            import_id UUID NOT NULL,
            row INTEGER NOT NULL,
            "column" TEXT NOT NULL,
            code TEXT NOT NULL,
            vi TEXT NOT NULL,
            en TEXT NOT NULL,
            CONSTRAINT pk_import_rejection PRIMARY KEY (import_id, row)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE import_row (
            import_id UUID NOT NULL,
            row INTEGER NOT NULL,
            personal_id BYTEA NOT NULL,
            occurred_on DATE,
            level INTEGER,
            certificate_serial TEXT,
            account_kind TEXT,
            reference TEXT,
            CONSTRAINT pk_import_row PRIMARY KEY (import_id, row)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE number_import (
            id UUID NOT NULL,
            digest TEXT NOT NULL,
            step TEXT NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            source_body TEXT NOT NULL,
            status TEXT NOT NULL,
            total_rows INTEGER NOT NULL,
            applied INTEGER NOT NULL,
            unchanged INTEGER NOT NULL,
            rejected INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            created_by TEXT NOT NULL,
            CONSTRAINT pk_number_import PRIMARY KEY (id),
            CONSTRAINT uq_number_import_digest UNIQUE (digest)
        )
        """
    )

    op.execute("CREATE INDEX ix_number_import_open ON number_import (id) WHERE status IN ('queued', 'running')")

    op.execute("CREATE INDEX ix_number_import_unit_id ON number_import (unit_id)")

    op.execute(
        """
        CREATE TABLE signature_entry (
            list_id UUID NOT NULL,
            resident_id UUID NOT NULL,
            certificate_serial TEXT,
            CONSTRAINT pk_signature_entry PRIMARY KEY (list_id, resident_id)
        )
        """
    )

    op.execute("CREATE INDEX ix_signature_entry_resident ON signature_entry (resident_id)")

    op.execute(
        """
        CREATE TABLE signature_list (
            id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            provider TEXT NOT NULL,
            status TEXT NOT NULL,
            made_by TEXT NOT NULL,
            checked_by TEXT,
            approved_by TEXT,
            version INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_signature_list PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_signature_list_provider ON signature_list (provider)")

    op.execute("CREATE INDEX ix_signature_list_unit_id ON signature_list (unit_id)")
