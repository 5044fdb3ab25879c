-- Reports, cases, objects, alerts. Written by: intake.

-- The last number given in each year, for references such as TOC-2026-000123.
CREATE TABLE case_numbers (
    year        BIGINT PRIMARY KEY,
    last_number BIGINT NOT NULL
);

-- Class A: what every partner that is told may know.
CREATE TABLE cases (
    id             UUID PRIMARY KEY,
    reference      TEXT NOT NULL UNIQUE,
    institution_id UUID NOT NULL,
    registered_by  UUID NOT NULL,
    registered_at  TIMESTAMPTZ NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'triage', 'verifying', 'verified', 'alerting', 'active',
                       'closed', 'rejected', 'withdrawn', 'merged', 'suspended', 'dormant')),
    event          TEXT NOT NULL,
    title          TEXT NOT NULL,
    language       TEXT NOT NULL,
    label          TEXT NOT NULL,
    country        TEXT NOT NULL,
    lost_earliest  TEXT NOT NULL,
    lost_latest    TEXT NOT NULL,
    discovered     TEXT,
    typology       JSONB,
    updated_at     TIMESTAMPTZ NOT NULL,
    -- Since when it has ended; how long its persons are kept counts from here. A merged case may come apart again.
    ended_at       TIMESTAMPTZ,
    CHECK (lost_earliest <= lost_latest),
    CHECK ((ended_at IS NOT NULL) = (state IN ('closed', 'rejected', 'withdrawn')))
);
CREATE INDEX cases_by_time ON cases (registered_at, id);
CREATE INDEX cases_by_institution ON cases (institution_id, registered_at, id);
CREATE INDEX cases_by_country ON cases (country, registered_at, id);
CREATE INDEX cases_by_state ON cases (state, registered_at, id);
CREATE INDEX cases_by_label ON cases (label, registered_at, id);
CREATE INDEX cases_ended ON cases (ended_at, id) WHERE ended_at IS NOT NULL;

-- Class B: circumstances, holder, police reference.
CREATE TABLE case_circumstances (
    case_id UUID PRIMARY KEY REFERENCES cases (id),
    body    JSONB NOT NULL
);

-- Class C: who reported. Personal data, separable and erasable.
CREATE TABLE case_reporters (
    case_id UUID PRIMARY KEY REFERENCES cases (id),
    body    JSONB NOT NULL
);

-- One cultural object, described by Object ID (class A).
CREATE TABLE objects (
    id          UUID PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES cases (id),
    ordinal     BIGINT NOT NULL,
    type        TEXT NOT NULL,
    title       TEXT NOT NULL,
    status      TEXT NOT NULL,
    description JSONB NOT NULL,
    UNIQUE (case_id, ordinal)
);

-- A request that was answered; a repeat gets the same case, another body under the same key is refused.
CREATE TABLE idempotency_keys (
    scope        UUID NOT NULL,
    key          TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    case_id      UUID NOT NULL REFERENCES cases (id),
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, key)
);

