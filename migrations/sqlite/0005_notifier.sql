-- Deliveries, SMTP tries, answers. Written by: notifier.

-- The sending of one notification to one address. Due rows are the sender's work list; a lease keeps two senders
-- apart for as long as it lasts and is not needed for correctness.
CREATE TABLE deliveries (
    id              BLOB PRIMARY KEY,
    notification_id BLOB NOT NULL,
    plan_id         BLOB NOT NULL,
    alert_id        BLOB NOT NULL,
    case_id         BLOB NOT NULL,
    partner_id      BLOB NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    domain          TEXT NOT NULL,
    state           TEXT NOT NULL
        CHECK (state IN ('pending', 'accepted', 'refused', 'uncertain', 'expired', 'held', 'cancelled')),
    tries           INTEGER NOT NULL DEFAULT 0,
    due_at          INTEGER,
    lease           BLOB,
    leased_until    INTEGER,
    message_id      TEXT,
    mail_sha256     BLOB,
    last_reply      TEXT,
    created_at      INTEGER NOT NULL,
    ended_at        INTEGER,
    link_opened_at  INTEGER,
    awaits_officer  INTEGER NOT NULL DEFAULT FALSE, -- until a word on its plan or its case lets it go
    UNIQUE (notification_id, address),
    -- A row is either waiting for a moment or ended; no state is silent for ever.
    CHECK ((state IN ('pending', 'uncertain')) = (due_at IS NOT NULL)),
    CHECK ((state IN ('pending', 'uncertain')) = (ended_at IS NULL)),
    CHECK ((mail_sha256 IS NULL) = (message_id IS NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK (state = 'held' OR awaits_officer = FALSE)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_awaiting ON deliveries (plan_id) WHERE awaits_officer;
CREATE INDEX deliveries_by_thread ON deliveries (case_id, partner_id, address);
CREATE INDEX deliveries_by_plan ON deliveries (plan_id);

-- The exact bytes that were rendered, by their SHA-256. Written before the first try; every repeat sends the same.
CREATE TABLE mails (
    sha256     BLOB PRIMARY KEY,
    bytes      BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- One SMTP try. The row is committed before SMTP begins: a try without an end is evidence of an unknown outcome.
CREATE TABLE attempts (
    id              BLOB PRIMARY KEY,
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    number          INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    possible_repeat INTEGER NOT NULL,
    ended_at        INTEGER,
    outcome         TEXT CHECK (outcome IN ('accepted', 'deferred', 'refused', 'uncertain')),
    stage           TEXT,
    reply           TEXT,
    UNIQUE (delivery_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((ended_at IS NULL) = (stage IS NULL))
) STRICT;

-- What an officer decided about a held delivery: once for each time that it was held.
CREATE TABLE held_decisions (
    delivery_id BLOB NOT NULL REFERENCES deliveries (id),
    held_at     INTEGER NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('release', 'cancel')),
    reason      TEXT NOT NULL,
    decided_by  BLOB NOT NULL,
    decided_at  INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, held_at)
) STRICT;

-- What a partner answered by its signed link. One acknowledgement per notification; a second says the same.
CREATE TABLE acknowledgements (
    notification_id BLOB PRIMARY KEY,
    id              BLOB NOT NULL UNIQUE,
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    case_id         BLOB NOT NULL,
    answered_by     TEXT NOT NULL,
    note            TEXT,
    acknowledged_at INTEGER NOT NULL
) STRICT;

-- The sending of one notice about the directory (partner_notices) to its address: a sibling of a delivery, without a case.
CREATE TABLE notice_deliveries (
    notice_id    BLOB PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'refused', 'uncertain', 'expired', 'held')),
    tries        INTEGER NOT NULL DEFAULT 0,
    due_at       INTEGER,
    lease        BLOB,
    leased_until INTEGER,
    message_id   TEXT,
    mail_sha256  BLOB,
    last_reply   TEXT,
    created_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    CHECK ((state IN ('pending', 'uncertain')) = (due_at IS NOT NULL)),
    CHECK ((state IN ('pending', 'uncertain')) = (ended_at IS NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL))
) STRICT;
CREATE INDEX notice_deliveries_due ON notice_deliveries (due_at) WHERE due_at IS NOT NULL;

-- One try of a notice. Committed before SMTP begins, as with attempts.
CREATE TABLE notice_attempts (
    notice_id       BLOB NOT NULL REFERENCES notice_deliveries (notice_id),
    number          INTEGER NOT NULL,
    started_at      INTEGER NOT NULL,
    possible_repeat INTEGER NOT NULL,
    ended_at        INTEGER,
    outcome         TEXT CHECK (outcome IN ('accepted', 'deferred', 'refused', 'uncertain')),
    stage           TEXT,
    reply           TEXT,
    PRIMARY KEY (notice_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;
