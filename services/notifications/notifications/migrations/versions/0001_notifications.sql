CREATE TABLE public_event (
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    id UUID NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    once TEXT NOT NULL,
    for_apps BOOLEAN NOT NULL,
    resident_id UUID,
    organization_id UUID,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_public_event PRIMARY KEY (position),
    CONSTRAINT uq_public_event_id UNIQUE (id),
    CONSTRAINT uq_public_event_once UNIQUE (once)
);
CREATE INDEX ix_public_event_type ON public_event (type, position);
CREATE INDEX ix_public_event_recorded_at ON public_event (recorded_at);

CREATE TABLE event_reader (
    partner_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    CONSTRAINT pk_event_reader PRIMARY KEY (partner_id, position),
    CONSTRAINT fk_event_reader_position FOREIGN KEY (position) REFERENCES public_event (position) ON DELETE CASCADE
);
CREATE INDEX ix_event_reader_position ON event_reader (position);

CREATE TABLE known_partner (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT,
    is_active BOOLEAN NOT NULL,
    contact BYTEA,
    CONSTRAINT pk_known_partner PRIMARY KEY (id)
);

CREATE TABLE known_merchant (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    provider TEXT NOT NULL,
    owner_resident_id UUID,
    owner_organization_id UUID,
    CONSTRAINT pk_known_merchant PRIMARY KEY (id)
);

CREATE TABLE subscription (
    id UUID NOT NULL,
    partner_id TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT[] NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    status_reason TEXT,
    position BIGINT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    failing_since TIMESTAMP WITH TIME ZONE,
    warned TEXT,
    last_success_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_subscription PRIMARY KEY (id)
);
CREATE INDEX ix_subscription_partner ON subscription (partner_id, id);

CREATE TABLE subscription_secret (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    hint TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_subscription_secret PRIMARY KEY (id),
    CONSTRAINT fk_subscription_secret_subscription_id FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
CREATE INDEX ix_subscription_secret_subscription_id ON subscription_secret (subscription_id);

CREATE TABLE subscription_act (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_subscription_act PRIMARY KEY (id)
);
CREATE INDEX ix_subscription_act_subscription ON subscription_act (subscription_id, id);

CREATE TABLE delivery (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    is_forced BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE,
    claimed_until TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT uq_delivery_subscription_id_position UNIQUE (subscription_id, position),
    CONSTRAINT fk_delivery_subscription_id FOREIGN KEY (subscription_id) REFERENCES subscription (id),
    CONSTRAINT fk_delivery_position FOREIGN KEY (position) REFERENCES public_event (position) ON DELETE CASCADE
);
CREATE INDEX ix_delivery_due ON delivery (subscription_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX ix_delivery_subscription ON delivery (subscription_id, id);
CREATE INDEX ix_delivery_position ON delivery (position);

CREATE TABLE delivery_attempt (
    id UUID NOT NULL,
    delivery_id UUID NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    milliseconds INTEGER NOT NULL,
    status_code INTEGER,
    error TEXT,
    answer BYTEA,
    CONSTRAINT pk_delivery_attempt PRIMARY KEY (id),
    CONSTRAINT fk_delivery_attempt_delivery_id FOREIGN KEY (delivery_id) REFERENCES delivery (id) ON DELETE CASCADE
);
CREATE INDEX ix_delivery_attempt_delivery ON delivery_attempt (delivery_id, number);

CREATE TABLE replay (
    id UUID NOT NULL,
    subscription_id UUID NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    requested_by TEXT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deliveries INTEGER NOT NULL,
    CONSTRAINT pk_replay PRIMARY KEY (id),
    CONSTRAINT fk_replay_subscription_id FOREIGN KEY (subscription_id) REFERENCES subscription (id)
);
CREATE INDEX ix_replay_subscription_id ON replay (subscription_id);