-- Each time an officer established how sure the desk is, and on what.
CREATE TABLE verifications (
    id          UUID PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES cases (id),
    certainty   TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    note        TEXT,
    verified_by UUID NOT NULL,
    verified_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX verifications_by_case ON verifications (case_id, verified_at);

-- Each step in the life of a case besides verifying and alerting: who, why, and when somebody looks again.
CREATE TABLE case_steps (
    id         UUID PRIMARY KEY,
    case_id    UUID NOT NULL REFERENCES cases (id),
    step       TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    reason     TEXT,
    review_on  TEXT,
    taken_by   UUID NOT NULL,
    taken_at   TIMESTAMPTZ NOT NULL,
    CHECK (step <> 'rest' OR review_on IS NOT NULL)
);
CREATE INDEX case_steps_by_case ON case_steps (case_id, taken_at);

-- Until when nobody is told anything new of a case, whoever gives the word.
CREATE TABLE case_embargoes (
    case_id  UUID PRIMARY KEY REFERENCES cases (id),
    until_at TIMESTAMPTZ NOT NULL,
    reason   TEXT NOT NULL,
    set_by   UUID NOT NULL,
    set_at   TIMESTAMPTZ NOT NULL
);

-- Each status an object took after its report, counted from 1.
CREATE TABLE object_statuses (
    object_id UUID NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
    number    BIGINT NOT NULL CHECK (number >= 1),
    status    TEXT NOT NULL,
    note      TEXT,
    set_by    UUID NOT NULL,
    set_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (object_id, number)
);

-- An alert version: class A, immutable once released.
CREATE TABLE alerts (
    id          UUID PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES cases (id),
    version     BIGINT NOT NULL CHECK (version >= 1),
    kind        TEXT NOT NULL CHECK (kind IN ('alert', 'update', 'cancel', 'recovery', 'restitution', 'expert_request', 'exercise')),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'released', 'discarded')),
    reach       TEXT NOT NULL CHECK (reach IN ('police', 'all')),
    label       TEXT NOT NULL,
    facts       JSONB NOT NULL,
    content     JSONB NOT NULL,
    drafted_by  UUID NOT NULL,
    drafted_at  TIMESTAMPTZ NOT NULL,
    released_by UUID,
    released_at TIMESTAMPTZ,
    not_before  TIMESTAMPTZ,
    CHECK ((state = 'released') = (released_at IS NOT NULL)),
    -- Whoever gave the word, at once or for later.
    CHECK ((state IN ('scheduled', 'released')) = (released_by IS NOT NULL)),
    CHECK (state <> 'scheduled' OR not_before IS NOT NULL)
);
CREATE UNIQUE INDEX alerts_one_draft ON alerts (case_id) WHERE state IN ('draft', 'scheduled');
CREATE INDEX alerts_due ON alerts (not_before) WHERE state = 'scheduled';
CREATE UNIQUE INDEX alerts_versions ON alerts (case_id, version) WHERE state <> 'discarded';

-- Class B of an alert version, frozen with it.
CREATE TABLE alert_circumstances (
    alert_id UUID PRIMARY KEY REFERENCES alerts (id),
    body     JSONB NOT NULL
);

-- The words of a case and of its objects, folded (classes A and B; no person's data), for full-text search. The words
-- are found by Rust, so that both engines find the same; the column that is searched follows by itself.
CREATE TABLE case_words (
    case_id UUID PRIMARY KEY REFERENCES cases (id),
    words   TEXT NOT NULL,
    terms   TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
);
CREATE INDEX case_words_by_term ON case_words USING GIN (terms);

-- Searches that somebody wants again.
CREATE TABLE saved_views (
    id         UUID PRIMARY KEY,
    account_id UUID NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    saved_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (account_id, name)
);

-- Reports that are not sent in yet, as typed: whatever is in them, personal data (class C) too. One institution's, or one
-- account's if it has none; gone once it is a case, thrown away, or not touched for ninety days.
CREATE TABLE report_drafts (
    id         UUID PRIMARY KEY,
    scope      UUID NOT NULL,
    owner_id   UUID NOT NULL,
    body       BYTEA NOT NULL,
    revision   BIGINT NOT NULL CHECK (revision >= 1),
    created_at TIMESTAMPTZ NOT NULL,
    saved_by   UUID NOT NULL,
    saved_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX report_drafts_by_scope ON report_drafts (scope, saved_at, id);
CREATE INDEX report_drafts_by_time ON report_drafts (saved_at);

-- Uploads of many objects or cases: checked first, taken on somebody's word. A worker that dies is replaced by
-- another once its lease is over, and goes on after the last batch that was committed.
CREATE TABLE imports (
    id             UUID PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('objects', 'cases')),
    format         TEXT NOT NULL,
    institution_id UUID NOT NULL,
    case_id        UUID REFERENCES cases (id),
    file_name      TEXT NOT NULL,
    size           BIGINT NOT NULL,
    sha256         BYTEA NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'importing', 'done', 'refused', 'cancelled')),
    mode           TEXT CHECK (mode IN ('all_or_nothing', 'skip_bad')),
    good           BIGINT NOT NULL DEFAULT 0 CHECK (good >= 0),
    bad            BIGINT NOT NULL DEFAULT 0 CHECK (bad >= 0),
    position       BIGINT NOT NULL DEFAULT 0 CHECK (position >= 0),
    taken          BIGINT NOT NULL DEFAULT 0 CHECK (taken <= good),
    message        TEXT,
    created_by     UUID NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL,
    lease          UUID,
    leased_until   TIMESTAMPTZ,
    CHECK ((kind = 'objects') = (case_id IS NOT NULL)),
    CHECK (state NOT IN ('importing', 'done') OR mode IS NOT NULL)
);
CREATE INDEX imports_at_work ON imports (created_at) WHERE state IN ('checking', 'importing');
CREATE INDEX imports_by_institution ON imports (institution_id, created_at, id);

