CREATE TABLE access_elsewhere (
    access_id UUID NOT NULL,
    resident_id UUID NOT NULL,
    service TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    unit_code TEXT,
    action TEXT NOT NULL,
    purpose TEXT,
    fields TEXT[] NOT NULL,
    legal_basis TEXT,
    CONSTRAINT pk_access_elsewhere PRIMARY KEY (access_id)
);

CREATE INDEX ix_access_elsewhere_resident ON access_elsewhere (resident_id, at);

CREATE TABLE consent (
    id UUID NOT NULL,
    resident_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    grantee TEXT NOT NULL,
    evidence JSONB NOT NULL,
    granted_by TEXT NOT NULL,
    granted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    withdrawn_by TEXT,
    CONSTRAINT pk_consent PRIMARY KEY (id)
);

CREATE INDEX ix_consent_resident ON consent (resident_id, id);

CREATE TABLE correction (
    id UUID NOT NULL,
    resident_id UUID NOT NULL,
    name TEXT NOT NULL,
    value BYTEA NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    acknowledge_by DATE NOT NULL,
    due_on DATE NOT NULL,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_note TEXT,
    CONSTRAINT pk_correction PRIMARY KEY (id)
);

CREATE INDEX ix_correction_open ON correction (due_on, id) WHERE state = 'received';

CREATE INDEX ix_correction_resident ON correction (resident_id, id);

CREATE TABLE fact (
    id UUID NOT NULL,
    resident_id UUID NOT NULL,
    name TEXT NOT NULL,
    value BYTEA NOT NULL,
    source TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    observed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    superseded_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_fact PRIMARY KEY (id)
);

CREATE INDEX ix_fact_resident ON fact (resident_id, name, id);

CREATE UNIQUE INDEX uq_fact_current ON fact (resident_id, name, source) WHERE superseded_at IS NULL;

