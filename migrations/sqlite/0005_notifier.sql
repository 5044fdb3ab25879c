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
    encrypted_for   TEXT,        -- the fingerprint of the key; null: in the clear
    content_read_at INTEGER,     -- by the link, when a person pressed the button
    awaits_officer  INTEGER NOT NULL DEFAULT FALSE, -- until a word on its plan or its case lets it go
    digest          INTEGER NOT NULL DEFAULT FALSE, -- waits to go out with others to its address in one mail
    in_doubt        INTEGER NOT NULL DEFAULT FALSE, -- the database was restored: it may have left since the copy
    first_due_at    INTEGER, -- when its first try was due; none while an officer has not let it go
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
CREATE INDEX deliveries_in_digests ON deliveries (due_at, id) WHERE digest AND due_at IS NOT NULL;
CREATE INDEX deliveries_by_thread ON deliveries (case_id, partner_id, address);

-- The exact bytes that were rendered, by their SHA-256. Written before the first try; every repeat sends the same.
CREATE TABLE mails (
    sha256      BLOB PRIMARY KEY,
    bytes       BLOB NOT NULL, -- what is its own; without a mould all of it
    mould       BLOB, -- what it has in common with others; null: nothing
    places      TEXT, -- where the mould's pieces stand in the whole, as JSON: [[offset, length], ..]
    created_at  INTEGER NOT NULL,
    message_id  TEXT, -- by it what comes back is found; null: a notice
    delivery_id BLOB, -- the delivery, or the first one of a digest
    CHECK ((mould IS NULL) = (places IS NULL)),
    CHECK ((message_id IS NULL) = (delivery_id IS NULL))
) STRICT;