-- What was uploaded; gone once it was taken, refused or cancelled. May hold personal data (class C).
CREATE TABLE import_files (
    import_id UUID PRIMARY KEY REFERENCES imports (id),
    content   BYTEA NOT NULL
);

-- What was read from it: a body that waits to be taken, or what is wrong with it. May hold personal data (class C).
CREATE TABLE import_rows (
    import_id UUID NOT NULL REFERENCES imports (id),
    ordinal   BIGINT NOT NULL,
    line      BIGINT NOT NULL,
    body      JSONB,
    errors    JSONB,
    PRIMARY KEY (import_id, ordinal),
    CHECK ((body IS NULL) = (errors IS NOT NULL))
);
CREATE INDEX import_rows_bad ON import_rows (import_id, ordinal) WHERE errors IS NOT NULL;

-- Files of photographs that no row names: one is written down here before it is, and leaves when a photograph names
-- it. What stays is what was given up half-way or removed, and is swept. A doomed one must not be named any more.
CREATE TABLE loose_blobs (
    shelf  TEXT NOT NULL CHECK (shelf IN ('originals', 'renditions', 'documents')),
    hash   TEXT NOT NULL,
    since  TIMESTAMPTZ NOT NULL,
    doomed BOOLEAN NOT NULL,
    PRIMARY KEY (shelf, hash)
);
CREATE INDEX loose_blobs_by_time ON loose_blobs (since);

-- A photograph of an object (class A), but for its original: that is evidence and for the desk.
CREATE TABLE photos (
    id             UUID PRIMARY KEY,
    case_id        UUID NOT NULL REFERENCES cases (id),
    object_id      UUID NOT NULL REFERENCES objects (id),
    ordinal        BIGINT NOT NULL,
    view           TEXT NOT NULL,
    shows          TEXT NOT NULL,
    scale          BOOLEAN NOT NULL,
    look_alike     BOOLEAN NOT NULL,
    taken_on       TEXT,
    rights         TEXT,
    credit         TEXT,
    format         TEXT NOT NULL,
    original       TEXT NOT NULL,
    size_bytes     BIGINT NOT NULL,
    width          BIGINT NOT NULL,
    height         BIGINT NOT NULL,
    page           TEXT NOT NULL,
    page_width     BIGINT NOT NULL,
    page_height    BIGINT NOT NULL,
    preview        TEXT NOT NULL,
    preview_width  BIGINT NOT NULL,
    preview_height BIGINT NOT NULL,
    looks          BIGINT NOT NULL,
    added_by       UUID NOT NULL,
    added_at       TIMESTAMPTZ NOT NULL,
    removed_at     TIMESTAMPTZ
);
CREATE INDEX photos_by_object ON photos (object_id, ordinal);
CREATE INDEX photos_by_case ON photos (case_id);
CREATE INDEX photos_by_original ON photos (original);
CREATE INDEX photos_by_page ON photos (page);
CREATE INDEX photos_by_preview ON photos (preview);

