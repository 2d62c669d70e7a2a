"""Residents, organizations and partners as known here; evidences, steps, visits, teams."""

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables_1()

    op.execute(
        """
        CREATE TABLE known_consent (
            id UUID NOT NULL,
            resident_id UUID NOT NULL,
            partner_id TEXT NOT NULL,
            given BOOLEAN NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_known_consent PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_known_consent_partner_id ON known_consent (partner_id)")

    op.execute("CREATE INDEX ix_known_consent_resident_id ON known_consent (resident_id)")

    op.execute(
        """
        CREATE TABLE known_organization (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            kind TEXT,
            representative_id UUID,
            owner_has_smartphone BOOLEAN NOT NULL,
            active BOOLEAN NOT NULL,
            journey_version INTEGER NOT NULL,
            CONSTRAINT pk_known_organization PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_known_organization_unit_id ON known_organization (unit_id)")

    op.execute(
        """
        CREATE TABLE known_partner (
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            name TEXT NOT NULL,
            active BOOLEAN NOT NULL,
            licences JSONB NOT NULL,
            agreements JSONB NOT NULL,
            CONSTRAINT pk_known_partner PRIMARY KEY (id)
        )
        """
    )

    op.execute(
        """
        CREATE TABLE known_resident (
            id UUID NOT NULL,
            version INTEGER NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            birth_month TEXT,
            residence_status TEXT NOT NULL,
            life TEXT NOT NULL,
            household_id UUID,
            has_smartphone BOOLEAN NOT NULL,
            has_bank_account BOOLEAN NOT NULL,
            citizen_id_card BOOLEAN NOT NULL,
            personal_id_card BOOLEAN NOT NULL,
            social_insurance_no BOOLEAN NOT NULL,
            owner_verified_phone BOOLEAN NOT NULL,
            social_protection BOOLEAN NOT NULL,
            observed JSONB NOT NULL,
            merged_into UUID,
            journey_version INTEGER NOT NULL,
            CONSTRAINT pk_known_resident PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_known_resident_household_id ON known_resident (household_id)")

    op.execute("CREATE INDEX ix_known_resident_merged_into ON known_resident (merged_into)")

    op.execute("CREATE INDEX ix_known_resident_unit_id ON known_resident (unit_id)")

    op.execute(
        """
        CREATE TABLE resident_step (
            resident_id UUID NOT NULL,
            step TEXT NOT NULL,
            status TEXT NOT NULL,
            missing TEXT[] NOT NULL,
            route TEXT,
            completed_at TIMESTAMP WITH TIME ZONE,
            changed_at TIMESTAMP WITH TIME ZONE,
            level INTEGER,
            marks TEXT[] NOT NULL,
            evidence_id TEXT,
            evidence_kind TEXT,
            provider TEXT,
            expires_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT pk_resident_step PRIMARY KEY (resident_id, step)
        )
        """
    )

    op.execute("CREATE INDEX ix_resident_step_due ON resident_step (status, expires_at)")

    op.execute(
        """
        CREATE TABLE step_evidence (
            subject_id UUID NOT NULL,
            id TEXT NOT NULL,
            step TEXT NOT NULL,
            effect TEXT NOT NULL,
            occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
            kind TEXT NOT NULL,
            holding TEXT NOT NULL,
            provider TEXT,
            reference TEXT,
            account_kind TEXT,
            level INTEGER,
            valid_until TIMESTAMP WITH TIME ZONE,
            had_bank_account BOOLEAN NOT NULL,
            charged INTEGER,
            assisted BOOLEAN NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            recorded_by TEXT,
            CONSTRAINT pk_step_evidence PRIMARY KEY (subject_id, id)
        )
        """
    )

    op.execute("CREATE INDEX ix_step_evidence_charged ON step_evidence (subject_id) WHERE charged > 0")

    op.execute("CREATE INDEX ix_step_evidence_valid_until ON step_evidence (valid_until)")

    op.execute(
        """
        CREATE TABLE team (
            id UUID NOT NULL,
            campaign_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            unit_code TEXT NOT NULL,
            equipment JSONB NOT NULL,
            version INTEGER NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_team PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_team_campaign_id ON team (campaign_id)")

    op.execute("CREATE INDEX ix_team_unit_id ON team (unit_id)")

    op.execute(
        """
        CREATE TABLE team_member (
            id UUID NOT NULL,
            team_id UUID NOT NULL,
            account TEXT,
            body TEXT NOT NULL,
            is_focal_point BOOLEAN NOT NULL,
            listed_from DATE,
            listed_to DATE,
            CONSTRAINT pk_team_member PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_team_member_account ON team_member (account)")

    op.execute("CREATE INDEX ix_team_member_team_id ON team_member (team_id)")

    op.execute(
        """
        CREATE TABLE visit (
            id TEXT NOT NULL,
            resident_id UUID NOT NULL,
            unit_id UUID NOT NULL,
            occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
            told_outcome TEXT NOT NULL,
            recorded_by TEXT NOT NULL,
            recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT pk_visit PRIMARY KEY (id)
        )
        """
    )

    op.execute("CREATE INDEX ix_visit_resident_id ON visit (resident_id)")

    op.execute("CREATE INDEX ix_visit_unit_id ON visit (unit_id)")
