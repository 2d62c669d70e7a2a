-- The first tables of casework. A change is a new migration; this file stays as it is.
CREATE TABLE attachment (
    id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    document TEXT,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BYTEA NOT NULL,
    name BYTEA NOT NULL,
    content BYTEA NOT NULL,
    attached_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attached_by TEXT NOT NULL,
    CONSTRAINT pk_attachment PRIMARY KEY (id)
);

CREATE INDEX ix_attachment_dossier ON attachment (dossier_id, id);

CREATE TABLE chosen_procedures (
    unit_id UUID NOT NULL,
    version INTEGER NOT NULL,
    codes TEXT[] NOT NULL,
    chosen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    chosen_by TEXT NOT NULL,
    CONSTRAINT pk_chosen_procedures PRIMARY KEY (unit_id)
);

CREATE TABLE code_serial (
    unit_code TEXT NOT NULL,
    day DATE NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_code_serial PRIMARY KEY (unit_code, day)
);

CREATE TABLE counted_day (
    day DATE NOT NULL,
    counted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_counted_day PRIMARY KEY (day)
);

CREATE TABLE document (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    number INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    issued_on DATE NOT NULL,
    kind TEXT NOT NULL,
    sender_unit_id UUID,
    sender_unit_code TEXT,
    sender_id UUID,
    recipient_unit_id UUID,
    recipient_unit_code TEXT,
    recipient_id UUID,
    recipient_kind TEXT NOT NULL,
    subject BYTEA NOT NULL,
    body BYTEA,
    media_type TEXT,
    sha256 BYTEA,
    content BYTEA,
    in_reply_to UUID,
    status INTEGER NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_by TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE,
    received_by TEXT,
    arrival_number INTEGER,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY (id)
);

CREATE INDEX ix_document_from ON document (sender_id, id) WHERE sender_id IS NOT NULL;

CREATE INDEX ix_document_sender_unit ON document (sender_unit_id, id) WHERE sender_unit_id IS NOT NULL;

CREATE INDEX ix_document_to ON document (recipient_id, id) WHERE recipient_id IS NOT NULL;

CREATE INDEX ix_document_unit ON document (recipient_unit_id, id) WHERE recipient_unit_id IS NOT NULL;

CREATE TABLE document_serial (
    book TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT pk_document_serial PRIMARY KEY (book, year)
);

CREATE TABLE dossier (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    code TEXT,
    origin TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    rules_on DATE NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    receiving_unit_id UUID,
    resident_id UUID,
    organization_id UUID,
    subject_id UUID,
    on_behalf_of UUID,
    assisted_by TEXT,
    is_self_service BOOLEAN NOT NULL,
    channel TEXT NOT NULL,
    copies INTEGER NOT NULL,
    result_delivery TEXT NOT NULL,
    status TEXT NOT NULL,
    portal_status INTEGER,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE,
    first_due_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    returned_at TIMESTAMP WITH TIME ZONE,
    draft_result_until TIMESTAMP WITH TIME ZONE,
    supplement_requests INTEGER NOT NULL,
    extensions INTEGER NOT NULL,
    on_time BOOLEAN,
    form BYTEA,
    fields_asked INTEGER NOT NULL,
    fields_prefilled INTEGER NOT NULL,
    is_degraded BOOLEAN NOT NULL,
    phone_mark BYTEA,
    fee_amount INTEGER NOT NULL,
    fee_status TEXT NOT NULL,
    fee_paid_at TIMESTAMP WITH TIME ZONE,
    fee_paid_online BOOLEAN NOT NULL,
    fee_uncollectable TEXT,
    qr_code_id UUID,
    signature_serial TEXT,
    signature_provider TEXT,
    signed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dossier PRIMARY KEY (id)
);

CREATE INDEX ix_dossier_draft_result ON dossier (draft_result_until) WHERE status = 'draft_result_sent';

CREATE INDEX ix_dossier_due ON dossier (due_at) WHERE finished_at IS NULL AND due_at IS NOT NULL;

