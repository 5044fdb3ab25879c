-- The ledger. Written by: audit. Append-only by trigger here and by grant in deploy/postgresql/roles.sql.

-- One line per fact, in the order appended. `leaf` is the RFC 6962 leaf hash of the entry's line, which holds a
-- salted commitment to the fact's body, never the body.
CREATE TABLE ledger (
    position    BIGINT PRIMARY KEY CHECK (position >= 0),
    event_id    UUID NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    case_id     UUID,
    occurred_at TIMESTAMPTZ NOT NULL,
    commitment  BYTEA NOT NULL,
    leaf        BYTEA NOT NULL
);
CREATE INDEX ledger_by_case ON ledger (case_id, position);

-- What a commitment opens to. Erasing a row erases the fact and leaves every proof valid.
CREATE TABLE ledger_contents (
    position BIGINT PRIMARY KEY,
    salt     BYTEA NOT NULL,
    body     TEXT NOT NULL
);

-- Hashes of complete subtrees: level 0 are pairs of leaves joined upwards, so that a root costs O(log n).
CREATE TABLE ledger_nodes (
    level    BIGINT NOT NULL,
    position BIGINT NOT NULL,
    hash     BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

-- The ledger's size; one row, locked by whoever appends, so that positions have no gap and no double.
CREATE TABLE ledger_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL
);
INSERT INTO ledger_head (id, size) VALUES (1, 0);

-- Signed roots (C2SP signed notes).
CREATE TABLE checkpoints (
    size      BIGINT PRIMARY KEY,
    root      BYTEA NOT NULL,
    note      TEXT NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL
);

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END
$$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
