-- People, how they sign in, and the ledger of their points.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL COLLATE NOCASE UNIQUE,
    email TEXT NOT NULL COLLATE NOCASE UNIQUE,
    password TEXT,
    first_name TEXT NOT NULL DEFAULT '',
    last_name TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    bio TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL DEFAULT '',
    website TEXT NOT NULL DEFAULT '',
    github_url TEXT NOT NULL DEFAULT '',
    linkedin_url TEXT NOT NULL DEFAULT '',
    twitter_url TEXT NOT NULL DEFAULT '',
    telegram_url TEXT NOT NULL DEFAULT '',
    profile_picture TEXT,
    career_goal TEXT NOT NULL DEFAULT '',
    experience_level TEXT CHECK (experience_level IN ('entry', 'junior', 'mid', 'senior', 'lead')),
    learning_style TEXT CHECK (learning_style IN ('visual', 'reading', 'hands-on', 'mixed')),
    open_to_remote INTEGER NOT NULL DEFAULT 1 CHECK (open_to_remote IN (0, 1)),
    -- The sum of the ledger, 0 when that is below.
    points INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0),
    is_mentor INTEGER NOT NULL DEFAULT 0 CHECK (is_mentor IN (0, 1)),
    is_premium INTEGER NOT NULL DEFAULT 0 CHECK (is_premium IN (0, 1)),
    is_staff INTEGER NOT NULL DEFAULT 0 CHECK (is_staff IN (0, 1)),
    is_instructor INTEGER NOT NULL DEFAULT 0 CHECK (is_instructor IN (0, 1)),
    is_recruiter INTEGER NOT NULL DEFAULT 0 CHECK (is_recruiter IN (0, 1)),
    is_moderator INTEGER NOT NULL DEFAULT 0 CHECK (is_moderator IN (0, 1)),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
    totp_enabled INTEGER NOT NULL DEFAULT 0 CHECK (totp_enabled IN (0, 1)),
    last_login INTEGER,
    last_active INTEGER,
    deleted_at INTEGER,
    erase_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_points ON users (points DESC, id DESC) WHERE is_active = 1;
CREATE INDEX users_created ON users (created_at DESC, id DESC) WHERE is_active = 1;

-- One row per sign-in: the family of refresh tokens that grew from it.
CREATE TABLE sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    browser INTEGER NOT NULL CHECK (browser IN (0, 1)),
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX sign_ins_user ON sign_ins (user_id, id) WHERE revoked_at IS NULL;
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

CREATE TABLE refresh_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    sign_in_id INTEGER NOT NULL REFERENCES sign_ins ON DELETE CASCADE,
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    rotated_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_sign_in ON refresh_tokens (sign_in_id);

-- Links that lie in mails, by the digest of their secret.
CREATE TABLE mail_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'email_change', 'restore', 'unsubscribe')),
    -- What the link speaks of: the address to verify, the type of mail to end.
    subject TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_tokens_user ON mail_tokens (user_id, purpose);
CREATE INDEX mail_tokens_expiry ON mail_tokens (expires_at);

CREATE TABLE points_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    amount INTEGER NOT NULL CHECK (amount <> 0),
    reason TEXT NOT NULL CHECK (reason IN
        ('achievement', 'achievement_revoked', 'endorsement', 'endorsement_withdrawn', 'admin_adjustment')),
    -- Which award, endorsement or adjustment this entry stands for: the same one is never booked twice.
    reference TEXT NOT NULL,
    note TEXT,
    created_at INTEGER NOT NULL,
    UNIQUE (user_id, reason, reference)
) STRICT;
CREATE INDEX points_entries_user ON points_entries (user_id, created_at DESC, id DESC);
CREATE INDEX points_entries_period ON points_entries (created_at, user_id, amount);