-- What many mails of one version have in common, one piece after the other, pictures and files with it: kept once. Nothing in it
-- is a reader's own.
CREATE TABLE mail_moulds (
    sha256     BLOB PRIMARY KEY,
    bytes      BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_by_message_id ON mails (message_id) WHERE message_id IS NOT NULL;

-- The other deliveries that went out in one mail with the first.
CREATE TABLE digest_members (
    message_id  TEXT NOT NULL,
    delivery_id BLOB NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (message_id, delivery_id)
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

-- What officers had done about deliveries that did not simply go well: once for each time that they saw it so.
CREATE TABLE desk_steps (
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    step            TEXT NOT NULL CHECK (step IN ('resent', 'second_contacts', 'corrected')),
    seen_tries      INTEGER NOT NULL, -- how many tries there had been
    notification_id BLOB NOT NULL,
    addresses       INTEGER NOT NULL, -- to how many something goes because of it
    reason          TEXT NOT NULL,
    taken_by        BLOB NOT NULL,
    taken_at        INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, step, seen_tries)
) STRICT;
CREATE INDEX desk_steps_by_notification ON desk_steps (notification_id, taken_at);

-- What a partner answered by its signed link. One acknowledgement per link; a second says the same.
CREATE TABLE acknowledgements (
    delivery_id     BLOB PRIMARY KEY REFERENCES deliveries (id),
    id              BLOB NOT NULL UNIQUE,
    notification_id BLOB NOT NULL,
    case_id         BLOB NOT NULL,
    answered_by     TEXT NOT NULL,
    note            TEXT,
    acknowledged_at INTEGER NOT NULL
) STRICT;
CREATE INDEX acknowledgements_by_notification ON acknowledgements (notification_id);

-- Notifications that somebody at the partner must take up: what was done about those that nobody has, and when to look
-- again. A row without `look_at` needs no further look; what the desk still has to do is asked of what is known now.
CREATE TABLE chases (
    notification_id    BLOB PRIMARY KEY,
    plan_id            BLOB NOT NULL,
    alert_id           BLOB NOT NULL,
    case_id            BLOB NOT NULL,
    partner_id         BLOB NOT NULL,
    urgent             INTEGER NOT NULL,
    acknowledge_within INTEGER, -- minutes
    quorum             INTEGER NOT NULL CHECK (quorum > 0), -- how many of its addresses must acknowledge
    begun_at           INTEGER NOT NULL,
    look_at            INTEGER,
    reminded_at        INTEGER,
    unaccepted_at      INTEGER, -- no mail server had taken it in time
    unanswered_at      INTEGER, -- nobody had acknowledged it in time
    settled_at         INTEGER,
    settled_by         BLOB,
    settled_why        TEXT,
    CHECK (urgent OR acknowledge_within IS NOT NULL),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_why IS NULL))
) STRICT;
CREATE INDEX chases_due ON chases (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX chases_late ON chases (begun_at) WHERE unaccepted_at IS NOT NULL OR unanswered_at IS NOT NULL;

-- What somebody at the desk must take up: late, not answered since, not settled since, not overtaken by a later
-- version, not about a silent case.
CREATE VIEW unanswered AS
SELECT * FROM (
    SELECT h.notification_id, h.alert_id, h.case_id, h.partner_id, h.urgent, h.acknowledge_within, h.quorum, h.begun_at,
        h.reminded_at, h.unanswered_at, h.settled_at,
        (SELECT COUNT(*) FROM acknowledgements k WHERE k.notification_id = h.notification_id) AS acknowledged,
        (SELECT COUNT(*) FROM deliveries d WHERE d.notification_id = h.notification_id) AS deliveries,
        (SELECT COUNT(*) FROM deliveries d WHERE d.notification_id = h.notification_id AND d.state = 'accepted')
            AS accepted,
        EXISTS (SELECT 1 FROM deliveries l JOIN alerts la ON la.id = l.alert_id
                WHERE l.case_id = h.case_id AND l.partner_id = h.partner_id AND l.state = 'accepted'
                  AND la.version > (SELECT al.version FROM alerts al WHERE al.id = h.alert_id)) AS overtaken
    FROM chases h JOIN cases ca ON ca.id = h.case_id
    WHERE (h.unaccepted_at IS NOT NULL OR h.unanswered_at IS NOT NULL) AND ca.state <> 'suspended'
) AS late
WHERE NOT overtaken AND acknowledged < quorum AND (accepted = 0 OR unanswered_at IS NOT NULL)
  AND (settled_at IS NULL OR settled_at < unanswered_at);

-- Mails that ask for an acknowledgement: each is sent as a notice (notice_deliveries) by its identifier.
CREATE TABLE reminders (
    id          BLOB PRIMARY KEY,
    delivery_id BLOB NOT NULL UNIQUE REFERENCES deliveries (id), -- whose address is asked
    created_at  INTEGER NOT NULL
) STRICT;

-- The sending of one notice about the directory (partner_notices), or of one reminder, to its address: a sibling of a
-- delivery, without the text of a case.
CREATE TABLE notice_deliveries (
    notice_id    BLOB PRIMARY KEY,
    delivery_id  BLOB UNIQUE REFERENCES deliveries (id), -- a delivery that could not be encrypted; null: about something else
    state        TEXT NOT NULL
        CHECK (state IN ('pending', 'accepted', 'refused', 'uncertain', 'expired', 'held', 'cancelled')),
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

-- Everything a partner answered by its signed link: each kind of answer once for a link, sightings as often as they
-- say something new (the digest of what they say; empty for the rest).
CREATE TABLE answers (
    id              BLOB PRIMARY KEY,
    notification_id BLOB NOT NULL,
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    case_id         BLOB NOT NULL,
    partner_id      BLOB NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('received', 'taking_charge', 'information', 'not_ours')),
    answered_by     TEXT NOT NULL,
    note            TEXT,
    digest          BLOB NOT NULL,
    answered_at     INTEGER NOT NULL,
    -- When the person who answered was erased from it.
    erased_at       INTEGER,
    UNIQUE (delivery_id, kind, digest)
) STRICT;
CREATE INDEX answers_by_notification ON answers (notification_id, answered_at);
CREATE INDEX answers_by_case ON answers (case_id, answered_at);
CREATE INDEX answers_kept ON answers (case_id) WHERE erased_at IS NULL;
CREATE INDEX answers_not_ours ON answers (partner_id, answered_at) WHERE kind = 'not_ours';

-- What a partner saw, as it was sent by the signed link (class D). Intake makes a sighting of it.
CREATE TABLE answer_sightings (
    sighting_id BLOB PRIMARY KEY,
    answer_id   BLOB NOT NULL UNIQUE REFERENCES answers (id),
    object_id   BLOB,
    seen        TEXT NOT NULL
) STRICT;

-- The photograph that came with it: the original as evidence, and a copy made here that hides nothing (class D).
CREATE TABLE sighting_photos (
    sighting_id BLOB PRIMARY KEY REFERENCES answer_sightings (sighting_id),
    format      TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    original    BLOB NOT NULL,
    page        BLOB NOT NULL
) STRICT;

-- Mails that a mail server took and that came back, or that their reader complained about: once for each delivery, kind
-- and number of tries, whatever is said again later: what was sent once more may come back once more.
CREATE TABLE bounces (
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    kind            TEXT NOT NULL CHECK (kind IN ('failed', 'complaint')),
    tries           INTEGER NOT NULL, -- how many tries there had been
    digest          BLOB NOT NULL, -- of the report: the same again says nothing
    notification_id BLOB NOT NULL,
    case_id         BLOB NOT NULL,
    partner_id      BLOB NOT NULL,
    address         TEXT NOT NULL,
    status          TEXT, -- RFC 3463, as reported
    words           TEXT, -- the other side's, untrusted
    received_at     INTEGER NOT NULL,
    task            INTEGER NOT NULL, -- somebody at the desk must reach the partner
    second_contacts INTEGER NOT NULL, -- how many were written to because of it
    settled_at      INTEGER,
    settled_by      BLOB,
    settled_why     TEXT,
    PRIMARY KEY (delivery_id, kind, tries),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL)),
    CHECK ((settled_at IS NULL) = (settled_why IS NULL)),
    CHECK (settled_at IS NULL OR task)
) STRICT;
CREATE INDEX bounces_by_address ON bounces (partner_id, address, received_at);
CREATE INDEX bounces_by_notification ON bounces (notification_id);
CREATE INDEX bounces_open ON bounces (received_at) WHERE task AND settled_at IS NULL;

