-- Partners, rule sets, plans. Written by: routing.

-- The directory's revision grows by one with every change; one row, which writers lock.
CREATE TABLE directory (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    revision   INTEGER NOT NULL,
    changed_at INTEGER
) STRICT;
INSERT INTO directory (id, revision) VALUES (1, 0);

-- Who made each revision, when, and why. Never changed.
CREATE TABLE directory_revisions (
    revision   INTEGER PRIMARY KEY,
    changed_at INTEGER NOT NULL,
    changed_by BLOB,
    source     TEXT NOT NULL
        CHECK (source IN ('form', 'api', 'import', 'proposal', 'verification', 'command')),
    reason     TEXT NOT NULL
) STRICT;

-- Each partner as it is now: the whole of it in `record`, and beside it what other tables are joined by.
CREATE TABLE partners (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('police', 'igo', 'ngo', 'research', 'market')),
    clearance  TEXT NOT NULL,
    active     INTEGER NOT NULL,
    record     TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Each partner as it was from a revision on. Never changed: a plan is read back with the directory it was made from.
CREATE TABLE partner_revisions (
    partner_id BLOB NOT NULL REFERENCES partners (id),
    revision   INTEGER NOT NULL,
    record     TEXT NOT NULL,
    PRIMARY KEY (partner_id, revision)
) STRICT;

-- The addresses of now: functional mailboxes (person is null) and named persons.
CREATE TABLE partner_contacts (
    id          BLOB PRIMARY KEY,
    partner_id  BLOB NOT NULL REFERENCES partners (id),
    address     TEXT NOT NULL,
    person      TEXT,
    clearance   TEXT NOT NULL,
    verified_at INTEGER,
    UNIQUE (partner_id, address)
) STRICT;

-- A change of a partner that must not be made by one person alone, as fields with what was there and what is to be.
CREATE TABLE proposed_changes (
    id          BLOB PRIMARY KEY,
    partner_id  BLOB NOT NULL REFERENCES partners (id),
    changes     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    source      TEXT NOT NULL,
    proposed_by BLOB,
    proposed_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'applied', 'cancelled', 'overtaken')),
    ended_at    INTEGER,
    ended_by    BLOB,
    ended_why   TEXT,
    revision    INTEGER,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'applied') = (revision IS NOT NULL))
) STRICT;
CREATE INDEX proposed_changes_open ON proposed_changes (due_at) WHERE state = 'open';
CREATE INDEX proposed_changes_by_partner ON proposed_changes (partner_id);

-- Who besides the proposer agreed; nobody twice.
CREATE TABLE change_approvals (
    change_id   BLOB NOT NULL REFERENCES proposed_changes (id),
    approved_by BLOB NOT NULL,
    approved_at INTEGER NOT NULL,
    PRIMARY KEY (change_id, approved_by)
) STRICT;

-- Mails about the directory itself, without any content of a case: what the notifier has to send, and a code to enter.
CREATE TABLE partner_notices (
    id           BLOB PRIMARY KEY,
    partner_id   BLOB NOT NULL REFERENCES partners (id),
    partner_name TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('change', 'code')),
    address      TEXT NOT NULL,
    languages    TEXT NOT NULL,
    change_id    BLOB,
    code         TEXT,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    wrong_tries  INTEGER NOT NULL DEFAULT 0,
    used_at      INTEGER,
    used_by      TEXT,
    CHECK ((kind = 'code') = (expires_at IS NOT NULL)),
    CHECK ((kind = 'change') = (change_id IS NOT NULL))
) STRICT;
CREATE INDEX partner_notices_by_partner ON partner_notices (partner_id, created_at);

-- Directory files with what they would change, waiting for a person.
CREATE TABLE directory_imports (
    id          BLOB PRIMARY KEY,
    origin      TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    rows        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'applied', 'cancelled')),
    prepared_by BLOB,
    prepared_at INTEGER NOT NULL,
    ended_by    BLOB,
    ended_at    INTEGER,
    CHECK ((state = 'open') = (ended_at IS NULL))
) STRICT;
CREATE INDEX directory_imports_by_time ON directory_imports (prepared_at);

-- What the last file said of a partner: whatever differs from it now was changed by hand since.
CREATE TABLE imported_partners (
    partner_id BLOB PRIMARY KEY REFERENCES partners (id),
    record     TEXT NOT NULL,
    import_id  BLOB NOT NULL
) STRICT;

-- Immutable versions of the routing rules; the newest released one decides. Two persons stand behind each, but for
-- the one that the program brings along.
CREATE TABLE rule_sets (
    id          BLOB PRIMARY KEY,
    version     INTEGER NOT NULL UNIQUE,
    text        TEXT NOT NULL,
    sha256      BLOB NOT NULL,
    drafted_by  BLOB,
    released_by BLOB,
    released_at INTEGER NOT NULL,
    CHECK ((drafted_by IS NULL) = (released_by IS NULL)),
    CHECK (version = 1 OR drafted_by IS NOT NULL),
    CHECK (drafted_by <> released_by)
) STRICT;

-- Texts that may become the next version.
CREATE TABLE rule_set_drafts (
    id         BLOB PRIMARY KEY,
    text       TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    drafted_by BLOB NOT NULL,
    drafted_at INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'released', 'discarded')),
    decided_by BLOB,
    decided_at INTEGER,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
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
CREATE INDEX plans_by_time ON plans (frozen_at);

