-- Partners, rule sets, plans. Written by: routing.

-- The directory's revision grows by one with every change; one row.
CREATE TABLE directory (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    revision   BIGINT NOT NULL,
    changed_at TIMESTAMPTZ
);
INSERT INTO directory (id, revision) VALUES (1, 0);

CREATE TABLE partners (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('police', 'igo', 'ngo', 'research')),
    languages  JSONB NOT NULL,
    mandate    JSONB NOT NULL,
    clearance  TEXT NOT NULL,
    active     BOOLEAN NOT NULL,
    revision   BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Functional mailboxes (person is null) and named persons.
CREATE TABLE partner_contacts (
    id         UUID PRIMARY KEY,
    partner_id UUID NOT NULL REFERENCES partners (id),
    address    TEXT NOT NULL,
    person     TEXT,
    clearance  TEXT NOT NULL,
    UNIQUE (partner_id, address)
);

-- Immutable versions of the routing rules; the newest released one decides.
CREATE TABLE rule_sets (
    id          UUID PRIMARY KEY,
    version     BIGINT NOT NULL UNIQUE,
    text        TEXT NOT NULL,
    sha256      BYTEA NOT NULL,
    released_at TIMESTAMPTZ NOT NULL
);

-- The frozen result of routing one alert version.
CREATE TABLE plans (
    id                 UUID PRIMARY KEY,
    alert_id           UUID NOT NULL UNIQUE,
    case_id            UUID NOT NULL,
    rule_set_version   BIGINT NOT NULL,
    directory_revision BIGINT NOT NULL,
    told               BIGINT NOT NULL,
    not_told           BIGINT NOT NULL,
    -- The trace that caused it (W3C), so that its mails are found in the same one.
    traceparent        TEXT,
    frozen_at          TIMESTAMPTZ NOT NULL
);
CREATE INDEX plans_by_case ON plans (case_id);

-- Who is told: one alert version for one partner, as the partner was then.
CREATE TABLE notifications (
    id           UUID PRIMARY KEY,
    plan_id      UUID NOT NULL REFERENCES plans (id),
    alert_id     UUID NOT NULL,
    case_id      UUID NOT NULL,
    partner_id   UUID NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    share        TEXT NOT NULL CHECK (share IN ('object_data', 'full')),
    label        TEXT NOT NULL,
    languages    JSONB NOT NULL,
    basis        JSONB NOT NULL,
    UNIQUE (alert_id, partner_id)
);
CREATE INDEX notifications_by_case ON notifications (case_id, partner_id);
CREATE INDEX notifications_by_plan ON notifications (plan_id);

-- The addresses of a notification, as they were when the plan was frozen. One delivery is due to each.
CREATE TABLE notification_addresses (
    notification_id UUID NOT NULL REFERENCES notifications (id),
    contact_id      UUID NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    PRIMARY KEY (notification_id, address)
);

-- Who is not told, and why.
CREATE TABLE exclusions (
    plan_id      UUID NOT NULL REFERENCES plans (id),
    alert_id     UUID NOT NULL,
    case_id      UUID NOT NULL,
    partner_id   UUID NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    reason       JSONB NOT NULL,
    PRIMARY KEY (alert_id, partner_id)
);
CREATE INDEX exclusions_by_case ON exclusions (case_id);
