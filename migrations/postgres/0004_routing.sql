-- Partners, rule sets, plans. Written by: routing.

-- The directory's revision grows by one with every change; one row, which writers lock.
CREATE TABLE directory (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    revision   BIGINT NOT NULL,
    changed_at TIMESTAMPTZ
);
INSERT INTO directory (id, revision) VALUES (1, 0);

-- Who made each revision, when, and why. Never changed.
CREATE TABLE directory_revisions (
    revision   BIGINT PRIMARY KEY,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by UUID,
    source     TEXT NOT NULL
        CHECK (source IN ('form', 'api', 'import', 'proposal', 'verification', 'command')),
    reason     TEXT NOT NULL
);

-- Each partner as it is now: the whole of it in `record`, and beside it what other tables are joined by.
CREATE TABLE partners (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL CHECK (kind IN ('police', 'igo', 'ngo', 'research', 'market')),
    clearance  TEXT NOT NULL,
    active     BOOLEAN NOT NULL,
    record     JSONB NOT NULL,
    revision   BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Each partner as it was from a revision on. Never changed: a plan is read back with the directory it was made from.
CREATE TABLE partner_revisions (
    partner_id UUID NOT NULL REFERENCES partners (id),
    revision   BIGINT NOT NULL,
    record     JSONB NOT NULL,
    PRIMARY KEY (partner_id, revision)
);

-- The addresses of now: functional mailboxes (person is null) and named persons.
CREATE TABLE partner_contacts (
    id          UUID PRIMARY KEY,
    partner_id  UUID NOT NULL REFERENCES partners (id),
    address     TEXT NOT NULL,
    person      TEXT,
    clearance   TEXT NOT NULL,
    verified_at TIMESTAMPTZ,
    UNIQUE (partner_id, address)
);

-- A change of a partner that must not be made by one person alone, as fields with what was there and what is to be.
CREATE TABLE proposed_changes (
    id          UUID PRIMARY KEY,
    partner_id  UUID NOT NULL REFERENCES partners (id),
    changes     JSONB NOT NULL,
    reason      TEXT NOT NULL,
    source      TEXT NOT NULL,
    proposed_by UUID,
    proposed_at TIMESTAMPTZ NOT NULL,
    due_at      TIMESTAMPTZ NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'applied', 'cancelled', 'overtaken')),
    ended_at    TIMESTAMPTZ,
    ended_by    UUID,
    ended_why   TEXT,
    revision    BIGINT,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'applied') = (revision IS NOT NULL))
);
CREATE INDEX proposed_changes_open ON proposed_changes (due_at) WHERE state = 'open';
CREATE INDEX proposed_changes_by_partner ON proposed_changes (partner_id);

-- Who besides the proposer agreed; nobody twice.
CREATE TABLE change_approvals (
    change_id   UUID NOT NULL REFERENCES proposed_changes (id),
    approved_by UUID NOT NULL,
    approved_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (change_id, approved_by)
);

-- Mails about the directory itself, without any content of a case: what the notifier has to send, and a code to enter.
CREATE TABLE partner_notices (
    id           UUID PRIMARY KEY,
    partner_id   UUID NOT NULL REFERENCES partners (id),
    partner_name TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('change', 'code')),
    address      TEXT NOT NULL,
    languages    JSONB NOT NULL,
    change_id    UUID,
    code         TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ,
    wrong_tries  BIGINT NOT NULL DEFAULT 0,
    used_at      TIMESTAMPTZ,
    used_by      TEXT,
    CHECK ((kind = 'code') = (expires_at IS NOT NULL)),
    CHECK ((kind = 'change') = (change_id IS NOT NULL))
);
CREATE INDEX partner_notices_by_partner ON partner_notices (partner_id, created_at);

-- Directory files with what they would change, waiting for a person.
CREATE TABLE directory_imports (
    id          UUID PRIMARY KEY,
    origin      TEXT NOT NULL,
    sha256      BYTEA NOT NULL,
    rows        JSONB NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'applied', 'cancelled')),
    prepared_by UUID,
    prepared_at TIMESTAMPTZ NOT NULL,
    ended_by    UUID,
    ended_at    TIMESTAMPTZ,
    CHECK ((state = 'open') = (ended_at IS NULL))
);
CREATE INDEX directory_imports_by_time ON directory_imports (prepared_at);

-- What the last file said of a partner: whatever differs from it now was changed by hand since.
CREATE TABLE imported_partners (
    partner_id UUID PRIMARY KEY REFERENCES partners (id),
    record     JSONB NOT NULL,
    import_id  UUID NOT NULL
);

-- Immutable versions of the routing rules; the newest released one decides. Two persons stand behind each, but for
-- the one that the program brings along.
CREATE TABLE rule_sets (
    id          UUID PRIMARY KEY,
    version     BIGINT NOT NULL UNIQUE,
    text        TEXT NOT NULL,
    sha256      BYTEA NOT NULL,
    drafted_by  UUID,
    released_by UUID,
    released_at TIMESTAMPTZ NOT NULL,
    CHECK ((drafted_by IS NULL) = (released_by IS NULL)),
    CHECK (version = 1 OR drafted_by IS NOT NULL),
    CHECK (drafted_by <> released_by)
);

-- Texts that may become the next version.
CREATE TABLE rule_set_drafts (
    id         UUID PRIMARY KEY,
    text       TEXT NOT NULL,
    sha256     BYTEA NOT NULL,
    drafted_by UUID NOT NULL,
    drafted_at TIMESTAMPTZ NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'released', 'discarded')),
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
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
CREATE INDEX plans_by_time ON plans (frozen_at);

