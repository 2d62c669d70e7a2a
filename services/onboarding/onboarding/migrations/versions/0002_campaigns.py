"""Campaigns and all that belongs to them; notifications; how units followed one another."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE attendance (
            session_id UUID NOT NULL,
            attendee_id UUID NOT NULL,
            kind TEXT NOT NULL,
            by_code BOOLEAN NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            is_merchant BOOLEAN NOT NULL,
            CONSTRAINT pk_attendance PRIMARY KEY (session_id, attendee_id)
        )
        """
    )

    op.execute("CREATE INDEX ix_attendance_attendee_id ON attendance (attendee_id)")

    op.execute(
        """
        CREATE TABLE campaign (
            id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            template TEXT NOT NULL,
            title TEXT NOT NULL,
            starts_on DATE,
            ends_on DATE,
            parent_id UUID,
            plan JSONB NOT NULL,
            plan_digest TEXT,
            area TEXT,
            services TEXT[] NOT NULL,
            minimum_procedures INTEGER,
            targets JSONB NOT NULL,
            team_bodies TEXT[] NOT NULL,
            evaluation JSONB,
            version INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            created_by TEXT NOT NULL,
            CONSTRAINT pk_campaign PRIMARY KEY (id),
            CONSTRAINT uq_campaign_plan_digest UNIQUE (plan_digest)
        )
        """
    )

    op.execute("CREATE INDEX ix_campaign_parent_id ON campaign (parent_id)")

    op.execute("CREATE INDEX ix_campaign_unit_id ON campaign (unit_id)")

    op.execute(
        """
        CREATE TABLE campaign_session (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            kind TEXT NOT NULL,
            topics TEXT[] NOT NULL,
            venue TEXT NOT NULL,
            starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
            ends_at TIMESTAMP WITH TIME ZONE,
            host TEXT,
            coordinators TEXT[] NOT NULL,
            audience TEXT[] NOT NULL,
            conclusions TEXT,
            is_cancelled BOOLEAN NOT NULL,
            check_in_code TEXT NOT NULL,
            announced BOOLEAN NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_campaign_session PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_campaign_session_campaign_id ON campaign_session (campaign_id)")

    op.execute("CREATE INDEX ix_campaign_session_starts_at ON campaign_session (starts_at)")

    op.execute("CREATE INDEX ix_campaign_session_unit_time ON campaign_session (unit_id, starts_at)")

    op.execute(
        """
        CREATE TABLE campaign_step (
            campaign_id UUID NOT NULL,
            number INTEGER NOT NULL,
            title TEXT NOT NULL,
            title_en TEXT,
            responsible JSONB NOT NULL,
            coordinating JSONB NOT NULL,
            venue TEXT,
            starts_on DATE,
            due_on DATE,
            status TEXT NOT NULL,
            done_on DATE,
            note TEXT,
            CONSTRAINT pk_campaign_step PRIMARY KEY (campaign_id, number)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE communication (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            kind TEXT NOT NULL,
            title TEXT NOT NULL,
            url TEXT,
            attachment TEXT,
            published_on DATE NOT NULL,
            evidence_for TEXT,
            CONSTRAINT pk_communication PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_communication_campaign_id ON communication (campaign_id)")

    op.execute("CREATE INDEX ix_communication_unit_id ON communication (unit_id)")

    op.execute(
        """
        CREATE TABLE digital_model (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            body TEXT NOT NULL,
            title TEXT NOT NULL,
            started_on DATE,
            evidence TEXT,
            CONSTRAINT pk_digital_model PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_digital_model_campaign_id ON digital_model (campaign_id)")

    op.execute("CREATE INDEX ix_digital_model_unit_id ON digital_model (unit_id)")

    op.execute(
        """
        CREATE TABLE filing (
            id UUID NOT NULL,
            demand_id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            filed_on DATE NOT NULL,
            document_id UUID,
            recorded_by TEXT NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_filing PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_filing_campaign_id ON filing (campaign_id)")

    op.execute("CREATE INDEX ix_filing_unit_id ON filing (unit_id)")

    op.execute("CREATE UNIQUE INDEX uq_filing_demand_unit ON filing (demand_id, unit_id)")

    op.execute(
        """
        CREATE TABLE filing_demand (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            kind TEXT NOT NULL,
            period TEXT,
            addressee TEXT NOT NULL,
            due_on DATE NOT NULL,
            of_children BOOLEAN NOT NULL,
            CONSTRAINT pk_filing_demand PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE UNIQUE INDEX uq_filing_demand ON filing_demand (campaign_id, kind, period) NULLS NOT DISTINCT")

    op.execute(
        """
        CREATE TABLE known_merchant_owner (
            merchant_id UUID NOT NULL,
            owner_id UUID,
            version INTEGER NOT NULL,
            CONSTRAINT pk_known_merchant_owner PRIMARY KEY (merchant_id)
        )
        """
    )

    op.execute("CREATE INDEX ix_known_merchant_owner_owner_id ON known_merchant_owner (owner_id)")

    op.execute(
        """
        CREATE TABLE known_procedures (
            unit_id UUID NOT NULL,
            codes TEXT[] NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_known_procedures PRIMARY KEY (unit_id)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE known_successor (
            unit_id UUID NOT NULL,
            successor_id UUID NOT NULL,
            kind TEXT NOT NULL,
            effective_on DATE NOT NULL,
            CONSTRAINT pk_known_successor PRIMARY KEY (unit_id, successor_id)
        )
        """
    )

    op.execute("CREATE INDEX ix_known_successor_successor_id ON known_successor (successor_id)")

    op.execute(
        """
        CREATE TABLE nomination (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            model_id UUID NOT NULL,
            category TEXT NOT NULL,
            nominated_by TEXT NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_nomination PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_nomination_campaign_id ON nomination (campaign_id)")

    op.execute("CREATE UNIQUE INDEX uq_nomination ON nomination (model_id, category)")

    op.execute(
        """
        CREATE TABLE notification (
            id TEXT NOT NULL,
            recipient_id UUID NOT NULL,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            about_id UUID NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_notification PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_notification_recipient ON notification (recipient_id, at)")

    op.execute(
        """
        CREATE TABLE official_signature (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            position TEXT NOT NULL,
            requested_on DATE,
            issued_on DATE,
            returned_on DATE,
            certificate_serial TEXT,
            version INTEGER NOT NULL,
            CONSTRAINT pk_official_signature PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_official_signature_campaign_id ON official_signature (campaign_id)")

    op.execute("CREATE INDEX ix_official_signature_unit_id ON official_signature (unit_id)")

    op.execute(
        """
        CREATE TABLE readiness_check (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            venue TEXT NOT NULL,
            items JSONB NOT NULL,
            checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
            checked_by TEXT NOT NULL,
            CONSTRAINT pk_readiness_check PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_readiness_check_campaign_id ON readiness_check (campaign_id)")

    op.execute("CREATE INDEX ix_readiness_check_unit_id ON readiness_check (unit_id)")

    op.execute(
        """
        CREATE TABLE task (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            step INTEGER,
            body TEXT NOT NULL,
            body_name TEXT NOT NULL,
            work TEXT NOT NULL,
            owner TEXT,
            due_on DATE,
            reminders TEXT[] NOT NULL,
            status TEXT NOT NULL,
            done_on DATE,
            note TEXT,
            origin TEXT NOT NULL,
            origin_id UUID,
            version INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_task PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_task_campaign_id ON task (campaign_id)")

    op.execute("CREATE INDEX ix_task_open ON task (owner, due_on) WHERE done_on IS NULL")

    op.execute("CREATE INDEX ix_task_origin_id ON task (origin_id)")

    op.execute("CREATE INDEX ix_task_unit_id ON task (unit_id)")

    op.execute(
        """
        CREATE TABLE training_account (
            login TEXT NOT NULL,
            session_id UUID NOT NULL,
            role TEXT NOT NULL,
            unit_code TEXT NOT NULL,
            secret_digest TEXT NOT NULL,
            valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_training_account PRIMARY KEY (login)
        )
        """
    )

    op.execute("CREATE INDEX ix_training_account_session_id ON training_account (session_id)")

    op.execute(
        """
        CREATE TABLE vote (
            nomination_id UUID NOT NULL,
            voter TEXT NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_vote PRIMARY KEY (nomination_id, voter)
        )
        """
    )
