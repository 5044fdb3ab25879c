-- Partners, rule sets, plans. Written by: routing.

-- The directory's revision grows by one with every change; one row.
CREATE TABLE directory (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    revision   INTEGER NOT NULL,
    changed_at INTEGER
) STRICT;
INSERT INTO directory (id, revision) VALUES (1, 0);

CREATE TABLE partners (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('police', 'igo', 'ngo', 'research')),
    languages  TEXT NOT NULL,
    mandate    TEXT NOT NULL,
    clearance  TEXT NOT NULL,
    active     INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Functional mailboxes (person is null) and named persons.
CREATE TABLE partner_contacts (
    id         BLOB PRIMARY KEY,
    partner_id BLOB NOT NULL REFERENCES partners (id),
    address    TEXT NOT NULL,
    person     TEXT,
    clearance  TEXT NOT NULL,
    UNIQUE (partner_id, address)
) STRICT;

-- Immutable versions of the routing rules; the newest released one decides.
CREATE TABLE rule_sets (
    id          BLOB PRIMARY KEY,
    version     INTEGER NOT NULL UNIQUE,
    text        TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    released_at INTEGER NOT NULL
) STRICT;

-- The frozen result of routing one alert version.
CREATE TABLE plans (
    id                 BLOB PRIMARY KEY,
    alert_id           BLOB NOT NULL UNIQUE,
    case_id            BLOB NOT NULL,
    rule_set_version   INTEGER NOT NULL,
    directory_revision INTEGER NOT NULL,
    told               INTEGER NOT NULL,
    not_told           INTEGER NOT NULL,
    -- The trace that caused it (W3C), so that its mails are found in the same one.
    traceparent        TEXT,
    frozen_at          INTEGER NOT NULL
) STRICT;
CREATE INDEX plans_by_case ON plans (case_id);

-- Who is told: one alert version for one partner, as the partner was then.
CREATE TABLE notifications (
    id           BLOB PRIMARY KEY,
    plan_id      BLOB NOT NULL REFERENCES plans (id),
    alert_id     BLOB NOT NULL,
    case_id      BLOB NOT NULL,
    partner_id   BLOB NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    share        TEXT NOT NULL CHECK (share IN ('object_data', 'full')),
    label        TEXT NOT NULL,
    languages    TEXT NOT NULL,
    basis        TEXT NOT NULL,
    UNIQUE (alert_id, partner_id)
) STRICT;
CREATE INDEX notifications_by_case ON notifications (case_id, partner_id);
CREATE INDEX notifications_by_plan ON notifications (plan_id);

-- The addresses of a notification, as they were when the plan was frozen. One delivery is due to each.
CREATE TABLE notification_addresses (
    notification_id BLOB NOT NULL REFERENCES notifications (id),
    contact_id      BLOB NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    PRIMARY KEY (notification_id, address)
) STRICT;

-- Who is not told, and why.
CREATE TABLE exclusions (
    plan_id      BLOB NOT NULL REFERENCES plans (id),
    alert_id     BLOB NOT NULL,
    case_id      BLOB NOT NULL,
    partner_id   BLOB NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (alert_id, partner_id)
) STRICT;
CREATE INDEX exclusions_by_case ON exclusions (case_id);
