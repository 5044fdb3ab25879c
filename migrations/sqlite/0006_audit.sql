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

-- Hashes of complete subtrees: level 0 are pairs of leaves joined upwards, so that a root costs O(log n).
CREATE TABLE ledger_nodes (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT;

-- The ledger's size; one row, locked by whoever appends, so that positions have no gap and no double.
CREATE TABLE ledger_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    size INTEGER NOT NULL
) STRICT;
INSERT INTO ledger_head (id, size) VALUES (1, 0);

-- Signed roots (C2SP signed notes).
CREATE TABLE checkpoints (
    size      INTEGER PRIMARY KEY,
    root      BLOB NOT NULL,
    note      TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
