-- Merchants, codes, bills, payments, settlements. A later change is a new migration; this file stays as it is.
CREATE TABLE import (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    unit_id UUID NOT NULL,
    file_hash BYTEA NOT NULL,
    status TEXT NOT NULL,
    total_rows INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_import PRIMARY KEY (id)
);

CREATE INDEX ix_import_unit_id ON import (unit_id);

CREATE UNIQUE INDEX uq_import_file ON import (kind, target, file_hash);

CREATE TABLE known_dossier (
    id UUID NOT NULL,
    resident_id UUID,
    organization_id UUID,
    CONSTRAINT pk_known_dossier PRIMARY KEY (id)
);

CREATE INDEX ix_known_dossier_organization_id ON known_dossier (organization_id);

CREATE INDEX ix_known_dossier_resident_id ON known_dossier (resident_id);

CREATE TABLE known_organization (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    representative_id UUID,
    CONSTRAINT pk_known_organization PRIMARY KEY (id)
);

CREATE TABLE known_resident (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    merged_into UUID,
    CONSTRAINT pk_known_resident PRIMARY KEY (id)
);

CREATE TABLE merchant (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_in_code TEXT NOT NULL,
    category TEXT NOT NULL,
    unit_id UUID NOT NULL,
    unit_code TEXT NOT NULL,
    market TEXT,
    counter TEXT,
    owner_resident_id UUID,
    owner_organization_id UUID,
    tax_code BYTEA,
    tax_code_index BYTEA,
    provider TEXT NOT NULL,
    bin TEXT NOT NULL,
    account_no BYTEA NOT NULL,
    account_index BYTEA NOT NULL,
    account_name BYTEA NOT NULL,
    status TEXT NOT NULL,
    verification TEXT NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE,
    said_by TEXT NOT NULL,
    is_blocked BOOLEAN NOT NULL,
    is_closed BOOLEAN NOT NULL,
    reason TEXT,
    maker TEXT NOT NULL,
    checker TEXT,
    has_qr BOOLEAN NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_merchant PRIMARY KEY (id)
);

CREATE INDEX ix_merchant_account ON merchant (bin, account_index);

CREATE INDEX ix_merchant_fees ON merchant (unit_id) WHERE category = 'public_service' AND status = 'active';

CREATE INDEX ix_merchant_organization ON merchant (owner_organization_id) WHERE owner_organization_id IS NOT NULL;

CREATE INDEX ix_merchant_provider ON merchant (provider, id);

CREATE INDEX ix_merchant_resident ON merchant (owner_resident_id) WHERE owner_resident_id IS NOT NULL;

CREATE INDEX ix_merchant_tax_code ON merchant (tax_code_index) WHERE tax_code_index IS NOT NULL;

CREATE INDEX ix_merchant_unit ON merchant (unit_id, id);

CREATE TABLE reversal (
    id UUID NOT NULL,
    partner_id TEXT NOT NULL,
    partner_reference TEXT NOT NULL,
    original_reference TEXT NOT NULL,
    amount BIGINT NOT NULL,
    reversed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    payment_id UUID,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reversal PRIMARY KEY (id)
);

CREATE INDEX ix_reversal_original ON reversal (partner_id, original_reference);

CREATE INDEX ix_reversal_payment_id ON reversal (payment_id);

CREATE UNIQUE INDEX uq_reversal_partner_reference ON reversal (partner_id, partner_reference);

CREATE TABLE settlement (
    id UUID NOT NULL,
    partner_id TEXT NOT NULL,
    business_date DATE NOT NULL,
    file_hash BYTEA NOT NULL,
    row_count INTEGER NOT NULL,
    row_sum BIGINT NOT NULL,
    has_control_line BOOLEAN NOT NULL,
    matched INTEGER NOT NULL,
    missing_here INTEGER NOT NULL,
    missing_there INTEGER NOT NULL,
    amount_mismatch INTEGER NOT NULL,
    booked_another_day INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    taken_by TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_settlement PRIMARY KEY (id)
);

CREATE INDEX ix_settlement_day ON settlement (business_date, id);

CREATE UNIQUE INDEX uq_settlement_file ON settlement (partner_id, business_date, file_hash);

CREATE TABLE bill (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    merchant_id UUID NOT NULL,
    customer_code TEXT NOT NULL,
    period TEXT NOT NULL,
    amount BIGINT NOT NULL,
    paid_amount BIGINT NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    qr_code_id UUID,
    dossier_id UUID,
    paid_at TIMESTAMP WITH TIME ZONE,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bill PRIMARY KEY (id),
    CONSTRAINT fk_bill_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchant (id)
);

CREATE INDEX ix_bill_merchant ON bill (merchant_id, id);

CREATE UNIQUE INDEX uq_bill_customer_period ON bill (merchant_id, customer_code, period);

CREATE UNIQUE INDEX uq_bill_dossier ON bill (dossier_id) WHERE dossier_id IS NOT NULL;