CREATE INDEX ix_dossier_organization ON dossier (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE INDEX ix_dossier_resident ON dossier (resident_id, id) WHERE resident_id IS NOT NULL;

CREATE INDEX ix_dossier_unit ON dossier (unit_id, id);

CREATE UNIQUE INDEX uq_dossier_code ON dossier (code) WHERE code IS NOT NULL;

CREATE TABLE dossier_pause (
    id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dossier_pause PRIMARY KEY (id)
);

CREATE INDEX ix_dossier_pause_dossier ON dossier_pause (dossier_id, started_at);

CREATE TABLE dossier_result (
    id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    kind TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BYTEA NOT NULL,
    content BYTEA NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    issued_by TEXT NOT NULL,
    CONSTRAINT pk_dossier_result PRIMARY KEY (id)
);

CREATE INDEX ix_dossier_result_dossier ON dossier_result (dossier_id, id);

CREATE TABLE dossier_step (
    id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    action TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    note BYTEA,
    CONSTRAINT pk_dossier_step PRIMARY KEY (id)
);

CREATE INDEX ix_dossier_step_dossier ON dossier_step (dossier_id, id);

CREATE TABLE feedback (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    resident_id UUID,
    organization_id UUID,
    is_anonymous BOOLEAN NOT NULL,
    author_mark BYTEA NOT NULL,
    text BYTEA NOT NULL,
    shingles BYTEA[] NOT NULL,
    answer BYTEA,
    assignee TEXT,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    counted_from TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    publish_due_at TIMESTAMP WITH TIME ZONE,
    published_at TIMESTAMP WITH TIME ZONE,
    on_time BOOLEAN,
    rating INTEGER,
    reopened INTEGER NOT NULL,
    escalation INTEGER NOT NULL,
    escalate_at TIMESTAMP WITH TIME ZONE,
    duplicate_of UUID,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (id)
);

CREATE INDEX ix_feedback_author ON feedback (resident_id, id) WHERE resident_id IS NOT NULL;

CREATE INDEX ix_feedback_organization ON feedback (organization_id, id) WHERE organization_id IS NOT NULL;

CREATE INDEX ix_feedback_shingles ON feedback USING gin (shingles);

CREATE INDEX ix_feedback_unit ON feedback (unit_id, id);

CREATE INDEX ix_feedback_waiting ON feedback (escalate_at) WHERE status IN ('received', 'assigned');

CREATE TABLE feedback_photo (
    id UUID NOT NULL,
    feedback_id UUID NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BYTEA NOT NULL,
    content BYTEA NOT NULL,
    attached_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_feedback_photo PRIMARY KEY (id)
);

CREATE INDEX ix_feedback_photo_feedback ON feedback_photo (feedback_id, id);

CREATE TABLE feedback_step (
    id UUID NOT NULL,
    feedback_id UUID NOT NULL,
    action TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    note BYTEA,
    CONSTRAINT pk_feedback_step PRIMARY KEY (id)
);

CREATE INDEX ix_feedback_step_feedback ON feedback_step (feedback_id, id);

CREATE TABLE filed_in_month (
    unit_id UUID NOT NULL,
    procedure_code TEXT NOT NULL,
    month DATE NOT NULL,
    filed INTEGER NOT NULL,
    CONSTRAINT pk_filed_in_month PRIMARY KEY (unit_id, procedure_code, month)
);

CREATE TABLE incident (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    system TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    severity TEXT NOT NULL,
    status TEXT NOT NULL,
    assignee TEXT,
    resolution TEXT,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reported_by TEXT NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_incident PRIMARY KEY (id)
);

CREATE INDEX ix_incident_unit ON incident (unit_id, id);

CREATE TABLE known_campaign (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    starts_on DATE,
    ends_on DATE,
    minimum_procedures INTEGER,
    CONSTRAINT pk_known_campaign PRIMARY KEY (id)
);

CREATE INDEX ix_known_campaign_unit_id ON known_campaign (unit_id);

CREATE TABLE known_organization (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    representative_id UUID,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_known_organization PRIMARY KEY (id)
);

CREATE TABLE known_resident (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    household_id UUID,
    life TEXT NOT NULL,
    survivor_id UUID,
    CONSTRAINT pk_known_resident PRIMARY KEY (id)
);

CREATE INDEX ix_known_resident_survivor ON known_resident (survivor_id) WHERE survivor_id IS NOT NULL;

CREATE TABLE portal_report (
    partner_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    dossier_id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    national_status INTEGER NOT NULL,
    unit_code TEXT NOT NULL,
    channel INTEGER NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    finished_at TIMESTAMP WITH TIME ZONE,
    fee_paid_online BOOLEAN,
    CONSTRAINT pk_portal_report PRIMARY KEY (partner_id, webhook_id)
);

CREATE INDEX ix_portal_report_dossier ON portal_report (dossier_id, occurred_at);

CREATE TABLE tracking_guess (
    code_hash BYTEA NOT NULL,
    hour TIMESTAMP WITH TIME ZONE NOT NULL,
    wrong INTEGER NOT NULL,
    CONSTRAINT pk_tracking_guess PRIMARY KEY (code_hash, hour)
);
