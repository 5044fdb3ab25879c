-- The ledger. Written by: audit. Append-only by trigger here.

-- One line per fact, in the order appended. `leaf` is the RFC 6962 leaf hash of the entry's line, which holds a
-- salted commitment to the fact's body, never the body.
CREATE TABLE ledger (
    position    INTEGER PRIMARY KEY CHECK (position >= 0),
    event_id    BLOB NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    case_id     BLOB,
    occurred_at INTEGER NOT NULL,
    commitment  BLOB NOT NULL,
    leaf        BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_by_case ON ledger (case_id, position);

-- What a commitment opens to. Erasing a row erases the fact and leaves every proof valid.
CREATE TABLE ledger_contents (
    position INTEGER PRIMARY KEY,
    salt     BLOB NOT NULL,
    body     TEXT NOT NULL
) STRICT;

-- Hashes of complete subtrees of 256, 65,536, .. entries (levels 8, 16, ..): what the tiles above the leaves consist
-- of. Those between are hashed when asked for, so that an entry costs one row here in 256.
CREATE TABLE ledger_nodes (
    level    INTEGER NOT NULL CHECK (level > 0 AND level % 8 = 0),
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT;

-- The ledger's size and its one writer; one row, locked by whoever appends, so that positions have no gap and no
-- double. A writer whose fence is not this one was overtaken and appends nothing.
CREATE TABLE ledger_head (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    size         INTEGER NOT NULL,
    writer       BLOB,
    fence        INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO ledger_head (id, size) VALUES (1, 0);

-- Signed roots (C2SP signed notes).
CREATE TABLE checkpoints (
    size      INTEGER PRIMARY KEY,
    root      BLOB NOT NULL,
    note      TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

-- What a witness signed under a checkpoint (C2SP tlog-cosignature): the line that goes below its note.
CREATE TABLE cosignatures (
    size        INTEGER NOT NULL REFERENCES checkpoints (size),
    witness     TEXT NOT NULL,
    line        TEXT NOT NULL,
    cosigned_at INTEGER NOT NULL,
    PRIMARY KEY (size, witness)
) STRICT;

-- How far each witness follows, and what it refused: a refusal says that two histories exist.
CREATE TABLE witnesses (
    name       TEXT PRIMARY KEY,
    size       INTEGER NOT NULL,
    heard_at   INTEGER,
    trouble    TEXT,
    alarm      TEXT,
    alarmed_at INTEGER,
    CHECK ((alarm IS NULL) = (alarmed_at IS NULL))
) STRICT;

-- Each comparison of what should be with what is.
CREATE TABLE reconciliations (
    id         BLOB PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    asked_by   BLOB,
    plans      INTEGER NOT NULL,
    facts      INTEGER NOT NULL,
    attempts   INTEGER,
    found      INTEGER NOT NULL
) STRICT;
CREATE INDEX reconciliations_by_time ON reconciliations (started_at);

-- What did not agree: a task until a person closes it with a reason. The same difference is one row.
CREATE TABLE differences (
    id        BLOB PRIMARY KEY,
    kind      TEXT NOT NULL CHECK (kind IN ('plan', 'ledger', 'mail_log')),
    subject   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    found_at  INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    closed_at INTEGER,
    closed_by BLOB,
    reason    TEXT,
    UNIQUE (kind, subject, detail),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at IS NULL) = (reason IS NULL))
) STRICT;
CREATE INDEX differences_open ON differences (found_at) WHERE closed_at IS NULL;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
