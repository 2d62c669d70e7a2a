"""Counts by unit and day, the states they follow from, units' successions, filed copies."""

from alembic import op

from chassis.storage.migrations import create_chassis_tables_1

revision = "0001"
down_revision = None

STATEMENTS = """
CREATE TABLE projection (
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    base_day DATE NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    live_since TIMESTAMP WITH TIME ZONE,
    totals_tree BIGINT NOT NULL DEFAULT -1,
    totals_tiers DATE[] NOT NULL DEFAULT '{}',
    CONSTRAINT pk_projection PRIMARY KEY (version)
);

CREATE UNIQUE INDEX uq_projection_live ON projection (state) WHERE state = 'live';

CREATE TABLE subject (
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    state JSONB NOT NULL,
    CONSTRAINT pk_subject PRIMARY KEY (version, kind, id)
) WITH (fillfactor = 80);

CREATE TABLE count_on_day (
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    counter TEXT NOT NULL,
    day DATE NOT NULL,
    change BIGINT NOT NULL,
    CONSTRAINT pk_count_on_day PRIMARY KEY (version, unit_id, counter, day)
) WITH (fillfactor = 80);

CREATE INDEX ix_count_on_day_day ON count_on_day (version, unit_id, day);

CREATE TABLE count_at_base (
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    counter TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_count_at_base PRIMARY KEY (version, unit_id, counter)
) WITH (fillfactor = 70);

CREATE TABLE total_on_day (
    version INTEGER NOT NULL,
    tier DATE NOT NULL,
    unit_id UUID NOT NULL,
    counter TEXT NOT NULL,
    day DATE NOT NULL,
    change BIGINT NOT NULL,
    CONSTRAINT pk_total_on_day PRIMARY KEY (version, tier, unit_id, counter, day)
) WITH (fillfactor = 80);

CREATE INDEX ix_total_on_day_day ON total_on_day (version, tier, unit_id, day);

CREATE TABLE total_at_base (
    version INTEGER NOT NULL,
    tier DATE NOT NULL,
    unit_id UUID NOT NULL,
    counter TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_total_at_base PRIMARY KEY (version, tier, unit_id, counter)
) WITH (fillfactor = 70);

CREATE TABLE unit_change (
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_unit_change PRIMARY KEY (version, unit_id)
) WITH (fillfactor = 50);

CREATE TABLE succession (
    unit_id UUID NOT NULL,
    successor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    effective_on DATE NOT NULL,
    CONSTRAINT pk_succession PRIMARY KEY (unit_id, successor_id)
);

CREATE INDEX ix_succession_successor_id ON succession (successor_id);

CREATE TABLE tree_version (
    id INTEGER NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_tree_version PRIMARY KEY (id)
);

INSERT INTO tree_version (id, version) VALUES (1, 0);

CREATE TABLE filed_report (
    id UUID NOT NULL,
    filing_id UUID NOT NULL,
    campaign_id UUID,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    period TEXT,
    as_of DATE NOT NULL,
    filed_on DATE NOT NULL,
    frozen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    figures JSONB NOT NULL,
    CONSTRAINT pk_filed_report PRIMARY KEY (id),
    CONSTRAINT uq_filed_report_filing_id UNIQUE (filing_id)
);

CREATE INDEX ix_filed_report_unit_id ON filed_report (unit_id);

CREATE TABLE snapshot (
    unit_id UUID NOT NULL,
    day DATE NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    counts JSONB NOT NULL,
    CONSTRAINT pk_snapshot PRIMARY KEY (unit_id, day)
);

CREATE TABLE announced_count (
    service TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    indicator TEXT NOT NULL,
    count BIGINT NOT NULL,
    projected BIGINT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_announced_count PRIMARY KEY (service, unit_code, indicator)
);

INSERT INTO projection (version, state, base_day, started_at, live_since)
VALUES (1, 'live', (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, now(), now())
"""


def upgrade() -> None:
    create_chassis_tables_1()
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