CREATE TABLE household (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    code TEXT NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uq_household_unit_code ON household (unit_id, code);

CREATE TABLE identifier (
    index BYTEA NOT NULL,
    kind TEXT NOT NULL,
    resident_id UUID,
    organization_id UUID,
    CONSTRAINT pk_identifier PRIMARY KEY (index)
);

CREATE INDEX ix_identifier_organization_id ON identifier (organization_id);

CREATE INDEX ix_identifier_resident_id ON identifier (resident_id);

CREATE TABLE import_chunk (
    import_id UUID NOT NULL,
    position INTEGER NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_import_chunk PRIMARY KEY (import_id, position)
);

CREATE TABLE import_rejection (
    import_id UUID NOT NULL,
    row INTEGER NOT NULL,
    "column" TEXT NOT NULL,
    code TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    CONSTRAINT pk_import_rejection PRIMARY KEY (import_id, row, "column", code)
);

CREATE TABLE key_rotation (
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    after_id UUID,
    rows INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_key_rotation PRIMARY KEY (name, key_id)
);

CREATE TABLE linked_check (
    resident_id UUID NOT NULL,
    source TEXT NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_known BOOLEAN NOT NULL,
    CONSTRAINT pk_linked_check PRIMARY KEY (resident_id, source)
);

CREATE TABLE linked_source (
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    last_success_at TIMESTAMP WITH TIME ZONE,
    last_failure_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_linked_source PRIMARY KEY (name)
);

CREATE TABLE organization (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    tax_code BYTEA NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    representative_id UUID,
    phone BYTEA,
    has_smartphone BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_organization PRIMARY KEY (id)
);

CREATE INDEX ix_organization_representative_id ON organization (representative_id);

CREATE INDEX ix_organization_unit ON organization (unit_id, id);

CREATE TABLE refresh (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    sources TEXT[] NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    status TEXT NOT NULL,
    after_id UUID,
    done INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refresh PRIMARY KEY (id)
);

CREATE INDEX ix_refresh_open ON refresh (id) WHERE status IN ('queued', 'running');

CREATE TABLE resident (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    household_id UUID,
    full_name TEXT NOT NULL,
    born DATE NOT NULL,
    birth_precision TEXT NOT NULL,
    sex TEXT NOT NULL,
    residence_status TEXT NOT NULL,
    id_document TEXT NOT NULL,
    personal_id BYTEA NOT NULL,
    phone BYTEA,
    phone_index BYTEA,
    phone_owner_verified BOOLEAN NOT NULL,
    social_insurance_no BYTEA,
    social_insurance_index BYTEA,
    address_line TEXT,
    has_smartphone BOOLEAN,
    has_bank_account BOOLEAN,
    social_protection BOOLEAN,
    life TEXT NOT NULL,
    deceased_on DATE,
    merged_into UUID,
    provenance JSONB NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    import_id UUID,
    CONSTRAINT pk_resident PRIMARY KEY (id)
);

CREATE INDEX ix_resident_household ON resident (household_id) WHERE household_id IS NOT NULL;

CREATE INDEX ix_resident_merged ON resident (merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX ix_resident_phone ON resident (phone_index) WHERE phone_index IS NOT NULL;

CREATE INDEX ix_resident_unit ON resident (unit_id, id);

CREATE TABLE resident_import (
    id UUID NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    file_hash BYTEA NOT NULL,
    imported_by TEXT NOT NULL,
    status TEXT NOT NULL,
    failure TEXT,
    next_row INTEGER NOT NULL,
    total_rows INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_resident_import PRIMARY KEY (id)
);

CREATE INDEX ix_resident_import_open ON resident_import (id) WHERE status IN ('queued', 'running');

CREATE UNIQUE INDEX uq_resident_import_file ON resident_import (unit_id, file_hash) WHERE status <> 'failed';

CREATE TABLE resident_merge (
    id UUID NOT NULL,
    survivor_id UUID NOT NULL,
    duplicate_id UUID NOT NULL,
    before JSONB NOT NULL,
    merged_by TEXT NOT NULL,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    undone_by TEXT,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_resident_merge PRIMARY KEY (id)
);

CREATE INDEX ix_resident_merge_duplicate_id ON resident_merge (duplicate_id);

CREATE INDEX ix_resident_merge_survivor_id ON resident_merge (survivor_id);

CREATE TABLE resident_word (
    unit_id UUID NOT NULL,
    word TEXT NOT NULL,
    resident_id UUID NOT NULL,
    CONSTRAINT pk_resident_word PRIMARY KEY (unit_id, word, resident_id)
);

CREATE INDEX ix_resident_word_resident ON resident_word (resident_id);

CREATE TABLE undecided_resident (
    resident_id UUID NOT NULL,
    from_unit_id UUID NOT NULL,
    unit_import_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_undecided_resident PRIMARY KEY (resident_id)
);

CREATE INDEX ix_undecided_resident_from_unit_id ON undecided_resident (from_unit_id);

CREATE TABLE unit_import (
    id UUID NOT NULL,
    file_hash BYTEA NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    units_created INTEGER NOT NULL,
    units_changed INTEGER NOT NULL,
    residents_moved INTEGER NOT NULL,
    residents_undecided INTEGER NOT NULL,
    CONSTRAINT pk_unit_import PRIMARY KEY (id),
    CONSTRAINT uq_unit_import_file_hash UNIQUE (file_hash)
);

CREATE TABLE unit_succession (
    unit_id UUID NOT NULL,
    successor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    effective_on DATE NOT NULL,
    CONSTRAINT pk_unit_succession PRIMARY KEY (unit_id, successor_id)
);

CREATE INDEX ix_unit_succession_successor_id ON unit_succession (successor_id);

CREATE TABLE unit_word (
    word TEXT NOT NULL,
    unit_id UUID NOT NULL,
    CONSTRAINT pk_unit_word PRIMARY KEY (word, unit_id)
);

CREATE INDEX ix_unit_word_unit_id ON unit_word (unit_id);

CREATE TABLE unmatched_event (
    id UUID NOT NULL,
    delivery_id UUID NOT NULL,
    partner_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    event TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_index BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    unit_id UUID,
    partner_unit_codes TEXT[] NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolved_by TEXT,
    resident_id UUID,
    organization_id UUID,
    CONSTRAINT pk_unmatched_event PRIMARY KEY (id),
    CONSTRAINT uq_unmatched_event_delivery_id UNIQUE (delivery_id)
);

CREATE INDEX ix_unmatched_event_unit ON unmatched_event (unit_id, id) WHERE resolved_at IS NULL;

CREATE INDEX ix_unmatched_event_waiting ON unmatched_event (subject_index) WHERE resolved_at IS NULL;
