-- Who may sign in. Written by: identity.

CREATE TABLE institutions (
    id         UUID PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    country    TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE accounts (
    id             UUID PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    role           TEXT NOT NULL CHECK (role IN ('reporter', 'officer', 'auditor', 'admin')),
    institution_id UUID REFERENCES institutions (id),
    password_hash  TEXT NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL,
    disabled_at    TIMESTAMPTZ,
    -- The administrator who last created it or gave it its role, its access or its password: for some time the two
    -- count as one person where two are asked for.
    changed_by     UUID,
    changed_at     TIMESTAMPTZ,
    CHECK ((changed_by IS NULL) = (changed_at IS NULL)),
    -- A reporter without an institution would see nothing and own nothing.
    CHECK (role <> 'reporter' OR institution_id IS NOT NULL)
);

-- Signed-in browsers. Only a hash of the cookie's token is kept.
CREATE TABLE sessions (
    token_hash BYTEA PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Bearer tokens of integrators. Only a hash is kept; the token is shown once.
CREATE TABLE api_tokens (
    id           UUID PRIMARY KEY,
    account_id   UUID NOT NULL REFERENCES accounts (id),
    token_hash   BYTEA NOT NULL UNIQUE,
    name         TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ
);
CREATE INDEX api_tokens_by_account ON api_tokens (account_id);

-- Failed sign-ins by a hash of the address tried, to slow down guessing without locking anybody out for good.
CREATE TABLE sign_in_failures (
    key_hash   BYTEA PRIMARY KEY,
    failures   BIGINT NOT NULL,
    last_at    TIMESTAMPTZ NOT NULL
);
