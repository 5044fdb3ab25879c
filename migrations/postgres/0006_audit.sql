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

-- Hashes of complete subtrees of 256, 65,536, .. entries (levels 8, 16, ..): what the tiles above the leaves consist
-- of. Those between are hashed when asked for, so that an entry costs one row here in 256.
CREATE TABLE ledger_nodes (
    level    BIGINT NOT NULL CHECK (level > 0 AND level % 8 = 0),
    position BIGINT NOT NULL,
    hash     BYTEA NOT NULL,
    PRIMARY KEY (level, position)
);

-- The ledger's size and its one writer; one row, locked by whoever appends, so that positions have no gap and no
-- double. A writer whose fence is not this one was overtaken and appends nothing.
CREATE TABLE ledger_head (
    id           BIGINT PRIMARY KEY CHECK (id = 1),
    size         BIGINT NOT NULL,
    writer       UUID,
    fence        BIGINT NOT NULL DEFAULT 0,
    leased_until TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00Z'
);
INSERT INTO ledger_head (id, size) VALUES (1, 0);

-- Signed roots (C2SP signed notes).
CREATE TABLE checkpoints (
    size      BIGINT PRIMARY KEY,
    root      BYTEA NOT NULL,
    note      TEXT NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL
);

-- What a witness signed under a checkpoint (C2SP tlog-cosignature): the line that goes below its note.
CREATE TABLE cosignatures (
    size        BIGINT NOT NULL REFERENCES checkpoints (size),
    witness     TEXT NOT NULL,
    line        TEXT NOT NULL,
    cosigned_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (size, witness)
);

-- How far each witness follows, and what it refused: a refusal says that two histories exist.
CREATE TABLE witnesses (
    name       TEXT PRIMARY KEY,
    size       BIGINT NOT NULL,
    heard_at   TIMESTAMPTZ,
    trouble    TEXT,
    alarm      TEXT,
    alarmed_at TIMESTAMPTZ,
    CHECK ((alarm IS NULL) = (alarmed_at IS NULL))
);

-- Each comparison of what should be with what is.
CREATE TABLE reconciliations (
    id         UUID PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at   TIMESTAMPTZ NOT NULL,
    asked_by   UUID,
    plans      BIGINT NOT NULL,
    facts      BIGINT NOT NULL,
    attempts   BIGINT,
    found      BIGINT NOT NULL
);
CREATE INDEX reconciliations_by_time ON reconciliations (started_at);

-- What did not agree: a task until a person closes it with a reason. The same difference is one row.
CREATE TABLE differences (
    id        UUID PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('plan', 'ledger', 'mail_log')),
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    found_at  TIMESTAMPTZ NOT NULL,
    seen_at   TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    closed_by UUID,
    reason    TEXT,
    UNIQUE (kind, subject, detail),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (reason IS NULL))
);
CREATE INDEX differences_open ON differences (found_at) WHERE closed_at IS NULL;

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