CREATE TABLE import_rejection (
    id UUID NOT NULL,
    import_id UUID NOT NULL,
    row INTEGER NOT NULL,
    "column" TEXT NOT NULL,
    code TEXT NOT NULL,
    vi TEXT NOT NULL,
    en TEXT NOT NULL,
    CONSTRAINT pk_import_rejection PRIMARY KEY (id),
    CONSTRAINT fk_import_rejection_import_id FOREIGN KEY(import_id) REFERENCES import (id)
);

CREATE INDEX ix_import_rejection_import_id ON import_rejection (import_id);

CREATE TABLE qr_code (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    merchant_id UUID NOT NULL,
    kind TEXT NOT NULL,
    counter TEXT,
    amount BIGINT,
    reference TEXT,
    reference_key TEXT,
    purpose TEXT,
    payload BYTEA NOT NULL,
    account_matches BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    bill_id UUID,
    expires_at TIMESTAMP WITH TIME ZONE,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_qr_code PRIMARY KEY (id),
    CONSTRAINT fk_qr_code_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchant (id)
);

CREATE INDEX ix_qr_code_bill ON qr_code (bill_id) WHERE bill_id IS NOT NULL;

CREATE INDEX ix_qr_code_merchant ON qr_code (merchant_id, id);

CREATE INDEX ix_qr_code_reference ON qr_code (reference_key) WHERE reference_key IS NOT NULL;

CREATE UNIQUE INDEX uq_qr_code_reference ON qr_code (merchant_id, reference_key) WHERE reference_key IS NOT NULL;

CREATE TABLE settlement_line (
    id UUID NOT NULL,
    settlement_id UUID NOT NULL,
    number INTEGER,
    kind TEXT NOT NULL,
    partner_reference TEXT NOT NULL,
    amount BIGINT NOT NULL,
    our_amount BIGINT,
    settled_at TIMESTAMP WITH TIME ZONE,
    state TEXT NOT NULL,
    payment_id UUID,
    resolution TEXT,
    note TEXT,
    resolved_by TEXT,
    resolved_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_settlement_line PRIMARY KEY (id),
    CONSTRAINT fk_settlement_line_settlement_id FOREIGN KEY(settlement_id) REFERENCES settlement (id)
);

CREATE INDEX ix_settlement_line_payment ON settlement_line (payment_id) WHERE payment_id IS NOT NULL;

CREATE INDEX ix_settlement_line_reference ON settlement_line (partner_reference);

CREATE INDEX ix_settlement_line_settlement ON settlement_line (settlement_id, id);

CREATE TABLE utility_account (
    id UUID NOT NULL,
    resident_id UUID NOT NULL,
    merchant_id UUID NOT NULL,
    customer_code TEXT NOT NULL,
    linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_utility_account PRIMARY KEY (id),
    CONSTRAINT fk_utility_account_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchant (id)
);

CREATE INDEX ix_utility_account_customer ON utility_account (merchant_id, customer_code);

CREATE UNIQUE INDEX uq_utility_account ON utility_account (resident_id, merchant_id, customer_code);

CREATE TABLE payment (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    partner_id TEXT NOT NULL,
    partner_reference TEXT NOT NULL,
    amount BIGINT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    business_day DATE NOT NULL,
    merchant_id UUID,
    unit_id UUID,
    qr_code_id UUID,
    bill_id UUID,
    reference_key TEXT,
    account_matches BOOLEAN,
    outcome TEXT NOT NULL,
    status TEXT NOT NULL,
    is_announced BOOLEAN NOT NULL,
    reversed_at TIMESTAMP WITH TIME ZONE,
    duplicate_of UUID,
    resolved_by TEXT,
    resolved_at TIMESTAMP WITH TIME ZONE,
    note TEXT,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT fk_payment_merchant_id FOREIGN KEY(merchant_id) REFERENCES merchant (id),
    CONSTRAINT fk_payment_qr_code_id FOREIGN KEY(qr_code_id) REFERENCES qr_code (id),
    CONSTRAINT fk_payment_bill_id FOREIGN KEY(bill_id) REFERENCES bill (id)
);

CREATE INDEX ix_payment_alike ON payment (merchant_id, amount, settled_at) WHERE duplicate_of IS NULL;

CREATE INDEX ix_payment_bill ON payment (bill_id) WHERE bill_id IS NOT NULL;

CREATE INDEX ix_payment_day ON payment (partner_id, business_day);

CREATE INDEX ix_payment_merchant ON payment (merchant_id, settled_at, id);

CREATE INDEX ix_payment_qr_code ON payment (qr_code_id) WHERE qr_code_id IS NOT NULL;

CREATE INDEX ix_payment_unit ON payment (unit_id, settled_at, id);

CREATE INDEX ix_payment_waiting ON payment (unit_id, id) WHERE status IN ('unmatched', 'possible_duplicate');

CREATE UNIQUE INDEX uq_payment_partner_reference ON payment (partner_id, partner_reference);
