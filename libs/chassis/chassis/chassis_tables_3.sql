CREATE TABLE deletion (
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    job text NOT NULL,
    table_name text NOT NULL,
    column_cleared text,
    ground text NOT NULL,
    rows bigint NOT NULL,
    oldest timestamptz NOT NULL,
    newest timestamptz NOT NULL,
    deleted_at timestamptz NOT NULL,
    CONSTRAINT pk_deletion PRIMARY KEY (id)
);