-- Addresses that get no mail for a while because too much of it came back; never one of police or of an
-- intergovernmental organisation.
CREATE TABLE suppressions (
    partner_id   BLOB NOT NULL,
    address      TEXT NOT NULL,
    delivery_id  BLOB NOT NULL REFERENCES deliveries (id), -- the last that came back
    bounces      INTEGER NOT NULL,
    begun_at     INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    released_at  INTEGER,
    released_by  BLOB,
    released_why TEXT,
    PRIMARY KEY (partner_id, address),
    CHECK ((released_at IS NULL) = (released_by IS NULL)),
    CHECK ((released_at IS NULL) = (released_why IS NULL))
) STRICT;

-- What people and machines at partners wrote back by mail (class D). Untrusted: anybody can write a mail, and none
-- changes where a case or a delivery stands.
CREATE TABLE letters (
    id              BLOB PRIMARY KEY,
    delivery_id     BLOB NOT NULL REFERENCES deliveries (id),
    notification_id BLOB NOT NULL,
    case_id         BLOB NOT NULL,
    partner_id      BLOB NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('reply', 'automatic')),
    sender          TEXT,
    subject         TEXT,
    body            TEXT,
    cut             INTEGER NOT NULL, -- there was more text, or there were files, which are not kept
    digest          BLOB NOT NULL,
    received_at     INTEGER NOT NULL,
    -- When whoever wrote it was erased from it. The digest stays: the same mail once more brings nothing back.
    erased_at       INTEGER,
    UNIQUE (delivery_id, digest),
    CHECK (erased_at IS NULL OR (subject IS NULL AND body IS NULL))
) STRICT;
CREATE INDEX letters_by_notification ON letters (notification_id, received_at);
CREATE INDEX letters_kept ON letters (case_id) WHERE erased_at IS NULL;

-- A mark that grows while mail is sent, kept in a file beside the sender too: where the file knows more, the database was
-- restored from a copy, and nothing leaves until an officer has compared.
CREATE TABLE sending_marks (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    instance       BLOB,
    mark           INTEGER NOT NULL,
    older_since    INTEGER,
    known_instance BLOB,   -- what the file says
    known_mark     INTEGER,
    compared_at    INTEGER, -- when an officer compared last: what was tried before that is settled
    CHECK ((older_since IS NULL) = (known_instance IS NULL)),
    CHECK ((older_since IS NULL) = (known_mark IS NULL))
) STRICT;
INSERT INTO sending_marks (id, mark) VALUES (1, 0);

-- Pauses of senders in front of a mail server that takes none of their mail.
CREATE TABLE server_pauses (
    sender   BLOB PRIMARY KEY, -- for as long as its process runs
    begun_at INTEGER NOT NULL,
    probe_at INTEGER NOT NULL,
    stage    TEXT NOT NULL
) STRICT;

-- When the next mail may leave while an officer lets mail go at a chosen rate; one row, locked by whoever takes a place.
CREATE TABLE sending_pace (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    next_at INTEGER NOT NULL
) STRICT;
INSERT INTO sending_pace (id, next_at) VALUES (1, 0);