-- The bands of what a photograph looks like: alike ones share at least one.
CREATE TABLE photo_bands (
    band     BIGINT NOT NULL,
    photo_id UUID NOT NULL REFERENCES photos (id),
    PRIMARY KEY (band, photo_id)
);
CREATE INDEX photo_bands_by_photo ON photo_bands (photo_id);

-- The photographs an alert version was frozen with. One that is named here is never deleted.
CREATE TABLE alert_photos (
    alert_id UUID NOT NULL REFERENCES alerts (id),
    photo_id UUID NOT NULL REFERENCES photos (id),
    PRIMARY KEY (alert_id, photo_id)
);
CREATE INDEX alert_photos_by_photo ON alert_photos (photo_id);

-- What a case is found by when another report may be about the same event: digests, so that no text of class B is here.
CREATE TABLE case_keys (
    key     TEXT NOT NULL,
    case_id UUID NOT NULL REFERENCES cases (id),
    PRIMARY KEY (key, case_id)
);
CREATE INDEX case_keys_by_case ON case_keys (case_id);

-- Two cases that may be about one event (class B: the evidence names holders). Never more than a proposal: an officer
-- merges or dismisses. The case that was registered first is `earlier_id`.
CREATE TABLE duplicates (
    id          UUID PRIMARY KEY,
    earlier_id  UUID NOT NULL REFERENCES cases (id),
    later_id    UUID NOT NULL REFERENCES cases (id),
    state       TEXT NOT NULL CHECK (state IN ('proposed', 'dismissed', 'merged')),
    evidence    JSONB NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by  UUID,
    decided_at  TIMESTAMPTZ,
    UNIQUE (earlier_id, later_id),
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL))
);
CREATE INDEX duplicates_by_later ON duplicates (later_id);
CREATE INDEX duplicates_open ON duplicates (proposed_at, id) WHERE state = 'proposed';

-- A case that became part of another one. It keeps everything it was; un-merged, it is again what it was.
CREATE TABLE merges (
    case_id      UUID PRIMARY KEY REFERENCES cases (id),
    into_id      UUID NOT NULL REFERENCES cases (id),
    duplicate_id UUID NOT NULL REFERENCES duplicates (id),
    state_before TEXT NOT NULL,
    merged_by    UUID NOT NULL,
    merged_at    TIMESTAMPTZ NOT NULL,
    CHECK (case_id <> into_id)
);
CREATE INDEX merges_by_into ON merges (into_id);

-- That somebody saw an object (class D: a leak moves it). For the desk, the institution of the case and the police at
-- the place.
CREATE TABLE sightings (
    id              UUID PRIMARY KEY,
    case_id         UUID NOT NULL REFERENCES cases (id),
    object_id       UUID REFERENCES objects (id),
    origin          TEXT NOT NULL CHECK (origin IN ('partner', 'institution', 'desk')),
    partner_id      UUID,
    notification_id UUID,
    reported_by     UUID,
    seen            JSONB NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'dismissed')),
    reported_at     TIMESTAMPTZ NOT NULL,
    note            TEXT,
    decided_by      UUID,
    decided_at      TIMESTAMPTZ,
    -- When the person who told it was erased from it.
    erased_at       TIMESTAMPTZ,
    CHECK ((origin = 'partner') = (partner_id IS NOT NULL)),
    CHECK ((origin = 'partner') = (reported_by IS NULL)),
    CHECK ((partner_id IS NULL) = (notification_id IS NULL)),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((decided_at IS NULL) = (decided_by IS NULL)),
    CHECK (state <> 'accepted' OR object_id IS NOT NULL)
);
CREATE INDEX sightings_by_case ON sightings (case_id, reported_at);
CREATE INDEX sightings_open ON sightings (reported_at, id) WHERE state = 'open';
CREATE INDEX sightings_kept ON sightings (case_id) WHERE erased_at IS NULL;