-- What a plan was made from besides alert, directory and rules, so that it can be made again.
CREATE TABLE plan_inputs (
    plan_id UUID PRIMARY KEY REFERENCES plans (id),
    body    JSONB NOT NULL
);

-- What officers decided about a partner on a draft; the latest row counts. A row without a change takes it back.
CREATE TABLE plan_overrides (
    id         UUID PRIMARY KEY,
    alert_id   UUID NOT NULL,
    partner_id UUID NOT NULL,
    change     JSONB,
    reason     TEXT NOT NULL,
    made_by    UUID NOT NULL,
    made_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX plan_overrides_by_alert ON plan_overrides (alert_id, made_at, id);

-- Released alerts of which nobody is told: for the desk to settle.
CREATE TABLE plan_alarms (
    plan_id    UUID PRIMARY KEY REFERENCES plans (id),
    alert_id   UUID NOT NULL,
    case_id    UUID NOT NULL,
    raised_at  TIMESTAMPTZ NOT NULL,
    settled_by UUID,
    settled_at TIMESTAMPTZ,
    reason     TEXT,
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((settled_at IS NULL) = (reason IS NULL))
);
CREATE INDEX plan_alarms_open ON plan_alarms (raised_at) WHERE settled_at IS NULL;

-- Whether mail may leave; one row, which the sender reads whenever tries begin. Plans are frozen one after another under
-- its lock, so that the caps count right.
CREATE TABLE sending (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    stopped    BOOLEAN NOT NULL,
    reason     TEXT,
    changed_by UUID,
    changed_at TIMESTAMPTZ,
    per_hour   BIGINT CHECK (per_hour > 0), -- how many mails may leave; null: any number
    CHECK (NOT stopped OR per_hour IS NULL)
);
INSERT INTO sending (id, stopped) VALUES (1, FALSE);

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
    pace         TEXT NOT NULL CHECK (pace IN ('digest', 'at_once')),
    acknowledge_within BIGINT, -- minutes
    acknowledged_by TEXT NOT NULL CHECK (acknowledged_by IN ('any', 'all')),
    hold             JSONB,    -- why it waits for an officer
    hold_released_by UUID,
    hold_released_at TIMESTAMPTZ,
    hold_reason      TEXT,
    UNIQUE (plan_id, partner_id),
    CHECK ((hold_released_at IS NULL) = (hold_released_by IS NULL)),
    CHECK ((hold_released_at IS NULL) = (hold_reason IS NULL)),
    CHECK (hold_released_at IS NULL OR hold IS NOT NULL)
);
CREATE INDEX notifications_held ON notifications (plan_id) WHERE hold IS NOT NULL AND hold_released_at IS NULL;
CREATE INDEX notifications_hold_released ON notifications (hold_released_at) WHERE hold_released_at IS NOT NULL;
CREATE INDEX notifications_by_case ON notifications (case_id, partner_id);

-- The addresses of a notification, as they were when the plan was frozen. One delivery is due to each that is primary; to
-- the others when the notifier turns to them.
CREATE TABLE notification_addresses (
    notification_id UUID NOT NULL REFERENCES notifications (id),
    contact_id      UUID NOT NULL,
    address         TEXT NOT NULL,
    person          TEXT,
    role            TEXT NOT NULL CHECK (role IN ('primary', 'second', 'out_of_hours')),
    PRIMARY KEY (notification_id, address)
);

-- Addresses of notifications that turned out wrong: the right one is put beside it when the directory has it.
CREATE TABLE address_corrections (
    notification_id UUID NOT NULL REFERENCES notifications (id),
    contact_id      UUID NOT NULL,
    wrong           TEXT NOT NULL,
    address         TEXT NOT NULL,
    change_id       UUID REFERENCES proposed_changes (id), -- null: the directory had it
    reason          TEXT NOT NULL,
    asked_by        UUID NOT NULL,
    asked_at        TIMESTAMPTZ NOT NULL,
    done_at         TIMESTAMPTZ,
    PRIMARY KEY (notification_id, wrong, address)
);
CREATE INDEX address_corrections_by_change ON address_corrections (change_id) WHERE done_at IS NULL;

-- Who is not told, and why.
CREATE TABLE exclusions (
    plan_id      UUID NOT NULL REFERENCES plans (id),
    partner_id   UUID NOT NULL,
    partner_name TEXT NOT NULL,
    partner_kind TEXT NOT NULL,
    reason       JSONB NOT NULL,
    PRIMARY KEY (plan_id, partner_id)
);

-- Who was told of an alert after its plan was frozen, because it joined later; and whom an officer chose not to tell. The
-- notification of whom was told belongs to the plan like the others.
CREATE TABLE plan_supplements (
    id                 UUID PRIMARY KEY,
    plan_id            UUID NOT NULL REFERENCES plans (id),
    alert_id           UUID NOT NULL,
    case_id            UUID NOT NULL,
    partner_id         UUID NOT NULL,
    notification_id    UUID,
    reason             TEXT NOT NULL,
    decided_by         UUID NOT NULL,
    decided_at         TIMESTAMPTZ NOT NULL,
    rule_set_version   BIGINT NOT NULL,
    directory_revision BIGINT NOT NULL,
    UNIQUE (alert_id, partner_id)
);
