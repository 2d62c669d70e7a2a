CREATE TABLE administrative_act (
    id UUID NOT NULL, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    actor TEXT NOT NULL, 
    role TEXT NOT NULL, 
    act TEXT NOT NULL, 
    target TEXT NOT NULL, 
    detail TEXT NOT NULL, 
    CONSTRAINT pk_administrative_act PRIMARY KEY (id)
);

CREATE TABLE delivery_outcome (
    delivery_id UUID NOT NULL, 
    service TEXT NOT NULL, 
    outcome TEXT NOT NULL, 
    reason TEXT, 
    at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_delivery_outcome PRIMARY KEY (delivery_id, service)
);

CREATE TABLE partner (
    id TEXT NOT NULL, 
    name TEXT NOT NULL, 
    kind TEXT NOT NULL, 
    status TEXT NOT NULL, 
    dialect TEXT NOT NULL, 
    allowed_types TEXT[] NOT NULL, 
    scopes TEXT[] NOT NULL, 
    addresses TEXT[] NOT NULL, 
    messages_per_minute INTEGER, 
    contact TEXT, 
    version INTEGER NOT NULL, 
    created_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_partner PRIMARY KEY (id)
);

CREATE TABLE delivery (
    id UUID NOT NULL, 
    partner_id TEXT NOT NULL, 
    webhook_id TEXT NOT NULL, 
    event TEXT, 
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    body_hash BYTEA NOT NULL, 
    body BYTEA NOT NULL, 
    subject_key TEXT NOT NULL, 
    status TEXT NOT NULL, 
    reason TEXT, 
    attempt INTEGER NOT NULL, 
    repeats INTEGER NOT NULL, 
    conflicts INTEGER NOT NULL, 
    CONSTRAINT pk_delivery PRIMARY KEY (id), 
    CONSTRAINT uq_delivery_partner_id_webhook_id UNIQUE (partner_id, webhook_id), 
    CONSTRAINT fk_delivery_partner_id FOREIGN KEY(partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_delivery_partner_id_id ON delivery (partner_id, id);

CREATE TABLE partner_agreement (
    id UUID NOT NULL, 
    partner_id TEXT NOT NULL, 
    number TEXT NOT NULL, 
    signed_on DATE NOT NULL, 
    unit_code TEXT NOT NULL, 
    scope TEXT[] NOT NULL, 
    valid_from DATE NOT NULL, 
    valid_to DATE, 
    CONSTRAINT pk_partner_agreement PRIMARY KEY (id), 
    CONSTRAINT uq_partner_agreement_partner_id_number_unit_code UNIQUE (partner_id, number, unit_code), 
    CONSTRAINT fk_partner_agreement_partner_id FOREIGN KEY(partner_id) REFERENCES partner (id)
);

CREATE TABLE partner_licence (
    id UUID NOT NULL, 
    partner_id TEXT NOT NULL, 
    kind TEXT NOT NULL, 
    number TEXT NOT NULL, 
    issuer TEXT NOT NULL, 
    valid_from DATE NOT NULL, 
    valid_to DATE, 
    CONSTRAINT pk_partner_licence PRIMARY KEY (id), 
    CONSTRAINT uq_partner_licence_partner_id_kind_number UNIQUE (partner_id, kind, number), 
    CONSTRAINT fk_partner_licence_partner_id FOREIGN KEY(partner_id) REFERENCES partner (id)
);

CREATE TABLE partner_secret (
    id UUID NOT NULL, 
    partner_id TEXT NOT NULL, 
    use TEXT NOT NULL, 
    sealed BYTEA, 
    digest BYTEA, 
    hint TEXT NOT NULL, 
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL, 
    valid_until TIMESTAMP WITH TIME ZONE, 
    CONSTRAINT pk_partner_secret PRIMARY KEY (id), 
    CONSTRAINT fk_partner_secret_partner_id FOREIGN KEY(partner_id) REFERENCES partner (id)
);

CREATE INDEX ix_partner_secret_partner_id ON partner_secret (partner_id);

CREATE TABLE delivery_conflict (
    delivery_id UUID NOT NULL, 
    body_hash BYTEA NOT NULL, 
    id UUID NOT NULL, 
    body BYTEA NOT NULL, 
    received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
    CONSTRAINT pk_delivery_conflict PRIMARY KEY (delivery_id, body_hash), 
    CONSTRAINT fk_delivery_conflict_delivery_id FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
    CONSTRAINT uq_delivery_conflict_id UNIQUE (id)
);