-- What a plan was made from besides alert, directory and rules, so that it can be made again.
CREATE TABLE plan_inputs (
    plan_id BLOB PRIMARY KEY REFERENCES plans (id),
    body    TEXT NOT NULL
) STRICT;

-- What officers decided about a partner on a draft; the latest row counts. A row without a change takes it back.
CREATE TABLE plan_overrides (
    id         BLOB PRIMARY KEY,
    alert_id   BLOB NOT NULL,
    partner_id BLOB NOT NULL,
    change     TEXT,
    reason     TEXT NOT NULL,
    made_by    BLOB NOT NULL,
    made_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_overrides_by_alert ON plan_overrides (alert_id, made_at, id);

-- Released alerts of which nobody is told: for the desk to settle.
CREATE TABLE plan_alarms (
    plan_id    BLOB PRIMARY KEY REFERENCES plans (id),
    alert_id   BLOB NOT NULL,
    case_id    BLOB NOT NULL,
    raised_at  INTEGER NOT NULL,
    settled_by BLOB,
    settled_at INTEGER,
    reason     TEXT,
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((settled_at IS NULL) = (reason IS NULL))
) STRICT;
CREATE INDEX plan_alarms_open ON plan_alarms (raised_at) WHERE settled_at IS NULL;

-- Whether mail may leave; one row, which the sender reads whenever tries begin. Plans are frozen one after another under
-- its lock, so that the caps count right.
CREATE TABLE sending (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    stopped    INTEGER NOT NULL,
    reason     TEXT,
    changed_by BLOB,
    changed_at INTEGER,
    per_hour   INTEGER CHECK (per_hour > 0), -- how many mails may leave; null: any number
    CHECK (NOT stopped OR per_hour IS NULL)
) STRICT;
INSERT INTO sending (id, stopped) VALUES (1, FALSE);

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
    pace         TEXT NOT NULL CHECK (pace IN ('digest', 'at_once')),
    acknowledge_within INTEGER, -- minutes
    acknowledged_by TEXT NOT NULL CHECK (acknowledged_by IN ('any', 'all')),
    hold             TEXT,    -- why it waits for an officer
    hold_released_by BLOB,
    hold_released_at INTEGER,
    hold_reason      TEXT,
    UNIQUE (plan_id, partner_id),
    CHECK ((hold_released_at IS NULL) = (hold_released_by IS NULL)),
    CHECK ((hold_released_at IS NULL) = (hold_reason IS NULL)),
    CHECK (hold_released_at IS NULL OR hold IS NOT NULL)
) STRICT;
CREATE INDEX notifications_held ON notifications (plan_id) WHERE hold IS NOT NULL AND hold_released_at IS NULL;
CREATE INDEX notifications_hold_released ON notifications (hold_released_at) WHERE hold_released_at IS NOT NULL;
CREATE INDEX notifications_by_case ON notifications (case_id, partner_id);

-- The addresses of a notification, as they were when the plan was frozen. One delivery is due to each that is primary; to
-- the others when the notifier turns to them.
CREATE TABLE notification_addresses (
    notification_id BLOB NOT NULL REFERENCES notifications (id),
    contact_id      BLOB NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    role            TEXT NOT NULL CHECK (role IN ('primary', 'second', 'out_of_hours')),
    PRIMARY KEY (notification_id, address)
) STRICT;

-- Addresses of notifications that turned out wrong: the right one is put beside it when the directory has it.
CREATE TABLE address_corrections (
    notification_id BLOB NOT NULL REFERENCES notifications (id),
    contact_id      BLOB NOT NULL,
    wrong           TEXT NOT NULL,
    address         TEXT NOT NULL,
    change_id       BLOB REFERENCES proposed_changes (id), -- null: the directory had it
    reason          TEXT NOT NULL,
    asked_by        BLOB NOT NULL,
    asked_at        INTEGER NOT NULL,
    done_at         INTEGER,
    PRIMARY KEY (notification_id, wrong, address)
) STRICT;
CREATE INDEX address_corrections_by_change ON address_corrections (change_id) WHERE done_at IS NULL;

-- Who is not told, and why.
CREATE TABLE exclusions (
    plan_id      BLOB NOT NULL REFERENCES plans (id),
    partner_id   BLOB NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (plan_id, partner_id)
) STRICT;

-- Who was told of an alert after its plan was frozen, because it joined later; and whom an officer chose not to tell. The
-- notification of whom was told belongs to the plan like the others.
CREATE TABLE plan_supplements (
    id                 BLOB PRIMARY KEY,
    plan_id            BLOB NOT NULL REFERENCES plans (id),
    alert_id           BLOB NOT NULL,
    case_id            BLOB NOT NULL,
    partner_id         BLOB NOT NULL,
    notification_id    BLOB,
    reason             TEXT NOT NULL,
    decided_by         BLOB NOT NULL,
    decided_at         INTEGER NOT NULL,
    rule_set_version   INTEGER NOT NULL,
    directory_revision INTEGER NOT NULL,
    UNIQUE (alert_id, partner_id)
) STRICT;
