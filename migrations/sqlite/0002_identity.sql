-- Who may sign in. Written by: identity.

CREATE TABLE institutions (
    id         BLOB PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    country    TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    id             BLOB PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    role           TEXT NOT NULL CHECK (role IN ('reporter', 'officer', 'auditor', 'admin')),
    institution_id BLOB REFERENCES institutions (id),
    password_hash  TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    disabled_at    INTEGER,
    -- The administrator who last created it or gave it its role, its access or its password: for some time the two
    -- count as one person where two are asked for.
    changed_by     BLOB,
    changed_at     INTEGER,
    CHECK ((changed_by IS NULL) = (changed_at IS NULL)),
    -- A reporter without an institution would see nothing and own nothing.
    CHECK (role <> 'reporter' OR institution_id IS NOT NULL)
) STRICT;

-- Signed-in browsers. Only a hash of the cookie's token is kept.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Bearer tokens of integrators. Only a hash is kept; the token is shown once.
CREATE TABLE api_tokens (
    id           BLOB PRIMARY KEY,
    account_id   BLOB NOT NULL REFERENCES accounts (id),
    token_hash   BLOB NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX api_tokens_by_account ON api_tokens (account_id);

-- Failed sign-ins by a hash of the address tried, to slow down guessing without locking anybody out for good.
CREATE TABLE sign_in_failures (
    key_hash   BLOB PRIMARY KEY,
    failures   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL
) STRICT;
