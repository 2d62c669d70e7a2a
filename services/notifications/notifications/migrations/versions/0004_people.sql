CREATE TABLE known_resident (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    merge_version INTEGER,
    unit_code TEXT NOT NULL,
    life TEXT NOT NULL,
    survivor_id UUID,
    CONSTRAINT pk_known_resident PRIMARY KEY (id)
);
CREATE INDEX ix_known_resident_survivor_id ON known_resident (survivor_id);
CREATE INDEX ix_known_resident_unit_id ON known_resident (unit_id);
CREATE TABLE known_organization (
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    unit_id UUID NOT NULL,
    representative_id UUID,
    unit_code TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_known_organization PRIMARY KEY (id)
);
CREATE INDEX ix_known_organization_unit_id ON known_organization (unit_id);
CREATE TABLE notification (
    id UUID NOT NULL,
    person TEXT,
    role TEXT,
    body TEXT,
    unit_id UUID,
    kind TEXT NOT NULL,
    about_type TEXT NOT NULL,
    about_id UUID NOT NULL,
    placeholders JSONB NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    once TEXT NOT NULL,
    reason TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notification PRIMARY KEY (id),
    CONSTRAINT uq_notification_once UNIQUE (once)
);
CREATE INDEX ix_notification_at ON notification (at);
CREATE INDEX ix_notification_person ON notification (person, at);
CREATE INDEX ix_notification_post ON notification (unit_id, at) WHERE person IS NULL;
CREATE INDEX ix_notification_reason ON notification (reason) WHERE reason IS NOT NULL;
CREATE TABLE notification_read (
    notification_id UUID NOT NULL,
    person TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_notification_read PRIMARY KEY (notification_id, person),
    CONSTRAINT fk_notification_read_notification_id FOREIGN KEY(notification_id) REFERENCES notification (id) ON DELETE CASCADE
);
CREATE TABLE planned_notice (
    id UUID NOT NULL,
    once TEXT NOT NULL,
    audience TEXT,
    person TEXT,
    role TEXT,
    body TEXT,
    unit_id UUID,
    kind TEXT NOT NULL,
    about_type TEXT NOT NULL,
    about_id UUID NOT NULL,
    placeholders JSONB NOT NULL,
    reason TEXT,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cursor TEXT,
    told INTEGER NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_planned_notice PRIMARY KEY (id),
    CONSTRAINT uq_planned_notice_once UNIQUE (once)
);
CREATE INDEX ix_planned_notice_about ON planned_notice (about_id);
CREATE INDEX ix_planned_notice_due ON planned_notice (due_at) WHERE finished_at IS NULL AND ended_at IS NULL;
CREATE INDEX ix_planned_notice_reason ON planned_notice (reason);
CREATE TABLE notification_send (
    id UUID NOT NULL,
    notification_id UUID NOT NULL,
    channel TEXT NOT NULL,
    device_id UUID,
    unit_code TEXT,
    status TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    claimed_until TIMESTAMP WITH TIME ZONE,
    provider_reference TEXT,
    error TEXT,
    template_version INTEGER,
    sent_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    reason_ended TEXT,
    CONSTRAINT pk_notification_send PRIMARY KEY (id),
    CONSTRAINT uq_notification_send_notification_id_channel_device_id UNIQUE NULLS NOT DISTINCT (notification_id, channel, device_id),
    CONSTRAINT fk_notification_send_notification_id FOREIGN KEY(notification_id) REFERENCES notification (id) ON DELETE CASCADE
);
CREATE INDEX ix_notification_send_device ON notification_send (device_id) WHERE device_id IS NOT NULL;
CREATE INDEX ix_notification_send_due ON notification_send (due_at) WHERE status = 'queued';
CREATE INDEX ix_notification_send_reference ON notification_send (provider_reference) WHERE provider_reference IS NOT NULL;
CREATE TABLE notification_preference (
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    CONSTRAINT pk_notification_preference PRIMARY KEY (person, kind, channel)
);
CREATE TABLE quiet_hours (
    person TEXT NOT NULL,
    starts_hour INTEGER NOT NULL,
    ends_hour INTEGER NOT NULL,
    CONSTRAINT pk_quiet_hours PRIMARY KEY (person)
);
CREATE TABLE device (
    id UUID NOT NULL,
    person TEXT NOT NULL,
    device_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    token BYTEA NOT NULL,
    token_digest BYTEA NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_device PRIMARY KEY (id),
    CONSTRAINT uq_device_person_device_id UNIQUE (person, device_id),
    CONSTRAINT uq_device_token_digest UNIQUE (token_digest)
);
DELETE FROM position WHERE topic IN ('bakhong.residents.v1', 'bakhong.organizations.v1', 'bakhong.units.v1', 'bakhong.campaigns.v1');
