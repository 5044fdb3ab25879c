-- Facts on their way, and what each consumer has done with them. Every service writes its own rows.

-- One fact that happened, committed with the state change it tells of: the record. Only an erasure changes it.
CREATE TABLE outbox (
    id          UUID PRIMARY KEY,
    service     TEXT NOT NULL,
    kind        TEXT NOT NULL,
    case_id     UUID,
    subject     TEXT NOT NULL,
    data        JSONB NOT NULL,
    traceparent TEXT,
    occurred_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX outbox_by_kind ON outbox (kind, occurred_at, id);
CREATE INDEX outbox_by_time ON outbox (occurred_at, id);

-- Those of them that no broker has confirmed yet, each with its relay's claim: small rows that go as soon as it has.
CREATE TABLE unpublished (
    service       TEXT NOT NULL,
    event_id      UUID NOT NULL,
    occurred_at   TIMESTAMPTZ NOT NULL,
    claimed_until TIMESTAMPTZ,
    PRIMARY KEY (service, event_id)
)
-- A claim changes no index: rows come and go here by the thousand.
WITH (fillfactor = 50);

-- A consumer has handled (or parked) a fact: written in the transaction of its effect.
CREATE TABLE inbox (
    consumer   TEXT NOT NULL,
    event_id   UUID NOT NULL,
    handled_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

-- How often handling a fact has failed; five failures park it.
CREATE TABLE handling_failures (
    consumer  TEXT NOT NULL,
    event_id  UUID NOT NULL,
    failures  BIGINT NOT NULL,
    error     TEXT NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

-- Facts that a consumer cannot handle, for an operator to look at and replay.
CREATE TABLE parked (
    consumer  TEXT NOT NULL,
    event_id  UUID NOT NULL,
    kind      TEXT NOT NULL,
    error     TEXT NOT NULL,
    parked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

-- Up to when a consumer's sweep has found everything handled.
CREATE TABLE sweeps (
    consumer TEXT PRIMARY KEY,
    swept_to TIMESTAMPTZ NOT NULL
);
