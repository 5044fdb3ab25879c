-- Deliveries, SMTP tries, answers. Written by: notifier.

-- The sending of one notification to one address. Due rows are the sender's work list; a lease keeps two senders
-- apart for as long as it lasts and is not needed for correctness.
CREATE TABLE deliveries (
    id              UUID PRIMARY KEY,
    notification_id UUID NOT NULL,
    plan_id         UUID NOT NULL,
    alert_id        UUID NOT NULL,
    case_id         UUID NOT NULL,
    partner_id      UUID NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    domain          TEXT NOT NULL,
    state           TEXT NOT NULL
        CHECK (state IN ('pending', 'accepted', 'refused', 'uncertain', 'expired', 'held', 'cancelled')),
    tries           BIGINT NOT NULL DEFAULT 0,
    due_at          TIMESTAMPTZ,
    lease           UUID,
    leased_until    TIMESTAMPTZ,
    message_id      TEXT,
    mail_sha256     BYTEA,
    last_reply      TEXT,
    created_at      TIMESTAMPTZ NOT NULL,
    ended_at        TIMESTAMPTZ,
    link_opened_at  TIMESTAMPTZ,
    awaits_officer  BOOLEAN NOT NULL DEFAULT FALSE, -- until a word on its plan or its case lets it go
    UNIQUE (notification_id, address),
    -- A row is either waiting for a moment or ended; no state is silent for ever.
    CHECK ((state IN ('pending', 'uncertain')) = (due_at IS NOT NULL)),
    CHECK ((state IN ('pending', 'uncertain')) = (ended_at IS NULL)),
    CHECK ((mail_sha256 IS NULL) = (message_id IS NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL)),
    CHECK (state = 'held' OR awaits_officer = FALSE)
);
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_awaiting ON deliveries (plan_id) WHERE awaits_officer;
CREATE INDEX deliveries_by_thread ON deliveries (case_id, partner_id, address);
CREATE INDEX deliveries_by_plan ON deliveries (plan_id);

-- The exact bytes that were rendered, by their SHA-256. Written before the first try; every repeat sends the same.
CREATE TABLE mails (
    sha256     BYTEA PRIMARY KEY,
    bytes      BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- One SMTP try. The row is committed before SMTP begins: a try without an end is evidence of an unknown outcome.
CREATE TABLE attempts (
    id              UUID PRIMARY KEY,
    delivery_id     UUID NOT NULL REFERENCES deliveries (id),
    number          BIGINT NOT NULL,
    started_at      TIMESTAMPTZ NOT NULL,
    possible_repeat BOOLEAN NOT NULL,
    ended_at        TIMESTAMPTZ,
    outcome         TEXT CHECK (outcome IN ('accepted', 'deferred', 'refused', 'uncertain')),
    stage           TEXT,
    reply           TEXT,
    UNIQUE (delivery_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK ((ended_at IS NULL) = (stage IS NULL))
);

-- What an officer decided about a held delivery: once for each time that it was held.
CREATE TABLE held_decisions (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    held_at     TIMESTAMPTZ NOT NULL,
    decision    TEXT NOT NULL CHECK (decision IN ('release', 'cancel')),
    reason      TEXT NOT NULL,
    decided_by  UUID NOT NULL,
    decided_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (delivery_id, held_at)
);

-- What a partner answered by its signed link. One acknowledgement per notification; a second says the same.
CREATE TABLE acknowledgements (
    notification_id UUID PRIMARY KEY,
    id              UUID NOT NULL UNIQUE,
    delivery_id     UUID NOT NULL REFERENCES deliveries (id),
    case_id         UUID NOT NULL,
    answered_by     TEXT NOT NULL,
    note            TEXT,
    acknowledged_at TIMESTAMPTZ NOT NULL
);

-- The sending of one notice about the directory (partner_notices) to its address: a sibling of a delivery, without a case.
CREATE TABLE notice_deliveries (
    notice_id    UUID PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'refused', 'uncertain', 'expired', 'held')),
    tries        BIGINT NOT NULL DEFAULT 0,
    due_at       TIMESTAMPTZ,
    lease        UUID,
    leased_until TIMESTAMPTZ,
    message_id   TEXT,
    mail_sha256  BYTEA,
    last_reply   TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ,
    CHECK ((state IN ('pending', 'uncertain')) = (due_at IS NOT NULL)),
    CHECK ((state IN ('pending', 'uncertain')) = (ended_at IS NULL)),
    CHECK ((lease IS NULL) = (leased_until IS NULL))
);
CREATE INDEX notice_deliveries_due ON notice_deliveries (due_at) WHERE due_at IS NOT NULL;

-- One try of a notice. Committed before SMTP begins, as with attempts.
CREATE TABLE notice_attempts (
    notice_id       UUID NOT NULL REFERENCES notice_deliveries (notice_id),
    number          BIGINT NOT NULL,
    started_at      TIMESTAMPTZ NOT NULL,
    possible_repeat BOOLEAN NOT NULL,
    ended_at        TIMESTAMPTZ,
    outcome         TEXT CHECK (outcome IN ('accepted', 'deferred', 'refused', 'uncertain')),
    stage           TEXT,
    reply           TEXT,
    PRIMARY KEY (notice_id, number),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
