-- What guards an account: failed checks of passwords and codes, places of sign-ins, second factors, personal API tokens.

-- Failed checks within the window, by what was tried and from where. `account` is an account's number, or the digest of a
-- name that is none, so that both are limited alike.
CREATE TABLE sign_in_failures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    network TEXT NOT NULL
) STRICT;
CREATE INDEX sign_in_failures_age ON sign_in_failures (at);
CREATE INDEX sign_in_failures_account ON sign_in_failures (account, network, at);
CREATE INDEX sign_in_failures_network ON sign_in_failures (network, at);

-- Who must wait until when; each further failure doubles the wait.
CREATE TABLE sign_in_waits (
    key TEXT NOT NULL PRIMARY KEY,
    level INTEGER NOT NULL CHECK (level >= 1),
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_waits_until ON sign_in_waits (until);

-- From where and with what each account signed in.
CREATE TABLE sign_in_places (
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    network TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, network, user_agent)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_places_age ON sign_in_places (seen_at);

-- Addresses that become those of their accounts once they are proven.
CREATE TABLE email_changes (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    email TEXT NOT NULL COLLATE NOCASE,
    asked_at INTEGER NOT NULL
) STRICT;

CREATE TABLE second_factors (
    user_id INTEGER NOT NULL PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- Sealed with a key that lies outside of this file.
    secret TEXT NOT NULL,
    confirmed_at INTEGER,
    -- The newest step of 30 s whose code was accepted: neither it nor an older one is accepted again.
    last_step INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    user_id INTEGER NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'write')),
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_tokens_user ON api_tokens (user_id, id);

CREATE INDEX users_leaving ON users (erase_at) WHERE erase_at IS NOT NULL;
