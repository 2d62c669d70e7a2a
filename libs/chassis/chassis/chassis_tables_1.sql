-- The chassis's tables, version 1. A change is a new file; this one stays as it is.
CREATE TABLE access_entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    access_id UUID NOT NULL,
    resident_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_code TEXT,
    action TEXT NOT NULL,
    purpose TEXT,
    fields TEXT[] NOT NULL,
    legal_basis TEXT,
    seal_id BIGINT,
    CONSTRAINT pk_access_entry PRIMARY KEY (id),
    CONSTRAINT uq_access_entry_access_id UNIQUE (access_id)
);

CREATE INDEX ix_access_entry_resident_id ON access_entry (resident_id);

CREATE INDEX ix_access_entry_seal_id ON access_entry (seal_id);

CREATE INDEX ix_access_entry_unsealed ON access_entry (id) WHERE seal_id IS NULL;

CREATE TABLE access_seal (
    id BIGINT NOT NULL,
    rows INTEGER NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seal BYTEA NOT NULL,
    CONSTRAINT pk_access_seal PRIMARY KEY (id)
);

CREATE TABLE dead_letter (
    id UUID NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    event_id UUID NOT NULL,
    value TEXT NOT NULL,
    headers TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    died_at TIMESTAMP WITH TIME ZONE NOT NULL,
    replayed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dead_letter PRIMARY KEY (id)
);

CREATE INDEX ix_dead_letter_open ON dead_letter (topic, key, id) WHERE state IN ('dead', 'waiting');

CREATE TABLE idempotency_key (
    caller TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BYTEA NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_key PRIMARY KEY (caller, path, key)
);

CREATE INDEX ix_idempotency_key_answered_at ON idempotency_key (answered_at);

CREATE TABLE inbox (
    event_id UUID NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_inbox PRIMARY KEY (event_id)
);

CREATE INDEX ix_inbox_applied_at ON inbox (applied_at);

CREATE TABLE known_lineage (
    path TEXT NOT NULL,
    unit_id UUID NOT NULL,
    parent_id UUID,
    valid_from DATE,
    valid_to DATE,
    CONSTRAINT pk_known_lineage PRIMARY KEY (path, unit_id)
);

CREATE INDEX ix_known_lineage_parent_id ON known_lineage (parent_id);

CREATE INDEX ix_known_lineage_unit_id ON known_lineage (unit_id);

CREATE TABLE known_unit (
    id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    kind TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    CONSTRAINT pk_known_unit PRIMARY KEY (id)
);

CREATE INDEX ix_known_unit_code ON known_unit (code);

CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    event_id UUID NOT NULL,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    headers TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE TABLE position (
    bus_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_offset BIGINT NOT NULL,
    CONSTRAINT pk_position PRIMARY KEY (bus_id, topic, partition)
);

ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

ALTER TABLE inbox SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000);
