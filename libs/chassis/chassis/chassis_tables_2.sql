CREATE TABLE key_progress (
    name text NOT NULL,
    key_id text NOT NULL,
    after_id text,
    rows bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT pk_key_progress PRIMARY KEY (name, key_id)
);