-- The photograph of a sighting that was reported here, or came later (class D): the original as evidence, and a copy made
-- here that hides nothing. What came with a partner's answer lies in sighting_photos.
CREATE TABLE reported_photos (
    sighting_id UUID PRIMARY KEY REFERENCES sightings (id),
    format      TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    original    BYTEA NOT NULL,
    page        BYTEA NOT NULL
);

-- The way back of one object by one route; one at a time is open.
CREATE TABLE restitutions (
    id          UUID PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES cases (id),
    object_id   UUID NOT NULL REFERENCES objects (id),
    route       TEXT NOT NULL,
    instruments JSONB NOT NULL,
    opened_by   UUID NOT NULL,
    opened_at   TIMESTAMPTZ NOT NULL,
    ended_by    TEXT,
    ended_at    TIMESTAMPTZ,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX restitutions_one_open ON restitutions (object_id) WHERE ended_at IS NULL;
CREATE INDEX restitutions_by_object ON restitutions (object_id, opened_at);
CREATE INDEX restitutions_by_case ON restitutions (case_id);

-- Who has a part in it (class D: who possesses an object is investigation data).
CREATE TABLE restitution_parties (
    restitution_id UUID NOT NULL REFERENCES restitutions (id),
    number         BIGINT NOT NULL CHECK (number >= 1),
    role           TEXT NOT NULL,
    party          JSONB NOT NULL,
    named_by       UUID NOT NULL,
    named_at       TIMESTAMPTZ NOT NULL,
    erased_at      TIMESTAMPTZ,
    PRIMARY KEY (restitution_id, number)
);

-- Its documents by their fingerprints (class B). One with a format lies here as a file; the others stay with whoever has them.
-- Of one that was erased the fingerprint stays.
CREATE TABLE restitution_documents (
    restitution_id UUID NOT NULL REFERENCES restitutions (id),
    number         BIGINT NOT NULL CHECK (number >= 1),
    title          TEXT NOT NULL,
    sha256         TEXT NOT NULL,
    kept           TEXT NOT NULL,
    added_by       UUID NOT NULL,
    added_at       TIMESTAMPTZ NOT NULL,
    format         TEXT,
    size_bytes     BIGINT,
    erased_at      TIMESTAMPTZ,
    PRIMARY KEY (restitution_id, number),
    UNIQUE (restitution_id, sha256),
    CHECK ((format IS NULL) = (size_bytes IS NULL)),
    CHECK (erased_at IS NULL OR format IS NULL)
);
CREATE INDEX restitution_documents_by_file ON restitution_documents (sha256) WHERE format IS NOT NULL;

-- What happened on the way (class B); only added.
CREATE TABLE restitution_steps (
    restitution_id UUID NOT NULL REFERENCES restitutions (id),
    number         BIGINT NOT NULL CHECK (number >= 1),
    step           TEXT NOT NULL,
    happened_on    TEXT NOT NULL,
    confirmed      BOOLEAN NOT NULL,
    document       BIGINT,
    note           TEXT,
    recorded_by    UUID NOT NULL,
    recorded_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (restitution_id, number)
);

-- The time limits that confirmed steps have started: computed anew with each step, kept so that a reminder that is due
-- is found by a query.
CREATE TABLE legal_clocks (
    restitution_id  UUID NOT NULL REFERENCES restitutions (id),
    time_limit      TEXT NOT NULL,
    started_on      TEXT NOT NULL,
    due_on          TEXT NOT NULL,
    stopped_by      TEXT,
    stopped_on      TEXT,
    warned_on       TEXT,
    next_warning_on TEXT,
    PRIMARY KEY (restitution_id, time_limit),
    CHECK (started_on <= due_on),
    CHECK ((stopped_on IS NULL) = (stopped_by IS NULL)),
    CHECK (stopped_on IS NULL OR next_warning_on IS NULL)
);
CREATE INDEX legal_clocks_to_warn ON legal_clocks (next_warning_on) WHERE next_warning_on IS NOT NULL;
CREATE INDEX legal_clocks_running ON legal_clocks (due_on) WHERE stopped_on IS NULL;
